// One interview as it should be.
import { expect, test } from 'vitest';
import { Fair } from './support/fair';
import { until } from './support/until';

// W3, L1, L3, E3, N4, S3
test('a candidate and a recruiter see and hear each other, and nothing flows before "let in"', async () => {
  const fair = await Fair.open('call');
  const booth = fair.booth();
  const recruiter = await fair.recruiter();

  await booth.knock({ name: '홍성우' });
  await booth.screen('waiting');
  await recruiter.knockCard().waitFor();
  expect(await recruiter.knockCard().textContent()).toContain('홍성우');

  // A connection is neither open nor was ever made, on either side.
  expect(await recruiter.connections()).toEqual({ open: 0, made: 0, states: [] });
  expect((await booth.figures())?.links).toEqual([]);

  await recruiter.admit();
  await booth.screen('call');
  await booth.act('wait picture 30');

  const seen = await recruiter.flows(0, 24, 5_000);
  expect(seen.wrong).toBeLessThanOrEqual(seen.frames * 0.02);
  expect({ width: seen.width, height: seen.height }).toEqual({ width: 1280, height: 720 });
  await recruiter.hears(0, 1000);

  // The other way round, decoded in the booth.
  await booth.hears(440);
  await booth.sees(1);

  // Both names stand on the pictures, and nobody is shown twice.
  await recruiter.tile(0).getByText('홍성우').waitFor();
  expect(await recruiter.page.getByTestId('tile').count()).toBe(2);
  expect((await booth.screen('call')).others).toMatchObject([{ seat: 1, name: '高橋 めぐみ', picture: true }]);

  await recruiter.end();
  await booth.screen('ended');
  expect((await recruiter.connections()).open).toBe(0);
  await until('the booth to have closed its camera', async () => (await booth.figures()) === null);

  // Neither log knows who talked, or from where.
  for (const log of [fair.service.log(), booth.log()]) {
    expect(log.length).toBeGreaterThan(0);
    expect(log).not.toMatch(/홍성우|高橋|candidate:|a=(ice-ufrag|fingerprint|group)|m=video/);
  }

  expect(recruiter.elsewhere).toEqual([]);
  expect(recruiter.complaints).toEqual([]);
});

// L3, W7
test('a microphone or camera that is turned off is shown as off and sends nothing', async () => {
  const fair = await Fair.open('switches');
  const { booth, recruiter } = await fair.call();
  await recruiter.hears(0, 1000);
  await booth.hears(440);

  await booth.act('microphone off');
  await recruiter.tile(0).getByTestId('mic-off').waitFor();
  await recruiter.silent(0);
  await booth.act('microphone on');
  await recruiter.tile(0).getByTestId('mic-off').waitFor({ state: 'hidden' });
  await recruiter.hears(0, 1000);

  await booth.act('camera off');
  await until('no more stamped pictures', async () => (await recruiter.frames(0, 1_000)).stamps === 0);
  await booth.act('camera on');
  await until('stamped pictures again', async () => (await recruiter.frames(0, 1_000)).stamps > 10);

  await recruiter.page.getByTestId('mic').click();
  await booth.shows('a struck microphone', (shown) => shown.others?.[0]?.microphone === false);
  await booth.silent();
  await recruiter.page.getByTestId('camera').click();
  await booth.shows('a struck camera', (shown) => shown.others?.[0]?.camera === false);
});

// L4, W5
test('speaking while muted is told at the booth', async () => {
  const fair = await Fair.open('muted');
  const booth = fair.booth({ clip: true });
  const recruiter = await fair.recruiter();
  await booth.knock();
  await recruiter.admit();
  await booth.screen('call');
  await booth.act('noise off');
  await booth.act('noise on');
  await booth.act('microphone off');
  await booth.shows('that the microphone is off', (shown) => shown.alert === 'muted', 40_000);
  await booth.act('microphone on');
  await booth.shows('no alert', (shown) => shown.alert === null);
});
