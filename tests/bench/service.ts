// What the service holds: people in calls, signals between them, lines kept, and a start with many rooms.
import { join } from 'node:path';
import { Child } from '../browser/support/child';
import { TARGET, program } from '../browser/support/paths';
import { until } from '../browser/support/until';
import { example, found, number, roomy, type Found } from './example';
import { cluster, free } from './nats';
import { pause } from './pause';
import { proportional, watch } from './processes';
import type { Measured } from './report';
import { Stage } from './stage';

/** Each is a booth and a host in a call. */
const PAIRS = 5_000;
const RELAY = ['--rate', '2000', '--seconds', '20'];
const TALKERS = 128;
const TALK_SECONDS = 10;
const ROOMS = 10_000;
const OTHERS = join(TARGET, 'tools/bin/gst-webrtc-signalling-server');

export async function service(): Promise<Measured[]> {
  return [...(await held()), ...(await talk('sled')), ...(await talk('nats')), ...(await restart())];
}

/** Has `measure` done on a stage, and puts everything away. */
async function on<T>(name: string, measure: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = new Stage(name);
  try {
    return await measure(stage);
  } finally {
    await stage.close();
  }
}

async function serve(stage: Stage, nats: string[] = []): Promise<{ child: Child; address: string }> {
  const args = ['serve', '--config', join(stage.folder, 'service.toml'), ...nats.flatMap((url) => ['--nats', url])];
  // A line a connection is not what is measured.
  const options = { log: join(stage.folder, 'service.log'), env: { ENGAWA_LOG: 'warn' } };
  const child = roomy('engawa-service', program('engawa-service'), args, options);
  stage.later(() => child.stop());
  const [, address = ''] = await child.line(/^listening on http:\/\/(.*)$/, 60_000);
  return { child, address };
}

type Crowd = { come: Found; relayed: Found; memory: number; before: number };

/** Lets a crowd come to the server with this process and looks at it. */
async function crowd(stage: Stage, server: number, args: string[]): Promise<Crowd> {
  const before = proportional(server);
  const people = roomy('crowd', example('crowd'), [...args, '--pairs', String(PAIRS), ...RELAY], { log: join(stage.folder, 'crowd.log') });
  stage.later(() => people.stop('SIGKILL'));
  await people.line(/^\{/, 240_000);
  // Every one of them has pinged, and what was built up while they came is gone.
  await pause(12_000);
  const memory = proportional(server);
  people.write('\n');
  const relayed = await until('the signals', () => people.lines[1], { within: 60_000 });
  people.write('\n');
  await people.exited();
  return { come: JSON.parse(people.lines[0] ?? '') as Found, relayed: JSON.parse(relayed) as Found, memory, before };
}

async function held(): Promise<Measured[]> {
  const load = watch();
  const ours = await on('crowd', async (stage) => {
    await found('crowd', ['furnish', stage.folder, '--pairs', String(PAIRS)], join(stage.folder, 'crowd.log'));
    const { child, address } = await serve(stage);
    return crowd(stage, child.pid, ['hold', stage.folder, address]);
  });
  const during = load();
  const theirs = await on('crowd-others', async (stage) => {
    const [port = 0] = await free(1);
    const args = ['--host', '127.0.0.1', '--port', String(port)];
    const child = roomy('others', OTHERS, args, { log: join(stage.folder, 'others.log'), env: { WEBRTCSINK_SIGNALLING_SERVER_LOG: 'error' } });
    stage.later(() => child.stop());
    await until('the other server', () => reachable(port));
    return crowd(stage, child.pid, ['hold-others', `127.0.0.1:${port}`]);
  });
  const each = ({ come, memory, before }: Crowd) => ((memory - before) * 1024) / Math.max(1, number(come, 'connected'));
  const lost = ({ relayed }: Crowd) => `${number(relayed, 'sent') - number(relayed, 'arrived')} of ${number(relayed, 'sent')} did not arrive, ${number(relayed, 'per_second').toFixed(0)} a second`;
  const baseline = 'baseline: gst-plugin-webrtc-signalling 0.15.4, as many in sessions';
  return [
    {
      name: 'connected participants held', value: number(ours.relayed, 'connected'), baseline: number(theirs.relayed, 'connected'),
      unit: '', aim: { of: 'value', least: 2 * PAIRS }, load: during,
      note: `as many as came: ${PAIRS} booths and ${PAIRS} hosts, each two in a call of their own; came in ${number(ours.come, 'seconds').toFixed(0)} s, ${number(theirs.come, 'seconds').toFixed(0)} s there`,
    },
    {
      name: 'memory for each of them', value: each(ours), baseline: each(theirs), unit: 'KiB', aim: { of: 'value', most: 32 }, load: during,
      note: `PSS with them less PSS before, rooms included: ${ours.before.toFixed(0)} → ${ours.memory.toFixed(0)} MiB; ${baseline}`,
    },
    ...[['p50', 'p50_ms'] as const, ['p99', 'p99_ms'] as const].map(([name, key]) => ({
      name: `relay of a signal at 2,000 a second, ${name}`, value: number(ours.relayed, key), baseline: number(theirs.relayed, key),
      unit: 'ms', load: during, note: `client to client, with ${2 * PAIRS} pinging; ${lost(ours)}; there ${lost(theirs)}`,
    })),
  ];
}

async function reachable(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(1_000) }).then(() => true, (error: unknown) => String((error as { cause?: unknown }).cause).includes('ECONNREFUSED') === false);
}

async function talk(ledger: 'sled' | 'nats'): Promise<Measured[]> {
  return on(`talk-${ledger}`, async (stage) => {
    const nats = ledger === 'nats' ? await cluster(stage) : [];
    const log = join(stage.folder, 'crowd.log');
    const furnish = ['furnish', stage.folder, '--pairs', String(TALKERS), ...nats.flatMap((url) => ['--nats', url])];
    // The cluster elects its leaders first.
    await until('the furnished ledger', () => found('crowd', furnish, log).catch(() => false), { within: 90_000, every: 1_000 });
    const { address } = await serve(stage, nats);
    const load = watch();
    const [one] = await found('crowd', ['talk', stage.folder, address, '--pairs', String(TALKERS), '--seconds', String(TALK_SECONDS)], log);
    return [{
      name: `lines of chat kept through the service, ${ledger === 'sled' ? 'sled' : 'NATS cluster of three'}`,
      value: number(one, 'per_second'), unit: '/s', load: load(),
      note: `${number(one, 'writers')} writers, each waits for its answer; p50 ${number(one, 'p50_ms').toFixed(1)} ms, p99 ${number(one, 'p99_ms').toFixed(1)} ms`,
    }];
  });
}

async function restart(): Promise<Measured[]> {
  return on('restart', async (stage) => {
    const log = join(stage.folder, 'crowd.log');
    await found('crowd', ['furnish', stage.folder, '--pairs', '100'], log);
    const [filled] = await found('crowd', ['fill', stage.folder, '--rooms', String(ROOMS)], log);
    const empty = await on('restart-empty', async (other) => {
      await found('crowd', ['furnish', other.folder, '--pairs', '100'], log);
      return timed(other);
    });
    const first = await timed(stage);
    const load = watch();
    const again = await timed(stage);
    return [{
      name: 'restart with 10,000 rooms on disk', value: again, baseline: empty, unit: 's', load: load(),
      note: `to a healthy answer with every room restored, one in ten a call; ${number(filled, 'events')} events; the first start, which makes the records, ${first.toFixed(1)} s; baseline: no rooms`,
    }];
  });
}

/** Starts the service, waits until it takes work, stops it; gives back the seconds of the start. */
async function timed(stage: Stage): Promise<number> {
  const begun = performance.now();
  const { child, address } = await serve(stage);
  await until('a healthy answer', async () => (await fetch(`http://${address}/healthz`)).ok, { every: 5 });
  const seconds = (performance.now() - begun) / 1000;
  await child.stop();
  return seconds;
}
