// Knocks that nobody answers.
import { expect, test } from 'vitest';
import { Fair, KIM, SMALL, TAKAHASHI } from './support/fair';
import { plain } from './support/recruiter';
import type { Account } from './support/service';
import { until } from './support/until';

const STAFF: Account = { account: 'yamamoto', password: 'haru-no-umi-no-oto', name: '山本 悠', title: '', company: '' };

// W13, W14
test('a knock that the first host does not answer rings at the next one, then at the staff, and is listed as missed', async () => {
  const fair = await Fair.open('unanswered', { hosts: [STAFF], policy: ['pass_on = 4', 'knock = 16'] });
  const office = await fair.office();
  const first = await fair.recruiter(KIM);
  const next = await fair.recruiter();
  const staff = await fair.recruiter(STAFF);
  const booth = fair.booth(SMALL);
  const { room } = await office.book({ hosts: [KIM.account, TAKAHASHI.account] });
  await booth.act(`number ${await office.number(room)}`);
  await booth.act('knock');

  await first.knockCard().getByText('홍성우').waitFor();
  const heard = await next.knockCard().count();
  expect(heard, 'the second host is rung at once').toBe(0);
  await next.row('홍성우').getByText('ノック中').waitFor();
  await next.knockCard().getByText('홍성우').waitFor();

  // The staff are told where, but not who.
  await staff.page.getByTestId('floor-knock').getByText('みなと精工 ・ ブース A-01', { exact: true }).waitFor();
  await staff.says('floor-counts', '呼び出し 0 ・ 応答のないノック 1');
  expect(await staff.page.locator('body').innerText()).not.toContain('홍성우');

  // Nobody comes.
  expect(await booth.screen('refused')).toMatchObject({ note: null, unanswered: true });
  await staff.page.getByTestId('floor-knock').getByText('応答がないまま終わりました').waitFor();
  for (const host of [first, next]) {
    await host.knockCard().waitFor({ state: 'detached' });
    await until('the missed knock', async () => plain(await host.row('홍성우').innerText()).includes('不在'));
    expect(plain(await host.page.getByTestId('counts').innerText())).toContain('不在のノック 1');
    await host.page.getByTestId('filter-missed').click();
    expect(await host.page.getByTestId('room').count()).toBe(1);
  }
});
