// The slot's time, from the countdown to its end, on both sides.
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { Booth } from './support/booth';
import { Fair, KIM, SMALL, TAKAHASHI } from './support/fair';
import { ending, type Interview, type Office } from './support/office';
import { plain, type Recruiter } from './support/recruiter';
import { until } from './support/until';

const MINUTE = 60_000;
const ENDED = '종료된 면접은 재진행이 불가하오니 참고하시기 바랍니다.';
const fair = Fair.shared('time');
let office: Office;
let recruiter: Recruiter;
let booth: Booth;

beforeAll(async () => {
  office = await fair().office();
  recruiter = await fair().recruiter();
  booth = fair().booth(SMALL);
});

beforeEach(() => recruiter.page.getByTestId('language-ja').click());

/** A booked call whose slot ends `ms` after the host lets in. */
async function call(ms: number): Promise<Interview> {
  const { room } = await office.book({ hosts: [TAKAHASHI.account] });
  await booth.act(`number ${await office.number(room)}`);
  await booth.act('knock');
  await recruiter.knockCard().waitFor();
  const interview = await office.change(room, ending(ms));
  await recruiter.admit();
  await booth.screen('call');
  return interview;
}

/** The seconds that a page counts down. */
async function left({ page }: Recruiter): Promise<number> {
  const [, minutes, seconds] = /(\d+):(\d+)$/.exec(plain(await page.getByTestId('left').innerText())) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}

// X1, X2, X3
test('both sides count down, are told five minutes before the end, and hear of more time', async () => {
  const { page } = recruiter;
  // The seconds in which a notice is shown are not spent on starting a browser.
  const second = await fair().recruiter(KIM);
  const { room, ends } = await call(5 * MINUTE + 8_000);
  await office.book({ starts: ends + 8 * MINUTE, guest: '이서연', hosts: [TAKAHASHI.account] });
  expect(plain(await page.getByTestId('left').innerText())).toMatch(/^残り 0[45]:\d\d$/);
  const truth = () => (ends - Date.now()) / 1000;
  expect(Math.abs((await left(recruiter)) - truth())).toBeLessThan(3);
  expect(Math.abs((await booth.seconds()) - truth())).toBeLessThan(3);
  await second.join();
  await page.getByTestId('language-ko').click();

  await page.getByTestId('ends-soon').getByText('면접 종료 5분전입니다.', { exact: true }).waitFor();
  expect(plain(await page.getByTestId('ends-soon').locator('p').textContent())).toBe(`시간이 되면 모두 퇴장합니다. ${ENDED}`);
  await second.page.getByTestId('ends-soon').getByText('面接終了5分前です。', { exact: true }).waitFor();
  expect(await booth.shows('the notice', (shown) => shown.notice?.kind === 'ends-soon')).toMatchObject({ countdown: 'ends-soon', locale: 'ko' });
  expect(await booth.seconds()).toBeLessThanOrEqual(300);

  await page.getByTestId('extend').click();
  await page.getByTestId('extend-5').click();
  await page.getByTestId('told').getByText('5분 연장했습니다', { exact: true }).waitFor();
  const more = await booth.shows('the new end', (shown) => shown.notice?.kind === 'extended');
  expect(more).toMatchObject({ countdown: 'ends', notice: { ends: ends + 5 * MINUTE } });
  await second.page.getByTestId('told').getByText('5分延長しました', { exact: true }).waitFor();
  await until('five minutes more', async () => (await left(second)) > 9 * 60, { instead: () => left(second) });
  for (const host of [recruiter, second]) await host.page.getByTestId('ends-soon').waitFor({ state: 'detached' });

  // Three minutes later the next interview of this host begins.
  await page.getByTestId('extend').click();
  await page.getByTestId('extend-5').click();
  await page.getByTestId('told').getByText('연장할 수 없습니다. 다음 면접 시간과 겹칩니다.', { exact: true }).waitFor();
  expect((await office.interview(room)).ends).toBe(ends + 5 * MINUTE);

  await recruiter.end();
  await second.at('ended');
  expect((await booth.screen('ended')).end).toBe('done');
  await second.close();
  await recruiter.toDay();
  await booth.act('finish');
});

// X2, X4
test('at the end of the slot everybody leaves, and it cannot be entered again', async () => {
  const { room } = await call(12_000);
  await booth.shows('that it is close', (shown) => shown.notice?.kind === 'ends-soon');
  const shown = await booth.screen('ended');
  expect(shown).toMatchObject({ end: 'slot-over', may_return: false, locale: 'ko' });
  await recruiter.at('ended');
  await recruiter.says('ended-cause', '予定の時間が終わりました。終了した面接は再開できませんので、ご了承ください。');
  await recruiter.page.getByTestId('language-ko').click();
  await recruiter.says('ended-cause', `예정된 시간이 끝났습니다. ${ENDED}`);
  expect((await office.request('POST', `interviews/${room}/number`)).status).toBe(409);
  await recruiter.toDay();
  await booth.act('finish');
});

// X5, X8
test('who leaves is asked first, and staying is the default on both sides', async () => {
  const { page } = recruiter;
  await booth.knock({ language: 'ko' });
  await recruiter.admit();
  await booth.act('ask-leave');
  expect(await booth.screen('call')).toMatchObject({ dialog: { may_return: false }, locale: 'ko' });
  await booth.act('stay');
  await booth.shows('no question', (shown) => shown.dialog === null);

  await page.getByTestId('leave').click();
  await page.getByText('ほかに担当者がいないため、退出すると面接は終わります。終わった面接は再開できません。').waitFor();
  expect(await page.evaluate('document.activeElement.dataset.testid')).toBe('stay');
  await page.keyboard.press('Escape');
  await page.getByTestId('confirm-leave').waitFor({ state: 'detached' });
  expect((await recruiter.desk()).screen).toBe('call');

  await booth.act('leave');
  expect(await booth.screen('ended')).toMatchObject({ end: 'left', may_return: false });
  await recruiter.at('ended');
  await recruiter.says('ended-cause', '応募者が退出しました');
});
