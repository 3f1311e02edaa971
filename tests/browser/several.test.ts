// Several recruiters in one interview.
import { expect, test } from 'vitest';
import { Fair, KIM } from './support/fair';
import { until } from './support/until';

// L18, S3
test('two recruiters see and hear the candidate and each other; one leaves and comes back', async () => {
  const fair = await Fair.open('two-recruiters');
  const { booth, recruiter: first } = await fair.call();
  const second = await fair.recruiter(KIM);
  await second.join();
  await booth.shows('both recruiters with pictures', (shown) => shown.others?.length === 2 && shown.others.every((other) => other.picture));
  for (const recruiter of [first, second]) await recruiter.hears(0, 1000);
  const [mine, theirs] = [(await first.desk()).seat, (await second.desk()).seat];
  await first.sees(theirs!);
  await second.sees(mine!);
  await first.hears(theirs!, 440);
  expect(await first.page.getByTestId('tile').count()).toBe(3);
  // One encoder serves both.
  const figures = await booth.figures();
  expect(figures!.encoded).toBeLessThanOrEqual(figures!.captured * 1.05);
  expect(figures!.encoded_vp8).toBe(0);

  await second.leave();
  await booth.shows('one recruiter', (shown) => shown.others?.length === 1);
  await until('one tile less', async () => (await first.page.getByTestId('tile').count()) === 2);
  await second.page.getByTestId('again').click();
  await second.at('call');
  await second.sees(0);
  await booth.shows('both recruiters again', (shown) => shown.others?.length === 2 && shown.others.every((other) => other.picture));
  await first.flows(0);
});

// L18, N2
test('a recruiter who reloads the page is back in the call and nobody is there twice', async () => {
  const fair = await Fair.open('reload');
  const { booth, recruiter: first } = await fair.call();
  const second = await fair.recruiter(KIM);
  await second.join();
  await second.sees(0);
  await booth.shows('both recruiters', (shown) => shown.others?.length === 2 && shown.others.every((other) => other.picture));

  await second.page.reload();
  await second.at('call');
  await second.sees(0);
  const shown = await booth.shows('both with pictures', (now) => now.others?.length === 2 && now.others.every((other) => other.picture && !other.lost));
  expect(new Set(shown.others?.map((other) => other.seat)).size).toBe(2);
  await until('three tiles', async () => (await first.page.getByTestId('tile').count()) === 3);
  const seat = (await second.desk()).seat;
  await first.sees(seat!);
  await booth.sees(seat!);
});

// L18
test('a recruiter whose browser freezes does not disturb the other', async () => {
  const fair = await Fair.open('frozen');
  const { booth, recruiter: first } = await fair.call();
  const second = await fair.recruiter(KIM);
  await second.join();
  await second.sees(0);
  await booth.shows('both recruiters', (shown) => shown.others?.length === 2);

  const { seat } = await second.desk();
  const decoded = async () => (await booth.figures())?.links.find((link) => link.seat === seat)?.video_decoded;
  second.signal('SIGSTOP');
  try {
    let last: number | undefined;
    await until('the frozen browser to send nothing more', async () => {
      const now = await decoded();
      const still = now === last;
      last = now;
      return still;
    }, { every: 500 });
    await first.flows(0);
    await first.hears(0, 1000);
    await booth.hears(440);
    await booth.sees((await first.desk()).seat!);
  } finally {
    second.signal('SIGCONT');
  }
  await second.sees(0, 60_000);
  await booth.shows('both recruiters, neither lost', (shown) => shown.others?.length === 2 && shown.others.every((other) => !other.lost), 60_000);
});

// S3, L18
test('a browser without H264 and one with it sit in the same call', async () => {
  const fair = await Fair.open('codecs');
  const { booth, recruiter: first } = await fair.call();
  const second = await fair.recruiter(KIM, { codecs: 'vp8' });
  await second.join();
  expect((await first.sees(0)).codec).toBe('video/H264');
  expect((await second.sees(0)).codec).toBe('video/VP8');
  for (const recruiter of [first, second]) {
    await recruiter.flows(0);
    await recruiter.hears(0, 1000);
  }
  // The second encoder goes when nobody needs it any more.
  await second.leave();
  await until('no VP8 to be encoded', async () => (await booth.figures())?.bitrate_vp8 === null);
  await first.flows(0);
});
