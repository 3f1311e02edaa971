// What is taken along after an interview, and what is not in it any more.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Fair, SMALL } from './support/fair';
import { plain, type Recruiter } from './support/recruiter';
import type { Account } from './support/service';
import { until } from './support/until';

const ADMIN: Account = { account: 'admin', password: 'umi-no-mieru-oka', name: '中村 葵', title: '人事部長', company: 'minato', admin: true };
const BOM = '\u{feff}';

/** A record, saved by the browser as the recruiter would. */
async function saved({ page }: Recruiter, part: string, folder: string): Promise<string[]> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId(`save-${part}`).click()]);
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return readFileSync(path, 'utf8').replaceAll(/\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d/g, 'when').split('\r\n');
}

// R1, R2, R5, R6, T6
test('the records hold who was there and what was said, harmless and without what was taken back, and wait for who did not save them', async () => {
  const fair = await Fair.open('records', { hosts: [ADMIN] });
  const booth = fair.booth(SMALL);
  const recruiter = await fair.recruiter();
  const { page } = recruiter;
  await booth.knock({ name: '=cmd|calc', language: 'ja' });
  await recruiter.admit();
  const room = (await recruiter.desk()).room ?? '';
  const line = (text: string) => until(`the line ${text}`, async () => (await recruiter.posts()).some((post) => post.text === text));
  const write = async (text: string) => {
    await page.getByTestId('chat-text').fill(text);
    await page.getByTestId('chat-text').press('Control+Enter');
    await line(text);
  };
  await page.getByTestId('chat-button').click();

  // The whole history goes, for everybody; then one's own line, on either side.
  await booth.act('write すべて消す前');
  await line('すべて消す前');
  await write('こちらも');
  await page.getByTestId('clear-chat').click();
  await page.getByText('全員の画面と記録から言葉とファイルが消え、元にもどせません。').waitFor();
  await page.getByTestId('confirm-clear').click();
  await booth.shows('nothing of it', (shown) => shown.chat?.deleted === 2);
  await write('+81 "3", 1234');
  await booth.act('write ＠式ではない');
  await booth.act('write 言いまちがい');
  await line('言いまちがい');
  // The booth takes back the last line that it knows to be posted.
  await booth.shows('five lines that are posted', (shown) => shown.chat?.lines === 5 && shown.chat.waiting === 0);
  expect(await page.getByTestId('delete-post').count()).toBe(1);
  await booth.act('take-back');
  await write('わたしのまちがい');
  await page.getByTestId('delete-post').last().click();
  await booth.shows('four that are gone', (shown) => shown.chat?.deleted === 4);
  await page.getByTestId('chat').getByText('取り消されました').last().waitFor();
  await page.getByTestId('chat-file').setInputFiles({ name: '案内, 第2版.txt', mimeType: 'text/plain', buffer: Buffer.from('ようこそ') });
  await booth.shows('the file', (shown) => shown.chat?.lines === 7);
  await recruiter.end();

  expect(await saved(recruiter, 'participants', fair.folder)).toEqual([
    `${BOM}ルーム名,主催者・参加者,名前,接続開始時間,接続終了時間`,
    "みなと精工,参加者,'=cmd|calc,when,when",
    'みなと精工,主催者,高橋 めぐみ,when,when',
    '',
  ]);
  await page.getByTestId('save-participants').getByText('保存済み').waitFor();

  // The chat was not saved: it is offered again, also after a new sign-in.
  await recruiter.toDay();
  await page.getByTestId('sign-out').click();
  await recruiter.signIn();
  const waiting = page.getByTestId('waiting-records');
  await waiting.waitFor();
  expect(plain(await waiting.innerText())).toMatch(/^まだ保存していない記録 1 =cmd\|calc チャットの記録 ・ 送られたファイル ・ .*まで 保存$/);
  await page.getByTestId('open-record').click();
  expect(await saved(recruiter, 'chat', fair.folder)).toEqual([
    `${BOM}タイプ,時刻,主催者・参加者,名前,メッセージ`,
    `全体,when,主催者,高橋 めぐみ,"'+81 ""3"", 1234"`,
    "全体,when,参加者,'=cmd|calc,'＠式ではない",
    '全体,when,主催者,高橋 めぐみ,"【ファイル送信】案内, 第2版.txt"',
    '',
  ]);
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId('save-file').click()]);
  await file.saveAs(join(fair.folder, 'file'));
  expect(readFileSync(join(fair.folder, 'file'), 'utf8')).toBe('ようこそ');
  await waiting.waitFor({ state: 'detached' });

  // Who did what, for the company's admin and nobody below; without names and words.
  expect((await (await fair.office()).request('GET', `records/${room}/audit.jsonl`)).status).toBe(403);
  const audit = await (await (await fair.office(ADMIN)).request('GET', `records/${room}/audit.jsonl`)).text();
  const deeds = audit.trim().split('\n').map((line) => JSON.parse(line) as { did: string; at: number; by: { type: string; account?: string } });
  expect(deeds.map(({ did, by }) => `${by.account ?? by.type} ${did}`)).toEqual([
    'guest knocked', 'guest joined', 'takahashi admitted', 'takahashi joined', 'takahashi cleared_chat', 'guest deleted_post',
    'takahashi deleted_post', 'takahashi sent_file', 'takahashi ended',
  ]);
  expect(deeds.every(({ at }) => Math.abs(at - Date.now()) < 300_000)).toBe(true);
  expect(audit).not.toMatch(/cmd|式|まちがい|案内/);
});
