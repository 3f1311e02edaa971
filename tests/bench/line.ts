// How the picture gets over a bad line.
import type { Booth, Figures } from '../browser/support/booth';
import type { Recruiter } from '../browser/support/recruiter';
import { bounded } from '../browser/support/until';
import { camera } from './camera';
import { Network } from '../browser/support/network';
import { pause } from './pause';
import { watch } from './processes';
import type { Measured } from './report';
import { Stage, call, widened } from './stage';

const CAMERA = { width: 1280, height: 720, fps: 30 };
const WIDEN = 60_000;
const MEASURE = 20_000;
const ENOUGH_FPS = 25;

export async function line(): Promise<Measured[]> {
  return [...(await loss(3)), ...(await step(700))];
}

async function loss(percent: number): Promise<Measured[]> {
  return far('loss', async ({ network, booth, recruiter }) => {
    const [whole, wholeHere] = [await recruiter.frames(0, MEASURE / 4), await rate(booth, MEASURE / 4)];
    network.lose(percent);
    // The estimates find their new height.
    await pause(5_000);
    const load = watch();
    const before = received(await booth.figures());
    const seen = await recruiter.frames(0, MEASURE);
    const after = received(await booth.figures());
    const during = load();
    const lost = `${network.lost()} packets dropped; baseline: without loss`;
    const there = (whole.frames * 1000) / whole.ms;
    const aim = { of: 'value', least: ENOUGH_FPS } as const;
    return [
      {
        name: `${percent} % loss, booth → Chromium`, value: (seen.frames * 1000) / seen.ms, baseline: there,
        unit: 'fps', aim, load: during, doubt: doubted(there),
        note: `${seen.width}×${seen.height}, ${Math.round(after.bitrate / 1000)} kbit/s; ${lost}`,
      },
      {
        name: `${percent} % loss, Chromium → booth`, value: ((after.decoded - before.decoded) * 1000) / (after.at - before.at),
        baseline: wholeHere, unit: 'fps', aim, load: during, doubt: doubted(wholeHere), note: `${after.size}; ${lost}`,
      },
    ];
  });
}

/** A machine that does not bring enough pictures over a good line says nothing about a bad one. */
function doubted(fps: number): string | null {
  return fps < ENOUGH_FPS ? `the machine was too busy: ${fps.toFixed(0)} fps over the good line` : null;
}

/** Pictures a second that the booth decodes, over `ms`. */
async function rate(booth: Booth, ms: number): Promise<number> {
  const before = received(await booth.figures());
  await pause(ms);
  const after = received(await booth.figures());
  return ((after.decoded - before.decoded) * 1000) / (after.at - before.at);
}

async function step(kbit: number): Promise<Measured[]> {
  return far('step', async ({ network, booth, recruiter }) => {
    const load = watch();
    const before = (await booth.figures())?.bitrate ?? 0;
    const watched = 25_000;
    const arriving = arrivals(recruiter, 0, watched);
    await pause(5_000);
    network.narrow('booth', kbit);
    const narrowed = Date.now();
    const times = (await arriving).map((time) => time - narrowed);
    const after = (await booth.figures())?.bitrate ?? 0;
    const seen = fps(times, -3_000, 0);
    const { recovered, worst, later } = recovery(times, watched - 6_000);
    const last = fps(times, 10_000, watched - 6_000);
    const how = `${seen.toFixed(1)} fps before, at worst ${worst} in a second, after the recovery at worst ${later}, ${last.toFixed(1)} from the tenth second on; encoder ${Math.round(before / 1000)} → ${Math.round(after / 1000)} kbit/s`;
    return [{
      name: `step to ${kbit} kbit/s, ≥ ${ENOUGH_FPS} fps again after`,
      value: recovered, unit: 's', aim: { of: 'value', most: 6 }, load: load(), doubt: doubted(seen),
      note: recovered === null ? `not within ${(watched - 6_000) / 1000} s; ${how}` : how,
    }];
  });
}

/**
 * Seconds after which three in a row have enough pictures in every whole second; null when none do.
 * The line is still narrow then, and feeling for its width may cost pictures later on: `later` is
 * the worst second after the recovery, `worst` the one before.
 */
function recovery(times: number[], until: number): { recovered: number | null; worst: number; later: number } {
  const begins = Array.from({ length: Math.floor((until - 1_000) / 100) + 1 }, (_, at) => at * 100);
  const counts = begins.map((begin) => fps(times, begin, begin + 1_000));
  const at = counts.findIndex((_, from) => from + 20 < counts.length && counts.slice(from, from + 21).every((count) => count >= ENOUGH_FPS));
  const lowest = (some: number[]) => (some.length > 0 ? Math.min(...some) : 0);
  if (at < 0) return { recovered: null, worst: lowest(counts), later: 0 };
  return { recovered: at / 10, worst: lowest(counts.slice(0, at + 1)), later: lowest(counts.slice(at)) };
}

function fps(times: number[], from: number, to: number): number {
  return (times.filter((time) => time >= from && time < to).length * 1000) / (to - from);
}

/** When the pictures of a seat are decoded, for `ms`. */
function arrivals(recruiter: Recruiter, seat: number, ms: number): Promise<number[]> {
  const read = `(async () => {
    const copy = window.probe.received(${seat}, 'video').clone();
    const reader = new MediaStreamTrackProcessor({ track: copy, maxBufferSize: 20 }).readable.getReader();
    const times = [];
    const stop = setTimeout(() => reader.cancel(), ${ms});
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      times.push(Date.now());
      value.close();
    }
    clearTimeout(stop);
    copy.stop();
    return times;
  })()`;
  return bounded('watching the pictures', ms + 20_000, recruiter.page.evaluate<number[]>(read));
}

type Far = { network: Network } & Awaited<ReturnType<typeof open>>;

/** A call between two machines on one wire, wide as it is at first. */
async function far(name: string, measure: (call: Far) => Promise<Measured[]>): Promise<Measured[]> {
  const stage = new Stage(name);
  try {
    const network = new Network();
    stage.later(async () => network.close());
    return await measure({ network, ...(await open(stage, network)) });
  } finally {
    await stage.close();
  }
}

async function open(stage: Stage, network: Network) {
  const service = await stage.service({ listen: network.address('booth'), wrap: network.wrap('booth') });
  const booth = stage.booth(service, { wrap: network.wrap('booth'), camera: camera().mkv });
  const recruiter = await stage.recruiter(service, { camera: CAMERA, executable: network.browser(stage.folder, service.url) });
  await call(booth, recruiter);
  await widened(booth, 1, CAMERA.width, WIDEN);
  return { booth, recruiter };
}

function received(figures: Figures | null): { decoded: number; size: string; bitrate: number; at: number } {
  const link = figures?.links.find(({ seat }) => seat === 1);
  if (!figures || !link) throw new Error('the booth has no link to the recruiter');
  return { decoded: link.video_decoded, size: `${link.width}×${link.height}`, bitrate: figures.bitrate, at: performance.now() };
}
