// From the knock to its answer.
import { expect, test } from 'vitest';
import { Fair, KIM, MORI } from './support/fair';
import { until } from './support/until';

// W10, W11, W12, W15, W16
test('a knock is seen with a picture of the knocker, answered with a message, and can be taken back', async () => {
  const fair = await Fair.open('knock');
  const booth = fair.booth();
  await booth.act('start');
  await booth.act('company minato');
  await booth.act('name まいにちたろう');
  await booth.shows('that nobody is there yet', (shown) => shown.screen === 'ready' && shown.hosts === 0);

  const recruiter = await fair.recruiter();
  const elsewhere = await fair.recruiter(MORI);
  await booth.shows('that a recruiter is there', (shown) => shown.screen === 'ready' && shown.hosts === 1);

  await booth.act('knock');
  await booth.shows('the place in the queue', (shown) => shown.screen === 'waiting' && shown.place === 1);
  const card = recruiter.knockCard();
  await card.getByText('まいにちたろう').waitFor();
  await until('a picture of the knocker', async () => (await card.getByTestId('still').getAttribute('data-drawn')) === 'true');

  await recruiter.page.getByTestId('message').fill('5分ほどお待ちください。');
  await recruiter.page.getByTestId('wait').click();
  await booth.shows('the message', (shown) => shown.screen === 'waiting' && shown.note === '5分ほどお待ちください。');

  await booth.act('cancel');
  await card.waitFor({ state: 'detached' });
  expect((await recruiter.connections()).made).toBe(0);

  // Another company's recruiter never learnt of any of it.
  expect(await elsewhere.page.getByTestId('knock-card').count()).toBe(0);
  expect(await elsewhere.page.getByText('まいにちたろう').count()).toBe(0);
});

// W13
test('who is refused reads the message, and the recruiter is free for the next', async () => {
  const fair = await Fair.open('refused');
  const booth = fair.booth();
  const recruiter = await fair.recruiter();
  await booth.knock();
  await recruiter.knockCard().waitFor();
  await recruiter.page.getByTestId('message').fill('14時以降にもう一度お越しください。');
  await recruiter.page.getByTestId('refuse').click();
  const shown = await booth.screen('refused');
  expect(shown.note).toBe('14時以降にもう一度お越しください。');
  await recruiter.knockCard().waitFor({ state: 'detached' });
  expect((await recruiter.connections()).made).toBe(0);

  await booth.act('other');
  await booth.act('company minato');
  await booth.screen('name');
});

// E9
test('both sides change their language while they are used', async () => {
  const fair = await Fair.open('languages');
  const booth = fair.booth();
  const recruiter = await fair.recruiter();
  await booth.knock({ name: '佐藤花子', language: 'ja' });
  const admit = recruiter.page.getByTestId('admit');
  for (const [locale, word] of [['ko', '입장 허용'], ['en', 'Let in'], ['ja', '許可する']] as const) {
    await recruiter.page.getByTestId(`language-${locale}`).click();
    await until(`the word ${word}`, async () => (await admit.textContent())?.includes(word), { instead: () => admit.textContent() });
    expect(await recruiter.page.locator('html').getAttribute('lang')).toBe(locale);
    await booth.act(`language ${locale}`);
    await booth.shows(`the language ${locale}`, (shown) => shown.locale === locale && shown.screen === 'waiting');
  }
  // What was typed is as it was.
  expect(await recruiter.knockCard().textContent()).toContain('佐藤花子');

  // In the interview too, without leaving it.
  await recruiter.admit();
  const leave = recruiter.page.getByTestId('leave');
  for (const [locale, word] of [['ko', '나가기'], ['en', 'Leave'], ['ja', '退出']] as const) {
    await recruiter.page.getByTestId(`language-${locale}`).click();
    await until(`the word ${word}`, async () => (await leave.textContent())?.includes(word), { instead: () => leave.textContent() });
    expect(await recruiter.page.locator('html').getAttribute('lang')).toBe(locale);
  }
  expect((await recruiter.desk()).screen).toBe('call');
});

// W8, W12
test('of two recruiters of a company, the one who is faster lets in and the other sees it', async () => {
  const fair = await Fair.open('two-hosts-one-knock');
  const booth = fair.booth();
  const first = await fair.recruiter();
  const second = await fair.recruiter(KIM);
  await booth.knock();
  await second.knockCard().waitFor();
  await first.admit();
  await second.knockCard().waitFor({ state: 'detached' });
  await until('the list to say "in a call"', async () => (await second.page.locator('[data-testid=room][data-progress=in_call]').count()) === 1);
  await booth.act('wait picture 30');
});
