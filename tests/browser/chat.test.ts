// What is said and shown beside the picture, and what the host may do with the room.
import { expect, test } from 'vitest';
import { Fair } from './support/fair';
import { until } from './support/until';

/** A red square. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC',
  'base64',
);
const MOST = 5 * 1024 * 1024;

// T1, T2, T3, T5, T6
test('lines and files go both ways, are counted, shown, and taken back', async () => {
  const fair = await Fair.open('chat');
  const { booth, recruiter } = await fair.call();
  const page = recruiter.page;

  await booth.act('write よろしくお願いします');
  await page.getByTestId('unread').waitFor();
  expect((await page.getByTestId('unread').textContent())?.trim()).toBe('1');
  await page.getByTestId('chat-button').click();
  await page.getByText('よろしくお願いします').waitFor();

  // In a narrow window it lies over the pictures.
  const wide = page.viewportSize();
  const place = () => page.getByTestId('chat-text').boundingBox();
  await page.setViewportSize({ width: 390, height: 800 });
  await until('the chat within the narrow window', async () => {
    const box = await place();
    return box && box.x >= 0 && box.x + box.width <= 390;
  }, { instead: place });
  if (wide) await page.setViewportSize(wide);

  await page.getByTestId('chat-text').fill('あ'.repeat(255));
  await page.getByTestId('chat-text').press('Control+Enter');
  await booth.shows('an unread line', (shown) => shown.chat?.unread === 1);
  await page.getByTestId('chat-file').setInputFiles({ name: '../会社 案内.png', mimeType: 'text/html', buffer: PNG });
  await booth.shows('an unread file', (shown) => shown.chat?.unread === 2);
  await booth.act('open');
  await booth.shows('the picture', (shown) => shown.document === 'here');

  // Exactly the limit is taken; one byte more is refused before anything is sent.
  await page.getByTestId('chat-file').setInputFiles({ name: 'most.bin', mimeType: '', buffer: Buffer.alloc(MOST, 7) });
  await until('the largest file', async () => (await recruiter.posts()).some((post) => post.file === 'most.bin'), { within: 30_000 });
  await page.getByTestId('chat-file').setInputFiles({ name: 'more.bin', mimeType: '', buffer: Buffer.alloc(MOST + 1, 7) });
  await page.getByTestId('outgoing').getByText('more.bin').waitFor();
  const posts = await recruiter.posts();
  expect(posts.map((post) => post.text ?? post.file)).toEqual(['よろしくお願いします', 'あ'.repeat(255), '会社 案内.png', 'most.bin']);

  await page.getByTestId('clear-chat').click();
  await page.getByTestId('confirm-clear').click();
  await until('an empty chat', async () => (await recruiter.posts()).every((post) => !post.text && !post.file));
});

// L5, L12, L13, T7
test('on hold neither side sees or hears the other, and the chat goes on', async () => {
  const fair = await Fair.open('hold');
  const { booth, recruiter } = await fair.call();
  const page = recruiter.page;

  await booth.act('hand');
  await page.getByTestId('hand-alert').waitFor();

  await page.getByTestId('more').click();
  await page.getByTestId('hold').click();
  await booth.shows('the hold', (shown) => shown.held === true);
  await until('no connection', async () => ((await booth.figures())?.links ?? []).length === 0);
  await booth.act('write 待っています');
  await until('the line', async () => (await recruiter.posts()).some((post) => post.text === '待っています'));
  await page.getByTestId('held').getByRole('heading', { name: '管理者によって保留中に設定されました', exact: true }).waitFor();
  await page.getByTestId('held').getByText('たがいの映像と音声は届きません。チャットは使えます。', { exact: true }).waitFor();
  await page.getByTestId('chat-button').click();
  await page.getByTestId('chat-text').fill('すぐ戻ります');
  await page.getByTestId('chat-text').press('Control+Enter');
  await booth.shows('the answer', (shown) => shown.held === true && shown.chat?.lines === 2);
  await page.getByTestId('resume').click();
  await booth.act('wait picture 30');
  await recruiter.sees(0);
  await recruiter.hears(0, 1000);

  await page.getByTestId('more').click();
  await page.getByTestId('mute-all').click();
  await booth.shows('a microphone that is off', (shown) => shown.screen === 'call' && shown.microphone === false);
  await recruiter.silent(0);
});
