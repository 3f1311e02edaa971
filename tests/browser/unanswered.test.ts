// Knocks that nobody answers.
import { expect, test } from 'vitest';
import { Fair, KIM, SMALL, TAKAHASHI } from './support/fair';
import { plain } from './support/recruiter';
import { until } from './support/until';

// W13, W14
test('a knock that the first host does not answer rings at the next one, and stands in both lists as missed', async () => {
  const fair = await Fair.open('unanswered', { policy: ['pass_on = 2', 'knock = 8'] });
  const office = await fair.office();
  const first = await fair.recruiter(KIM);
  const next = await fair.recruiter();
  const booth = fair.booth(SMALL);
  const { room } = await office.book({ hosts: [KIM.account, TAKAHASHI.account] });
  await booth.act(`number ${await office.number(room)}`);
  await booth.act('knock');

  await first.knockCard().getByText('홍성우').waitFor();
  const heard = await next.knockCard().count();
  expect(heard, 'the second host is rung at once').toBe(0);
  await next.row('홍성우').getByText('ノック中').waitFor();
  await next.knockCard().getByText('홍성우').waitFor();

  // Nobody comes.
  expect(await booth.screen('refused')).toMatchObject({ note: null, unanswered: true });
  for (const host of [first, next]) {
    await host.knockCard().waitFor({ state: 'detached' });
    await until('the missed knock', async () => plain(await host.row('홍성우').innerText()).includes('不在'));
    expect(plain(await host.page.getByTestId('counts').innerText())).toContain('不在のノック 1');
    await host.page.getByTestId('filter-missed').click();
    expect(await host.page.getByTestId('room').count()).toBe(1);
  }
});
