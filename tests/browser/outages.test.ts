// What breaks in the middle of an interview, and mends by itself.
import { expect, test } from 'vitest';
import { Fair } from './support/fair';
import { until } from './support/until';

// N2
test('the service is killed and started again: picture and sound go on, nothing is shown twice', async () => {
  const fair = await Fair.open('service-killed');
  const { booth, recruiter } = await fair.call();
  const before = await recruiter.desk();

  await fair.service.stop('SIGKILL');
  await recruiter.flows(0);
  await booth.hears(440);
  expect((await booth.screen('call')).others).toHaveLength(1);

  await fair.service.start();
  await until('the page to be linked again', async () => (await recruiter.desk()).link === 'up', { within: 30_000 });
  await booth.shows('the call, linked', (shown) => shown.screen === 'call' && shown.online, 30_000);
  const after = await recruiter.desk();
  expect({ room: after.room, seat: after.seat, present: after.present }).toEqual({ room: before.room, seat: before.seat, present: before.present });
  expect(await recruiter.page.getByTestId('tile').count()).toBe(2);
  expect((await recruiter.connections()).made).toBe(1);

  // The log goes on where it was.
  await booth.act('microphone off');
  await recruiter.tile(0).getByTestId('mic-off').waitFor();
  await recruiter.end();
  await booth.screen('ended');
});

// P7, X6
test('the booth is killed in the call: started again, it is back in the call by itself', async () => {
  const fair = await Fair.open('booth-killed');
  const { booth, recruiter } = await fair.call();
  const room = (await recruiter.desk()).room;

  await booth.stop('SIGKILL');
  const before = booth.history.length;
  booth.start();
  await booth.shows('the call', (shown) => shown.screen === 'call' && shown.others?.length === 1, 40_000);
  await recruiter.sees(0, 40_000);
  await booth.sees(1, 40_000);
  expect((await recruiter.desk()).room).toBe(room);
  expect(await recruiter.page.getByTestId('tile').count()).toBe(2);
  // The first page was never shown to them.
  const pages = booth.history.slice(before).map((shown) => shown.screen);
  expect(new Set(pages)).toEqual(new Set(['reconnecting', 'call']));
  await recruiter.tile(0).getByText('홍성우').waitFor();
  await recruiter.hears(0, 1000);
});
