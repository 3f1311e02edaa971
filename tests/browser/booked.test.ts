// An interview that is booked on the page, and entered by its number.
import { beforeAll, expect, test } from 'vitest';
import type { Booth } from './support/booth';
import { Fair, SMALL, TAKAHASHI } from './support/fair';
import { written } from './support/noon';
import { plain, type Recruiter } from './support/recruiter';
import { until } from './support/until';

const MINUTE = 60_000;
const fair = Fair.shared('booked', { booths: ['a-01', 'a-02'] });
let recruiter: Recruiter;
let booth: Booth;
let other: Booth;

beforeAll(async () => {
  recruiter = await fair().recruiter();
  booth = fair().booth(SMALL);
  other = fair().booth({ ...SMALL, id: 'a-02' });
});

/** Types into the form of an interview and saves it. */
async function fill(fields: Record<string, string>): Promise<void> {
  const { page } = recruiter;
  for (const [name, value] of Object.entries(fields)) {
    const field = page.getByTestId(`form-${name}`);
    if (['kind', 'booth', 'language'].includes(name)) await field.selectOption(value);
    else await field.fill(value);
  }
  await page.getByTestId('form-save').click();
  await page.getByTestId('interview-form').waitFor({ state: 'detached' });
}

const total = async () => plain(await recruiter.page.getByTestId('counts').locator('b').textContent());

// E4, E5
test('the host books, changes and cancels interviews, and finds them by kind, state and month', async () => {
  const { page } = recruiter;
  const { date } = written(Date.now());
  await page.getByTestId('add').click();
  expect(await page.getByTestId('form-minutes').inputValue()).toBe('30');
  await fill({ kind: 'further_interview', date, time: '18:00', guest: '佐藤花子' });
  await page.getByTestId('add').click();
  await fill({ kind: 'consulting', date, time: '19:00', minutes: '45', guest: '이서연' });
  await until('both in the list', async () => (await total()) === '本日の面接 2 件', { instead: total });
  expect(plain(await recruiter.row('佐藤花子').innerText())).toMatch(/^18:00–18:30 佐藤花子 再面接 — 予約/);
  expect(plain(await recruiter.row('이서연').innerText())).toMatch(/^19:00–19:45 이서연 相談 — 予約/);

  await page.getByTestId('filter-consulting').click();
  await recruiter.row('佐藤花子').waitFor({ state: 'detached' });
  expect(await page.getByTestId('room').count()).toBe(1);
  await page.getByTestId('filter-done').click();
  await page.getByText('この条件の面接はありません').waitFor();
  await page.getByTestId('filter-all').click();
  await recruiter.row('佐藤花子').waitFor();
  expect(await total()).toBe('本日の面接 2 件');

  await recruiter.row('이서연').getByTestId('change').click();
  await fill({ kind: 'interview', time: '19:30', booth: 'a-02' });
  await recruiter.row('19:30–20:15').waitFor();
  expect(plain(await recruiter.row('이서연').innerText())).toMatch(/이서연 面接 A-02 予約/);

  await recruiter.row('佐藤花子').getByTestId('change').click();
  await page.getByTestId('form-cancel').click();
  await page.getByText('佐藤花子さんの面接を取り消します。元にはもどせません。').waitFor();
  await page.getByTestId('confirm-cancel').click();
  await until('one less', async () => (await total()) === '本日の面接 1 件', { instead: total });
  expect(plain(await recruiter.row('佐藤花子').innerText())).toContain('取消');

  await page.getByTestId('month-view').click();
  await until('one on the day', async () => plain(await page.getByTestId(`day-${date}`).textContent()).endsWith('1 件'));
  expect(plain(await page.getByTestId('month-interview').innerText())).toContain('19:30–20:15 이서연 面接 予約');
  await page.getByTestId('month-view').click();
});

// E2, E4, E7, W15, W17, L17, X1
test('a number that is read out opens the booked interview, with the name and the time until it begins', async () => {
  const { page } = recruiter;
  const starts = Math.ceil(Date.now() / MINUTE + 10) * MINUTE;
  await page.getByTestId('add').click();
  await page.getByTestId(`form-host-${TAKAHASHI.account}`).click();
  await fill({ ...written(starts), guest: '홍성우', language: 'ko' });
  await recruiter.row('홍성우').getByTestId('issue').click();
  const digits = plain(await page.getByTestId('number').textContent());
  expect(digits).toMatch(/^\d{4}$/);
  await page.getByTestId('number-close').click();

  await booth.act(`number ${digits}`);
  // The page comes with the ticket, the rest of it with the room's log.
  const ready = await booth.shows('what the log tells', (shown) => shown.screen === 'ready' && shown.countdown !== null && shown.who?.length === 1);
  expect(ready).toMatchObject({ name: '홍성우', locale: 'ko', who: [['高橋 めぐみ', '採用担当']], countdown: 'starts' });
  const left = (starts - Date.now()) / 1000;
  expect(Math.abs((await booth.seconds()) - left)).toBeLessThan(3);

  // Somebody else who saw the number is too late.
  await other.act(`number ${digits}`);
  await other.shows('that it was used', (shown) => shown.refused === 'used');
  await other.welcome();

  await booth.act('knock');
  await recruiter.knockCard().getByText('홍성우').waitFor();
  expect((await booth.screen('waiting')).countdown).toBe('starts');
  await recruiter.admit();
  expect(await booth.screen('call')).toMatchObject({ name: '홍성우', countdown: 'starts' });
  expect(plain(await page.getByTestId('call').locator('header').innerText())).toMatch(/홍성우 ブース A-01 ・ 面接/);
  await recruiter.end();
  await recruiter.toDay();
  await booth.act('finish');
  await recruiter.row('홍성우').getByTestId('row-records').waitFor();
  expect(plain(await recruiter.row('홍성우').innerText())).toContain('済み');
});
