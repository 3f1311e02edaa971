// Who sits in an interview: one connection each, coming late, dropping off and coming back.
import { beforeAll, expect, test } from 'vitest';
import type { Booth } from './support/booth';
import { Fair, KIM, SMALL, TAKAHASHI } from './support/fair';
import { Line } from './support/line';
import { plain, type Recruiter } from './support/recruiter';
import { until } from './support/until';

const fair = Fair.shared('seats', { policy: ['host_grace = 3'] });
let first: Recruiter;
let second: Recruiter;
let booth: Booth;

beforeAll(async () => {
  first = await fair().recruiter();
  second = await fair().recruiter(KIM);
  booth = fair().booth(SMALL);
});

const alone = (host: Recruiter) => booth.shows(`only ${host.host.name}`, ({ others }) => others?.length === 1 && others[0]?.name === host.host.name);
const both = () => booth.shows('both recruiters', (shown) => shown.others?.length === 2);

/** The list of who is here and who was, with a time for every time of day. */
async function people({ page }: Recruiter, list: 'people' | 'history'): Promise<string[]> {
  if (!(await page.getByTestId('people').isVisible())) await page.getByTestId('people-button').click();
  if (list === 'history' && !(await page.getByTestId('history').isVisible())) await page.getByTestId('history-button').click();
  const lines = await page.getByTestId(list).locator('li').allInnerTexts();
  return lines.map((line) => plain(line).replaceAll(/\d\d:\d\d/g, 'h:m'));
}

// E8
test('a second window of a host is told, may take over, and the first one is told then', async () => {
  await booth.knock();
  await first.admit();
  const window = await first.window();
  await window.page.getByTestId('open').click();
  await window.page.getByTestId('enter').click();
  await window.at('replaced');
  await window.page.getByRole('heading', { name: '既に通話画面に接続されています。', exact: true }).waitFor();
  expect((await first.desk()).screen).toBe('call');

  await window.page.getByTestId('here').click();
  await window.at('call');
  await first.at('replaced');
  await first.page.getByRole('heading', { name: '既に通話画面に接続されています。', exact: true }).waitFor();
  await alone(first);

  await first.page.getByTestId('here').click();
  await first.at('call');
  await window.at('replaced');
  await window.page.close();
  await until('the move in the history', async () => (await people(first, 'history')).includes('h:m–h:m 高橋 めぐみ 別の画面に移りました'), {
    instead: () => people(first, 'history'),
  });
  await first.end();
  await first.toDay();
  await booth.act('finish');
});

// L2, L5, T4, T5, W8, X6, X8
test('who comes late finds the history, and a co-host keeps the call when the other leaves', async () => {
  await booth.knock({ name: '佐藤花子', language: 'ja' });
  await second.page.getByTestId('admit').click();
  await second.at('ready');
  await second.says('here', '待っている 1 ・ 通話中 0');
  await second.enter();
  await booth.screen('call');
  await booth.act('write はじめまして');
  await until('the line', async () => (await second.posts()).length === 1);
  await second.page.getByTestId('chat-button').click();
  await second.page.getByTestId('chat-text').fill('こちらこそ');
  await second.page.getByTestId('chat-text').press('Control+Enter');
  await booth.shows('the answer', (shown) => shown.chat?.lines === 2);

  await first.page.getByTestId('open').click();
  await first.at('ready');
  await first.says('here', '待っている 0 ・ 通話中 2');
  await first.enter();
  await first.says('unread', '2');
  expect((await first.posts()).map((post) => post.text)).toEqual(['はじめまして', 'こちらこそ']);
  expect(await people(first, 'people')).toEqual([
    '佐 佐藤花子 応募者 ・ ブース A-01', '김 김민준 면접관', '高 高橋 めぐみ (あなた) 採用担当',
  ]);

  await both();
  await second.page.getByTestId('hand').click();
  await booth.shows('the first hand', (shown) => shown.notice?.kind === 'hand-raised' && shown.notice.name === KIM.name);
  await booth.act('hand');
  await first.says('hand-alert', '佐藤花子さんが手を挙げました');
  const seat = (await second.desk()).seat ?? -1;
  expect(plain(await first.tile(seat).getByTestId('hand-up').innerText())).toBe('1');
  expect(plain(await first.tile(0).getByTestId('hand-up').innerText())).toBe('2');
  expect(await booth.screen('call')).toMatchObject({ hand: true, others: [{ name: KIM.name, hand: 1 }, { name: TAKAHASHI.name, hand: null }] });

  await second.leave();
  await alone(first);
  await second.page.getByTestId('again').click();
  await second.at('call');
  await both();
  expect(await people(first, 'history')).toEqual([
    'h:m– 佐藤花子 参加中', 'h:m–h:m 김민준 退出', 'h:m– 高橋 めぐみ 参加中', 'h:m– 김민준 参加中',
  ]);
  await second.leave();
  await alone(first);
  await first.end();
  for (const host of [first, second]) await host.toDay();
  await booth.act('finish');
});

// X6, X8
test('a host whose line is lost has some seconds, a booth that falls over comes back, and without any host it ends', async () => {
  const line = await Line.of(second);
  await booth.knock();
  await first.admit();
  await second.join();
  await both();

  await line.cut();
  await until('the shaky line', async () => (await first.page.getByTestId('tile').getByLabel('接続が不安定です').count()) === 1);
  await alone(first);
  line.mend();
  await both();

  await booth.stop('SIGKILL');
  booth.start();
  const seen = () => people(first, 'history');
  await until('the booth to be back', async () => (await seen()).includes('h:m–h:m 홍성우 入り直し'), { within: 60_000, instead: seen });
  expect(await people(first, 'history')).toEqual([
    'h:m–h:m 홍성우 入り直し', 'h:m– 高橋 めぐみ 参加中', 'h:m–h:m 김민준 接続が切れました', 'h:m– 김민준 参加中', 'h:m– 홍성우 参加中',
  ]);

  await first.leave();
  await alone(second);
  await line.cut();
  expect((await booth.screen('ended')).end).toBe('lost');
  line.mend();
  await second.at('ended');
  await second.says('ended-cause', '担当者の接続がもどりませんでした');
  for (const host of [first, second]) await host.toDay();
  await booth.act('finish');
});

// X5, X6, X7
test('where it is allowed, who left by the button goes back in by another', async () => {
  const office = await fair().office();
  const { room } = await office.book({ reentry: 'always' });
  await booth.act(`number ${await office.number(room)}`);
  await booth.act('knock');
  await first.admit();
  await booth.act('ask-leave');
  await booth.shows('the milder question', (shown) => shown.dialog?.may_return === true);
  await booth.act('leave');
  expect(await booth.screen('ended')).toMatchObject({ end: 'left', may_return: true });
  await until('the empty seat', async () => (await first.desk()).present.length === 1);
  expect((await first.desk()).screen).toBe('call');

  await booth.act('return');
  await alone(first);
  expect(booth.history.some((shown) => shown.screen === 'reconnecting' && shown.reason === 'left')).toBe(true);
  expect(await people(first, 'history')).toEqual(['h:m–h:m 홍성우 退出', 'h:m– 高橋 めぐみ 参加中', 'h:m– 홍성우 参加中']);
  await first.end();
  expect(await booth.screen('ended')).toMatchObject({ end: 'done', may_return: false });
});

// W7, W9
test('what the host sets before anybody comes is how everybody comes in', async () => {
  const office = await fair().office();
  const { room } = await office.book();
  const { page } = first;
  await first.toDay();
  await page.reload();
  await first.row('홍성우').getByTestId('prepare').click();
  await first.at('ready');
  await first.says('guest', '応募者はまだ来ていません');
  for (const what of ['microphone', 'camera', 'names']) {
    await page.getByTestId(`preset-${what}`).getByRole('switch').click();
    await page.getByTestId(`preset-${what}`).getByRole('switch', { checked: false }).waitFor();
  }
  await booth.act('finish');
  await booth.act(`number ${await office.number(room)}`);
  await booth.act('knock');
  await first.says('guest', 'ノック中');
  await first.enter();
  const seen = { microphone: false, camera: false, names: false };
  expect(await booth.shows('the call', (shown) => shown.screen === 'call' && shown.others?.length === 1)).toMatchObject({
    ...seen, others: [{ microphone: false, camera: false }],
  });
  await first.tile(0).getByTestId('mic-off').waitFor();
  await first.tile(0).getByText('カメラはオフです').waitFor();
  expect(await first.tile(0).getByText('홍성우').count()).toBe(0);
  await first.end();
});
