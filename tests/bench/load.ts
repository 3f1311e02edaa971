// Processor time and memory of the booth in a call, beside a browser in its place.
import type { Page } from 'playwright-core';
import type { Booth, Figures } from '../browser/support/booth';
import { BareBrowser, connect, sent } from './bare';
import { camera } from './camera';
import { furtherEncoders } from './encoders';
import { pause } from './pause';
import { usage, type Usage } from './processes';
import type { Measured } from './report';
import { Stage } from './stage';

const SIZES = [1, 2, 4] as const;
/** What each recruiter sends. Every two of them send it to one another too, and they share the machine with the booth. */
const CAMERA = { width: 320, height: 180, fps: 15 };
/** A call that sends less is another call. */
const ENOUGH_FPS = 25;
const SETTLE = 12_000;
const MEASURE = 20_000;

type Call = Usage & { sent: string; fps: number };

export async function load(): Promise<Measured[]> {
  const { waiting, calls } = await booths();
  const kiosk = new Map<number, Call>();
  for (const size of SIZES) kiosk.set(size, await kiosks(size, false));
  const painting = await kiosks(1, true);
  const one = calls.get(1);
  if (!one) throw new Error('a call was not measured');

  const rows: Measured[] = [{
    name: 'CPU of the booth, waiting to be let in', value: waiting.cpu, unit: '% of a core', load: waiting.load,
    note: 'camera, preview and microphone run; nothing is encoded',
  }];
  for (const size of SIZES) {
    const [booth, browser] = [calls.get(size), kiosk.get(size)];
    if (!booth || !browser) continue;
    const note = `${booth.sent}; kiosk: ${browser.sent}; machine ${booth.load.busy_percent} % and ${browser.load.busy_percent} % busy`;
    const doubt = doubted(booth, browser);
    const people = `${size} recruiter${size > 1 ? 's' : ''}`;
    rows.push(
      {
        name: `CPU in a call with ${people}, beside a kiosk`, value: booth.cpu, baseline: browser.cpu, unit: '% of a core',
        aim: { of: 'ratio', most: 0.5 }, note, doubt, load: booth.load,
      },
      {
        name: `memory (PSS) in a call with ${people}, beside a kiosk`, value: booth.memory, baseline: browser.memory, unit: 'MiB',
        aim: { of: 'ratio', most: 0.3 }, note: `${booth.processes} and ${browser.processes} processes`, doubt, load: booth.load,
      },
    );
  }
  rows.push({
    name: 'CPU in a call with 1 recruiter, beside a kiosk that paints', value: one.cpu, baseline: painting.cpu, unit: '% of a core',
    load: painting.load, doubt: doubted(one, painting),
    note: 'the kiosk paints both pictures without a graphics card; the booth without a display converts them and does not paint',
  });
  const further = new Map<number, number>();
  for (const size of SIZES.slice(1)) {
    const call = calls.get(size);
    if (!call) continue;
    further.set(size, await furtherEncoders(size - 1));
    rows.push({
      name: `CPU in a call with ${size} recruiters, beside an encoder a peer`, value: call.cpu,
      baseline: call.cpu + (further.get(size) ?? 0), unit: '% of a core', load: call.load,
      note: `baseline: the same call, and ${size - 1} more of its encoder run on the same pictures`,
    });
  }
  // The largest call that the machine could hold.
  const most = SIZES.toReversed().find((size) => (calls.get(size)?.fps ?? 0) >= ENOUGH_FPS) ?? 1;
  const largest = calls.get(most);
  rows.push({
    name: most > 1 ? `CPU of each further recruiter, from 1 to ${most}` : 'CPU of each further recruiter',
    value: most > 1 && largest ? (largest.cpu - one.cpu) / (most - 1) : null, unit: '% of a core',
    baseline: most > 1 && largest ? (largest.cpu - one.cpu + (further.get(most) ?? 0)) / (most - 1) : null,
    aim: { of: 'value', most: 4 }, load: largest?.load ?? null,
    note: `baseline: with an encoder a peer; with 1: ${one.sent}; with ${most}: ${largest?.sent}`,
  });
  return rows;
}

function doubted(...calls: Call[]): string | null {
  const slow = calls.find(({ fps }) => fps < ENOUGH_FPS);
  return slow ? `the machine was too busy for a full call (${slow.fps.toFixed(0)} fps sent)` : null;
}

async function booths(): Promise<{ waiting: Usage; calls: Map<number, Call> }> {
  const stage = new Stage('load');
  const calls = new Map<number, Call>();
  try {
    const service = await stage.service();
    const booth = stage.booth(service, { camera: camera().mkv });
    const recruiters = [await stage.recruiter(service, { camera: CAMERA }, 0)];
    await booth.knock();
    await pause(SETTLE / 2);
    const waiting = await usage(booth.child.pid, MEASURE);
    for (const size of SIZES) {
      const [first] = recruiters;
      if (size === 1 && first) {
        await first.admit();
      }
      while (recruiters.length < size) {
        const recruiter = await stage.recruiter(service, { camera: CAMERA }, recruiters.length);
        await recruiter.join();
        recruiters.push(recruiter);
      }
      // Painting is the browsers' own affair, and there are four of them.
      for (const { page } of recruiters) await page.setViewportSize({ width: 480, height: 320 });
      for (const recruiter of recruiters) await recruiter.sees(0);
      await booth.act('wait picture 40');
      await pause(SETTLE);
      calls.set(size, await inCall(booth));
    }
    return { waiting, calls };
  } finally {
    await stage.close();
  }
}

async function inCall(booth: Booth): Promise<Call> {
  const before = await booth.figures();
  const begun = performance.now();
  const used = await usage(booth.child.pid, MEASURE);
  const after = await booth.figures();
  return { ...used, ...told(before, after, performance.now() - begun) };
}

function told(before: Figures | null, after: Figures | null, ms: number): Pick<Call, 'sent' | 'fps'> {
  if (!before || !after) throw new Error('the booth has no figures in a call');
  const each = after.links.map((link) => {
    const earlier = before.links.find(({ seat }) => seat === link.seat);
    const fps = ((link.video_decoded - (earlier?.video_decoded ?? 0)) * 1000) / ms;
    return `${link.width}×${link.height} at ${fps.toFixed(0)}`;
  });
  const fps = ((after.encoded - before.encoded) * 1000) / ms;
  const sent = `sent ${after.encoder} ${fps.toFixed(0)} fps, ${Math.round(after.bitrate / 1000)} kbit/s; received ${each.join(', ')} fps`;
  return { sent, fps };
}

/** A browser with a bare page in the booth's place. Like the booth without a display it paints nothing, unless `shown`. */
async function kiosks(size: number, shown: boolean): Promise<Call> {
  const stage = new Stage('load-kiosk');
  try {
    const [own, others] = [await BareBrowser.open(stage, camera().mjpeg), await BareBrowser.open(stage)];
    const kiosk = await own.page({ ownDevices: true, maxBitrate: 2_000_000, shown });
    for (let seat = 1; seat <= size; seat++) {
      const recruiter = await others.page({ camera: CAMERA });
      await recruiter.setViewportSize({ width: 480, height: 320 });
      await connect(kiosk, 0, recruiter, seat);
    }
    await pause(SETTLE);
    const before = await encoded(kiosk, size);
    const begun = performance.now();
    const used = await usage(own.pid, MEASURE);
    const after = await encoded(kiosk, size);
    const seconds = (performance.now() - begun) / 1000;
    const rates = after.map((one, at) => (one.frames - (before[at]?.frames ?? 0)) / seconds);
    const each = after.map((one, at) => `${one.width}×${one.height} at ${rates[at]?.toFixed(0)}`);
    return { ...used, fps: Math.min(...rates), sent: `sent ${after[0]?.codec.replace('video/', '')} ${each.join(', ')} fps` };
  } finally {
    await stage.close();
  }
}

async function encoded(kiosk: Page, size: number) {
  return Promise.all(Array.from({ length: size }, (_, at) => sent(kiosk, at + 1)));
}
