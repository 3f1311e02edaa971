// The door of a booked interview: closed outside its time, and to wrong numbers.
import { beforeAll, expect, test } from 'vitest';
import type { Booth } from './support/booth';
import { Fair, SMALL } from './support/fair';
import type { Office } from './support/office';
import { plain, type Recruiter } from './support/recruiter';
import { until } from './support/until';

const MINUTE = 60_000;
const fair = Fair.shared('door', { booths: ['a-01', 'a-02'] });
let office: Office;
let recruiter: Recruiter;
let booth: Booth;
let other: Booth;

beforeAll(async () => {
  office = await fair().office();
  recruiter = await fair().recruiter();
  booth = fair().booth(SMALL);
  other = fair().booth({ ...SMALL, id: 'a-02' });
  // The seconds until a door opens or closes are not spent on starting.
  for (const each of [booth, other]) await each.shows('the service', (shown) => shown.online && shown.screen === 'welcome');
});

// E2, E7
test('outside its time the door is closed: the booth says until when, and opens by itself', async () => {
  const early = await office.book({ starts: Date.now() + 60 * MINUTE + 10_000, guest: '佐藤花子', locale: 'ja' });
  await booth.act(`number ${await office.number(early.room)}`);
  const closed = await booth.screen('not-open');
  expect(closed).toMatchObject({ locale: 'ja', opens: early.booking.slot.starts - 60 * MINUTE, slot: early.booking.slot });
  expect(await booth.seconds()).toBeLessThanOrEqual(10);
  // The page comes when the door opens, the count with the room's log.
  const ready = await booth.shows('what the log tells', (shown) => shown.screen === 'ready' && shown.countdown !== null);
  expect(ready).toMatchObject({ name: '佐藤花子', countdown: 'starts' });
  await booth.act('back');
  await booth.welcome();

  const over = await office.book({ starts: Date.now() - MINUTE + 3_000, minutes: 1 });
  const number = await office.number(over.room);
  await until('the end of the slot', async () => (await office.interview(over.room)).state !== 'booked');
  await other.act(`number ${number}`);
  await other.shows('that it is no longer valid', (shown) => shown.refused === 'expired');
  await other.welcome();
});

// E7, W17
test('the host sees until when the door is closed, and when it was open', async () => {
  const { page } = recruiter;
  await office.book({ starts: Date.now() + 120 * MINUTE, guest: '田中一郎', locale: 'ja' });
  await page.reload();
  await recruiter.row('田中一郎').getByTestId('prepare').click();
  await recruiter.at('ready');
  const outside = page.getByTestId('outside');
  await outside.getByText('受付可能時間外です', { exact: true }).waitFor();
  expect(plain(await page.getByTestId('opens-in').textContent())).toMatch(/(59|1:00):\d\d/);
  expect(await page.getByTestId('enter').isDisabled()).toBe(true);
  await page.getByTestId('back').click();

  const { room } = await office.book({ starts: Date.now() + 30 * MINUTE, guest: '田中二郎', locale: 'ja' });
  await page.reload();
  await recruiter.row('田中二郎').getByTestId('prepare').click();
  expect(plain(await page.getByTestId('before').textContent())).toMatch(/^開始まで (29:\d\d|30:00)$/);
  await recruiter.says('guest', '応募者はまだ来ていません');
  await booth.act(`number ${await office.number(room)}`);
  await booth.act('knock');
  await recruiter.says('guest', 'ノック中');
  await recruiter.enter();
  await booth.screen('call');
  await recruiter.end();
  await recruiter.toDay();
  await booth.act('finish');
});

// E2
test('a wrong number opens nothing, and after five the booth has to wait', async () => {
  const good = await office.number((await office.book()).room);
  const wrong = ['0000', '1111', '2222', '3333', '4444', '5555'].filter((digits) => digits !== good);
  for (const digits of wrong.slice(0, 5)) {
    await booth.act(`number ${digits}`);
    await booth.shows('that there is no such number', (shown) => shown.refused === 'unknown');
    await booth.welcome();
  }
  await booth.act(`number ${good}`);
  await booth.shows('that it was too often', (shown) => shown.refused === 'too-many-tries');

  // Another booth does not have to wait.
  await other.act(`number ${good}`);
  await other.screen('ready');
});
