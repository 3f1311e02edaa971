// The power fails in the middle of an update (P3), at any moment: there is always a booth afterwards, with its data.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { until } from '../browser/support/until';
import { bundle } from './support/bundles';
import { page } from './support/pages';
import { note } from './support/times';
import { Updates } from './support/updates';

const LATER = '9.0.3';
/** Cuts of power in all. */
const CUTS = Number(process.env['ENGAWA_CUTS'] ?? 10);

const booth = new Updates('cuts');

/** Moments of an update at which the power is cut, and at most how many seconds later. */
const MOMENTS = [
  { phase: 'download', after: 4 },
  { phase: 'writing', after: 20 },
  { phase: 'first-start', after: 60 },
] as const;

/** Waits until a command succeeds in the guest. */
async function passes(what: string, command: string): Promise<void> {
  await until(what, async () => (await booth.machine.agent.try(command, 5_000).catch(() => ({ code: 1 }))).code === 0, { within: 420_000, every: 100 });
}

// P3
test('the power is cut at random moments of an update, and the booth always comes back', { timeout: (CUTS + 3) * 600_000 }, async () => {
  await booth.begun();
  booth.shelf.offer(bundle('later', LATER), LATER);
  // One update, whose moments are kept: each cut goes on from one of them.
  const resets = booth.machine.qmp.count('RESET');
  await booth.machine.keep('download');
  await booth.start();
  await passes('the writing to begin', "grep -q '\"writing\"' /data/update/state.json");
  await booth.machine.keep('writing');
  await until('the restart', () => booth.machine.qmp.count('RESET') > resets, { within: 420_000 });
  await booth.machine.keep('first-start');
  for (let cut = 0; cut < CUTS; cut++) {
    const { phase, after } = MOMENTS[cut % MOMENTS.length]!;
    await booth.machine.resume(phase);
    if (phase === 'download') {
      await booth.start();
      await passes('the download to begin', "compgen -G '/data/update/*.part'");
    }
    const wait = Math.random() * after;
    await sleep(wait * 1000);
    await booth.machine.cut();
    console.log(`cut ${cut + 1} of ${CUTS}: ${wait.toFixed(1)} s into the ${phase}`);
    await booth.machine.on();
    await booth.works();
    await page(booth.machine, 'welcome-ja', 120_000);
    await booth.proven();
    // What was cut off comes through with the next try, once after a cut of each kind.
    if (cut < MOMENTS.length && (await booth.version()) !== LATER) {
      expect(await booth.update()).toBe('');
      await booth.works();
      await booth.proven();
      expect(await booth.version()).toBe(LATER);
    }
  }
  note('cuts of power during an update, all of which the booth came back from', CUTS, 'x');
});
