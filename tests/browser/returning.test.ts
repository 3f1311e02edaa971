// Who drops off or leaves, and comes back.
import { beforeAll, expect, test } from 'vitest';
import type { Booth } from './support/booth';
import { Fair, KIM, SMALL, TAKAHASHI } from './support/fair';
import { Line } from './support/line';
import { lists } from './support/people';
import type { Recruiter } from './support/recruiter';
import { until } from './support/until';

const fair = Fair.shared('returning', { policy: ['host_grace = 6'] });
let first: Recruiter;
let second: Recruiter;
let booth: Booth;

beforeAll(async () => {
  first = await fair().recruiter();
  second = await fair().recruiter(KIM);
  booth = fair().booth(SMALL);
});

// X6, X8
test('a host whose line is lost has some seconds, a booth that falls over comes back, and without any host it ends', async () => {
  const line = await Line.of(second);
  await booth.knock();
  await first.admit();
  await second.join();
  await booth.with(KIM.name, TAKAHASHI.name);

  await line.cut();
  await until('the shaky line', async () => (await first.page.getByTestId('tile').getByLabel('接続が不安定です').count()) === 1);
  await booth.with(first.host.name);
  line.mend();
  await booth.with(KIM.name, TAKAHASHI.name);

  await booth.stop('SIGKILL');
  booth.start();
  await lists(first, 'history', [
    'h:m–h:m 홍성우 入り直し', 'h:m– 高橋 めぐみ 参加中', 'h:m–h:m 김민준 接続が切れました', 'h:m– 김민준 参加中', 'h:m– 홍성우 参加中',
  ], 60_000);

  await first.leave();
  await booth.with(second.host.name);
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
  await booth.shows('the milder question', ({ dialog }) => typeof dialog === 'object' && dialog?.may_return === true);
  await booth.act('leave');
  expect(await booth.screen('ended')).toMatchObject({ end: 'left', may_return: true });
  await until('the empty seat', async () => (await first.desk()).present.length === 1);
  expect((await first.desk()).screen).toBe('call');

  await booth.act('return');
  await booth.with(first.host.name);
  expect(booth.history.some((shown) => shown.screen === 'reconnecting' && shown.reason === 'left')).toBe(true);
  await lists(first, 'history', ['h:m–h:m 홍성우 退出', 'h:m– 高橋 めぐみ 参加中', 'h:m– 홍성우 参加中']);
  await first.end();
  expect(await booth.screen('ended')).toMatchObject({ end: 'done', may_return: false });
});
