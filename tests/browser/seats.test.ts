// Who sits in an interview: one connection each, coming late, and how everybody comes in.
import { beforeAll, expect, test } from 'vitest';
import type { Booth } from './support/booth';
import { Fair, KIM, SMALL, TAKAHASHI } from './support/fair';
import { lists, people } from './support/people';
import { plain, type Recruiter } from './support/recruiter';
import { until } from './support/until';

const fair = Fair.shared('seats', { booths: ['a-01', 'a-02'] });
let first: Recruiter;
let second: Recruiter;
let booth: Booth;

beforeAll(async () => {
  first = await fair().recruiter();
  second = await fair().recruiter(KIM);
  booth = fair().booth(SMALL);
});

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
  await booth.with(first.host.name);

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

// E8
test('a candidate who enters a number at another booth is asked, goes on there, and the first booth is told', async () => {
  const office = await fair().office();
  const { room } = await office.book();
  await booth.act(`number ${await office.number(room)}`);
  await booth.act('knock');
  await first.admit();
  await booth.with(first.host.name);

  const other = fair().booth({ ...SMALL, id: 'a-02' });
  await other.act(`number ${await office.number(room)}`);
  await other.shows('the question', (shown) => shown.screen === 'number' && shown.dialog === 'take-over');
  expect((await booth.screen('call')).others).toHaveLength(1);
  await other.act('take-over');
  await other.with(first.host.name);
  await first.sees(0);
  expect((await booth.screen('ended')).end).toBe('taken-over');
  expect((await first.desk()).present).toHaveLength(2);
  await first.end();
  await first.toDay();
  for (const each of [booth, other]) await each.act('finish');
  await other.stop();
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
  await lists(first, 'people', [
    '佐 佐藤花子 応募者 ・ ブース A-01', '김 김민준 면접관', '高 高橋 めぐみ (あなた) 採用担当',
  ]);

  await booth.with(KIM.name, TAKAHASHI.name);
  await second.page.getByTestId('hand').click();
  await booth.shows('the first hand', (shown) => shown.notice?.kind === 'hand-raised' && shown.notice.name === KIM.name);
  await booth.act('hand');
  await first.says('hand-alert', '佐藤花子さんが手を挙げました');
  const seat = (await second.desk()).seat ?? -1;
  expect(plain(await first.tile(seat).getByTestId('hand-up').innerText())).toBe('1');
  expect(plain(await first.tile(0).getByTestId('hand-up').innerText())).toBe('2');
  expect(await booth.shows('its own hand', (shown) => shown.hand === true)).toMatchObject({
    screen: 'call', others: [{ name: KIM.name, hand: 1 }, { name: TAKAHASHI.name, hand: null }],
  });

  await second.leave();
  await booth.with(first.host.name);
  await second.page.getByTestId('again').click();
  await second.at('call');
  await booth.with(KIM.name, TAKAHASHI.name);
  await lists(first, 'history', [
    'h:m– 佐藤花子 参加中', 'h:m–h:m 김민준 退出', 'h:m– 高橋 めぐみ 参加中', 'h:m– 김민준 参加中',
  ]);
  await second.leave();
  await booth.with(first.host.name);
  await first.end();
  for (const host of [first, second]) await host.toDay();
  await booth.act('finish');
});

// W7, W9
test('what the host sets before anybody comes is how everybody comes in', async () => {
  const office = await fair().office();
  const { room } = await office.book();
  const { page } = first;
  await page.reload();
  await first.row('홍성우').getByTestId('prepare').click();
  await first.at('ready');
  await first.says('guest', '応募者はまだ来ていません');
  for (const what of ['microphone', 'camera', 'names']) {
    await page.getByTestId(`preset-${what}`).getByRole('switch').click();
    await page.getByTestId(`preset-${what}`).getByRole('switch', { checked: false }).waitFor();
  }
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
