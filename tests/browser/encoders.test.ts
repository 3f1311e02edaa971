// An encoder that does not work, in the real booth.
import { expect, test } from 'vitest';
import { Fair } from './support/fair';
import { until } from './support/until';

// S3
test('an encoder that fails at the start is passed over', async () => {
  const fair = await Fair.open('encoder-at-start');
  const { booth, recruiter } = await fair.call({ encoders: ['engawabrokenenc', 'x264enc'] });
  expect((await booth.figures())?.encoder).toBe('x264enc');
  expect((await recruiter.frames(0, 3_000)).stamps).toBeGreaterThan(60);
});

// S3
test('an encoder that dies in the call is replaced and the call goes on', async () => {
  const fair = await Fair.open('encoder-dies');
  const { booth, recruiter } = await fair.call({ encoders: ['engawafaultyenc', 'x264enc'] });
  expect((await booth.figures())?.encoder).toBe('engawafaultyenc');
  await until('the next encoder', async () => (await booth.figures())?.encoder === 'x264enc', { within: 40_000 });
  const seen = await recruiter.frames(0, 3_000);
  expect(seen.stamps / (seen.ms / 1000)).toBeGreaterThanOrEqual(24);
  expect((await recruiter.connections()).made).toBe(1);
  expect((await booth.screen('call')).others).toHaveLength(1);
});
