// How somebody who is new comes in: a link sets the first password, and another one opens the interview.
import { expect, test } from 'vitest';
import { Fair } from './support/fair';
import { Recruiter } from './support/recruiter';
import type { Account } from './support/service';

const ADMIN: Account = { account: 'admin', password: 'umi-no-mieru-oka', name: '中村 葵', title: '人事部長', company: 'minato', admin: true };
const SATO: Account = { account: 'sato', password: 'yama-no-ue-no-hoshi', name: '佐藤 健', title: '採用担当', company: 'minato' };

// E10
test('a link sets the first password once and opens the interview; the interview\'s own link waits for the sign-in', async () => {
  const fair = await Fair.open('access', { hosts: [ADMIN] });
  const office = await fair.office(ADMIN);
  const { room } = await office.book();
  const made = await office.request('POST', 'accounts', { id: SATO.account, name: SATO.name, title: SATO.title, role: 'host' });
  expect(made.status).toBe(201);
  const { link } = (await (await office.request('POST', `accounts/${SATO.account}/link`, { room })).json()) as { link: string };
  const first = link.slice(link.indexOf('#'));

  const sato = await Recruiter.open(fair.service, SATO);
  fair.recruiters.push(sato);
  const { page } = sato;
  const follow = async (hash: string) => {
    await page.goto('about:blank');
    await page.goto(`${fair.service.url}/${hash}`);
  };
  await follow(first);
  await sato.at('first-sign-in');
  const password = page.getByTestId('first-sign-in-form').locator('input[type=password]');
  await password.fill('short');
  await page.getByTestId('set-password').click();
  await page.getByTestId('first-told').waitFor();
  await password.fill(SATO.password);
  await page.getByTestId('set-password').click();
  await sato.at('ready');
  expect(new URL(page.url()).hash).toBe(`#/interview/${room}`);

  // It is good once, also in another browser.
  const again = await Recruiter.open(fair.service, SATO);
  fair.recruiters.push(again);
  await again.page.goto('about:blank');
  await again.page.goto(`${fair.service.url}/${first}`);
  await again.at('first-sign-in');
  await again.page.getByTestId('first-sign-in-form').locator('input[type=password]').fill('mattaku-betsu-no-mono');
  await again.page.getByTestId('set-password').click();
  await again.page.getByRole('heading', { name: 'このリンクは使えません', exact: true }).waitFor();

  // The interview's own link asks who one is, and leads there.
  await again.page.goto('about:blank');
  await again.page.goto(`${fair.service.url}/#/interview/${room}`);
  await again.at('sign-in');
  const form = again.page.getByTestId('sign-in-form');
  await form.locator('input').first().fill(SATO.account);
  await form.locator('input[type=password]').fill(SATO.password);
  await again.page.getByTestId('sign-in').click();
  await again.at('ready');
  expect(await again.page.getByTestId('guest').getAttribute('data-guest')).toBe('away');
  expect(new URL(again.page.url()).hash).toBe(`#/interview/${room}`);
});
