// Updates of a booth (P3): what is sound is installed and stays, what is not leaves a working booth, and
// so does a cut of power at any moment.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { Office } from '../browser/support/office';
import { until } from '../browser/support/until';
import { bundle, Shelf } from './support/bundles';
import { drive, FILES, SETTINGS } from './support/devices';
import { go, page } from './support/pages';
import { BUILT, traces } from './support/paths';
import { GUARD, Site } from './support/site';
import { note, timed } from './support/times';

const GOOD = '9.0.1';
const SICK = '9.0.2';
const LATER = '9.0.3';
/** Cuts of power in all. */
const CUTS = Number(process.env['ENGAWA_CUTS'] ?? 10);

const shelf = new Shelf(traces('bundles'));
const site = Site.shared('updates', () => ({
  settings: SETTINGS,
  files: [
    ...FILES,
    // A line of this machine is fast, and a version that does not get healthy is given up soon.
    { path: 'stories/environment', text: 'ENGAWA_UPDATE=--rate 100000000\nENGAWA_PATIENCE=--limit 150\n' },
  ],
  larger: 1536,
  updates: shelf.folder,
}));

const MARK = 'kept through everything';
const machine = () => site().machine;

type State = { good?: { version: string; slot: string }; trial?: { stage: string } | null; fallback?: { version: string; reason: string } | null };

async function state(): Promise<State> {
  return JSON.parse(await machine().sh('cat /data/update/state.json')) as State;
}

const version = () => machine().sh('sed -n s/^IMAGE_VERSION=//p /etc/os-release');
const slot = () => machine().sh("sed 's/.*rauc.slot=\\([AB]\\).*/\\1/' /proc/cmdline");

/** Waits until what runs is called good. */
async function proven(within = 420_000): Promise<void> {
  let now: unknown;
  await until(
    'the running version to be called good',
    async () => {
      const running = await version().catch(() => undefined);
      const told = await state().catch(() => undefined);
      now = { running, told };
      return running !== undefined && told?.good?.version === running && !told.trial;
    },
    { within, every: 2_000, instead: () => now },
  );
}

/** Starts an update that goes on by itself. */
const start = () => machine().sh('systemctl reset-failed engawa-update.service; systemctl start --no-block engawa-update.service');

/** Runs an update to its end, unless the machine starts anew under it; gives back what it logged. */
async function update(within = 420_000): Promise<string> {
  const resets = machine().qmp.count('RESET');
  await start();
  await until(
    'the update to end, or the machine to start anew',
    async () => {
      if (machine().qmp.count('RESET') > resets) return true;
      const { text } = await machine().agent.try('systemctl show -P ActiveState engawa-update.service', 5_000).catch(() => ({ text: '' }));
      return text === 'inactive' || text === 'failed';
    },
    { within, every: 1_000 },
  );
  if (machine().qmp.count('RESET') > resets) return '';
  return machine().sh('journalctl -b -u engawa-update.service -o cat --no-pager | tail -n 20');
}

/** A booth that works, with everything that it was given. */
async function works(): Promise<void> {
  await machine().up();
  // The story looks for updates itself.
  await machine().sh('systemctl stop engawa-update.timer');
  await machine().active('engawa-booth.service');
  expect(await machine().sh('cat /data/engawa/booth/mark')).toBe(MARK);
  expect(await machine().sh('grep -c ^service /data/engawa/booth.toml')).toBe('1');
}

beforeAll(async () => {
  bundle('good', GOOD);
  bundle('sick', SICK, '--unhealthy');
  bundle('stranger', LATER, '--stranger');
  bundle('short', LATER, '--truncate');
  note('size of a bundle', statSync(join(BUILT, 'bundles/good.raucb')).size / (1 << 20), 'MiB');
});

test('the first start is called good once the booth is healthy', async () => {
  await machine().up();
  await machine().sh('systemctl stop engawa-update.timer');
  await machine().active('engawa-booth.service');
  await proven();
  note('power-on to called good', machine().age);
  await machine().sh(`printf '%s' '${MARK}' > /data/engawa/booth/mark; sync`);
});

test.for([
  ['stranger', 'by someone whom the booth does not believe'],
  ['short', 'that lacks its end'],
] as const)('a bundle %s is refused, and the booth goes on', async ([name]) => {
  const before = [await version(), await slot()];
  shelf.offer(bundle(name, LATER), LATER);
  const said = await update();
  expect(said).not.toBe('');
  expect(said).toMatch(/bundle|signature|refuse|verif/i);
  expect([await version(), await slot()]).toEqual(before);
  expect((await state()).trial ?? null).toBeNull();
});

// P3
test('nothing is installed while somebody is in the booth', async () => {
  shelf.offer(bundle('good', GOOD), GOOD);
  // Somebody stands there and touches the page now and then; a walk that nobody goes on with ends by itself.
  await drive(machine(), 'presence', true);
  await go(machine(), ['welcome-ja', 348, 520], 'companies-ja');
  const hand = setInterval(() => void machine().tap(640, 640).catch(() => {}), 20_000);
  const said = await update().finally(() => clearInterval(hand));
  expect(said).toMatch(/somebody is in the booth/);
  expect((await state()).trial ?? null).toBeNull();
  await go(machine(), ['companies-ja', 130, 748], 'welcome-ja');
  await drive(machine(), 'presence', false);
});

// P3
test('a signed bundle is installed, started, and called good', async () => {
  const before = await slot();
  await timed('update: bundle that is here to written and restarted', async () => expect(await update()).toBe(''));
  await works();
  await proven();
  expect([await version(), await slot()]).not.toContain(before);
  expect(await version()).toBe(GOOD);
});

// P3, S4
test('a version that starts but does not get healthy falls back by itself, and says why', async () => {
  const before = await slot();
  shelf.offer(bundle('sick', SICK, '--unhealthy'), SICK);
  expect(await update()).toBe('');
  const resets = machine().qmp.count('RESET');
  await timed('update: unhealthy start to the old version again', async () => {
    await machine().again(resets, 600_000);
    await works();
  });
  expect([await version(), await slot()]).toEqual([GOOD, before]);
  expect((await state()).fallback).toMatchObject({ version: SICK, reason: expect.stringMatching(/camera/) });
  expect(JSON.parse(await machine().sh('cat /run/engawa-updater/device.json'))).toMatchObject({ version: GOOD, fallback: { version: SICK } });
  const office = await Office.open(site().service, GUARD);
  const told = async () => (await office.booth('a-01'))?.device;
  await until('the service to be told', async () => (await told())?.fallback?.version === SICK, { within: 60_000, instead: told });
  expect(await told()).toMatchObject({ version: GOOD, slot: before, fallback: { reason: expect.stringMatching(/camera/) as string } });
  await proven();
});

/** Moments of an update at which the power is cut, and at most how many seconds later. */
const MOMENTS = [
  { phase: 'download', after: 4 },
  { phase: 'writing', after: 20 },
  { phase: 'first-start', after: 60 },
] as const;

/** Waits until a command succeeds in the guest. */
async function passes(what: string, command: string): Promise<void> {
  await until(what, async () => (await machine().agent.try(command, 5_000).catch(() => ({ code: 1 }))).code === 0, { within: 420_000, every: 100 });
}

// P3
test('the power is cut at random moments of an update, and the booth always comes back', { timeout: 3_600_000 }, async () => {
  shelf.offer(bundle('later', LATER), LATER);
  // One update, whose moments are kept: each cut goes on from one of them.
  const resets = machine().qmp.count('RESET');
  await machine().keep('download');
  await start();
  await passes('the writing to begin', "grep -q '\"writing\"' /data/update/state.json");
  await machine().keep('writing');
  await until('the restart', () => machine().qmp.count('RESET') > resets, { within: 420_000 });
  await machine().keep('first-start');
  for (let cut = 0; cut < CUTS; cut++) {
    const { phase, after } = MOMENTS[cut % MOMENTS.length]!;
    await machine().resume(phase);
    if (phase === 'download') {
      await start();
      await passes('the download to begin', "compgen -G '/data/update/*.part'");
    }
    const wait = Math.random() * after;
    await sleep(wait * 1000);
    await machine().cut();
    console.log(`cut ${cut + 1} of ${CUTS}: ${wait.toFixed(1)} s into the ${phase}`);
    await machine().on();
    await works();
    await page(machine(), 'welcome-ja', 120_000);
    await proven();
    // What was cut off comes through with the next try, once after a cut of each kind.
    if (cut < MOMENTS.length && (await version()) !== LATER) {
      expect(await update()).toBe('');
      await works();
      await proven();
      expect(await version()).toBe(LATER);
    }
  }
  note('cuts of power during an update, all of which the booth came back from', CUTS, 'x');
});

// P3
test('a stick with a signed bundle does the same', async () => {
  const path = join(site().folder, 'stick.vfat');
  const next = '9.2.0';
  const from = bundle('stick', next);
  execFileSync('truncate', ['-s', String(statSync(from).size + (64 << 20)), path]);
  execFileSync('mkfs.vfat', ['-n', 'STICK', path], { stdio: 'ignore' });
  execFileSync('mcopy', ['-i', path, from, `::update.raucb`]);
  shelf.clear();
  const resets = machine().qmp.count('RESET');
  await machine().qmp.do('blockdev-add', { 'node-name': 'stick', driver: 'raw', 'read-only': true, file: { driver: 'file', filename: path } });
  await machine().qmp.do('device_add', { driver: 'usb-storage', id: 'stick', drive: 'stick', bus: 'usb.0', removable: true });
  await machine().again(resets, 600_000);
  await machine().qmp.do('device_del', { id: 'stick' });
  await works();
  expect(await version()).toBe(next);
  await proven();
});
