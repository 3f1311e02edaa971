// How old a picture is when it can be shown, one way, by the time that it carries.
import type { Page } from 'playwright-core';
import { until } from '../browser/support/until';
import { BareBrowser, connect, frames, sent } from './bare';
import { pause, percentile } from './pause';
import { watch, type Load } from './processes';
import type { Measured } from './report';
import { Stage, call, widened } from './stage';

const CAMERA = { width: 1280, height: 720, fps: 30 };
/** A line that is found to be wide takes Chromium about this long to fill. */
const WIDEN = 60_000;
const MEASURE = 20_000;

type Ages = { p50: number | null; p95: number | null; how: string };

export async function latency(): Promise<Measured[]> {
  const chromium = await baseline();
  const { toChromium, toBooth, load } = await ours();
  const row = (name: string, ages: Ages, share: 'p50' | 'p95'): Measured => ({
    name: `latency ${name}, ${share}`,
    value: ages[share],
    unit: 'ms',
    baseline: chromium[share],
    aim: { of: 'ratio', most: 0.7 },
    note: `${ages.how}; baseline Chromium → Chromium: ${chromium.how}`,
    load,
  });
  return (['p50', 'p95'] as const).flatMap((share) => [
    row('booth → Chromium', toChromium, share),
    row('Chromium → booth', toBooth, share),
  ]);
}

/** Two browsers with bare pages that send one another the same stamped picture. */
async function baseline(): Promise<Ages> {
  const stage = new Stage('latency-baseline');
  try {
    const [one, other] = [await BareBrowser.open(stage), await BareBrowser.open(stage)];
    const [from, to] = [await one.page({ camera: CAMERA }), await other.page({ camera: CAMERA })];
    await connect(from, 0, to, 1);
    await full(to, 0);
    const seen = await frames(to, 0, MEASURE);
    const { codec } = await sent(from, 1);
    return { p50: percentile(seen.ages, 0.5), p95: percentile(seen.ages, 0.95), how: described(codec, seen) };
  } finally {
    await stage.close();
  }
}

async function ours(): Promise<{ toChromium: Ages; toBooth: Ages; load: Load }> {
  const stage = new Stage('latency');
  try {
    const service = await stage.service();
    const booth = stage.booth(service);
    const recruiter = await stage.recruiter(service, { camera: CAMERA });
    await call(booth, recruiter);
    await widened(booth, 1, CAMERA.width, WIDEN);
    const load = watch();
    const seen = await recruiter.frames(0, MEASURE);
    const toChromium = {
      p50: percentile(seen.ages, 0.5),
      p95: percentile(seen.ages, 0.95),
      how: described((await recruiter.decoded(0))?.codec ?? '', seen),
    };
    // The booth keeps the ages of its last 300 pictures, which are ten seconds.
    const link = (await booth.figures())?.links.find(({ seat }) => seat === 1);
    if (!link) throw new Error('the booth has no link to the recruiter');
    const toBooth = {
      p50: link.latency_p50_ms,
      p95: link.latency_p95_ms,
      how: `${link.codec} ${link.width}×${link.height} at ${Math.round(link.fps)} fps`,
    };
    return { toChromium, toBooth, load: load() };
  } finally {
    await stage.close();
  }
}

/** Waits until a bare page receives the whole size; what it gets instead is measured as it is. */
async function full(page: Page, seat: number): Promise<void> {
  const width = async () => (await page.evaluate<{ width?: number } | undefined>(`window.probe.decoded(${seat})`))?.width ?? 0;
  await until('the full picture', async () => (await width()) >= CAMERA.width, { within: WIDEN, every: 250 }).catch(() => undefined);
  await pause(1_000);
}

function described(codec: string, seen: { width: number; height: number; frames: number; ms: number }): string {
  return `${codec.replace('video/', '')} ${seen.width}×${seen.height} at ${Math.round((seen.frames * 1000) / seen.ms)} fps`;
}
