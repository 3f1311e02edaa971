// How an interview ends, seen from both sides.
import { expect, test } from 'vitest';
import { Fair, KIM } from './support/fair';
import { until } from './support/until';

// X8, X9
test('when the recruiter ends the call, both sides say so and the booth goes back to its first page', async () => {
  const fair = await Fair.open('recruiter-ends');
  const { booth, recruiter } = await fair.call();
  await recruiter.end();
  const shown = await booth.screen('ended');
  expect(shown.end).toBe('done');
  await recruiter.toDay();
  await booth.act('finish');
  const welcome = await booth.screen('welcome');
  expect(JSON.stringify(welcome)).not.toContain('홍성우');
});

// X5
test('leaving asks first; staying keeps the call, confirming ends it on both sides', async () => {
  const fair = await Fair.open('candidate-leaves');
  const { booth, recruiter } = await fair.call();
  await booth.act('ask-leave');
  expect((await booth.shows('the question', (shown) => shown.dialog !== null)).screen).toBe('call');
  await booth.act('stay');
  await booth.shows('the call without a question', (shown) => shown.screen === 'call' && !shown.dialog);
  await recruiter.sees(0);

  await booth.act('leave');
  expect((await booth.screen('ended')).end).toBe('left');
  await recruiter.at('ended');
  expect((await recruiter.connections()).open).toBe(0);
});

// X8
test('the only recruiter leaves and the call is over; with a second one it goes on', async () => {
  const fair = await Fair.open('recruiter-leaves');
  const { booth, recruiter } = await fair.call();
  const second = await fair.recruiter(KIM);
  await second.join();
  await second.sees(0);
  await booth.shows('both recruiters', (shown) => shown.others?.length === 2);

  await recruiter.leave();
  await booth.shows('one recruiter', (shown) => shown.others?.length === 1 && shown.others[0]?.name === KIM.name);
  await second.sees(0);
  await second.leave();
  await booth.screen('ended');
});

// E3, X9
test('the booth is free for the next candidate as soon as one is gone', async () => {
  const fair = await Fair.open('next-candidate');
  const { booth, recruiter } = await fair.call();
  await recruiter.end();
  await booth.act('finish');
  await recruiter.toDay();
  await booth.knock({ name: 'Alex', language: 'en' });
  await recruiter.admit();
  await booth.act('wait picture 30');
  await recruiter.tile(0).getByText('Alex').waitFor();
  await until('the new picture', async () => (await recruiter.frames(0, 1_000)).stamps > 10);
});
