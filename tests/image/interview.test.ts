// A whole interview between a recruiter's browser and the booth in the guest, by fingers on glass.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Network } from '../browser/support/network';
import { until } from '../browser/support/until';
import { NO_DEVICES } from './support/devices';
import { differs, go, nearest, page } from './support/pages';
import type { Mask } from './support/picture';
import { Site } from './support/site';
import { note, timed } from './support/times';

const site = Site.shared('interview', () => ({ settings: [...NO_DEVICES, 'listen_hz = 440'], network: new Network() }));

/** Everything but the middle of the other's picture: names, clock, the own picture, the buttons. */
const AROUND: readonly Mask[] = [[0, 0, 1280, 96], [0, 496, 1280, 304]];

/** The share of the other's picture that moves; none without a call on the display. */
async function moving(): Promise<number> {
  const first = await site().machine.look('moving-1');
  // Some pictures of a slow machine further.
  await sleep(1_000);
  const second = await site().machine.look('moving-2');
  return [first, second].every((picture) => differs(picture, 'call-ja') < 0.2) ? first.differs(second, AROUND) : 0;
}

// W3, L1, E3
test('a candidate at the appliance and a recruiter see and hear each other', async () => {
  const { machine } = site();
  await machine.up();
  // Where machine, service and browser share two processors, a frame may take longer than a booth's watchdog waits.
  await machine.sh('systemctl service-watchdogs no');
  await machine.active('engawa-booth.service');
  await page(machine, 'welcome-ja', 90_000);
  const recruiter = await site().recruiter();

  await go(machine, ['welcome-ja', 348, 520], 'companies-ja');
  await go(machine, ['companies-ja', 240, 230], 'name-empty-ja');
  for (const x of [90, 182]) await machine.tap(x, 240);
  await until('a name to be there', async () => differs(await machine.look('name'), 'name-ja') < 0.03, { within: 60_000 });
  await go(machine, ['name-ja', 1100, 592], 'ready-ja');
  await go(machine, ['ready-ja', 990, 616], 'waiting-ja');
  await recruiter.knockCard().waitFor({ timeout: 60_000 });
  expect(await recruiter.knockCard().textContent()).toContain('あか');

  await timed('let in to both pictures', async () => {
    await recruiter.admit();
    await recruiter.sees(0, 90_000);
    await until("the recruiter's picture to move on the display", async () => (await moving()) > 0.1, {
      within: 90_000,
      instead: async () => ({ moving: await moving(), page: nearest(await machine.look('instead')) }),
    });
  });
  const seen = await recruiter.flows(0, 1, 5_000, 90_000);
  expect(seen.wrong).toBeLessThanOrEqual(Math.max(1, seen.frames * 0.05));
  await recruiter.hears(0, 1000, 60_000);
  note('pictures a second that the recruiter gets', seen.stamps / (seen.ms / 1000), '1/s');

  note('memory of the whole system in a call', Number(await machine.sh("awk '/MemTotal/ { t = $2 } /MemAvailable/ { a = $2 } END { print (t - a) / 1024 }' /proc/meminfo")), 'MiB');
  const pss = "awk '/^Pss:/ { print $2 / 1024 }' /proc/$(systemctl show -P MainPID engawa-booth)/smaps_rollup";
  note("memory of the booth's program in a call (PSS)", Number(await machine.sh(pss)), 'MiB');

  // What moves is the recruiter's camera and nothing else.
  await recruiter.page.getByTestId('camera').click();
  await until('a still display', async () => (await moving()) < 0.01, { within: 30_000 });
  await recruiter.page.getByTestId('camera').click();
  await until('a moving display', async () => (await moving()) > 0.1, { within: 30_000 });

  await recruiter.end();
  await until('the end of the call on the display', async () => nearest(await machine.look('ended')).page.startsWith('ended'), { within: 60_000 });
  expect((await recruiter.connections()).open).toBe(0);
  expect(recruiter.elsewhere).toEqual([]);
});
