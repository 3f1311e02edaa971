// The hall's network is away, and the booth falls over besides: nothing that was written is lost.
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Fair } from './support/fair';
import { Network } from './support/network';
import { until } from './support/until';

const FILE_BYTES = 4 * 1024 * 1024;

// T2, T3, T8, X6, N2
test('what is written while the line is away arrives once and in order, also through a crash', async () => {
  const network = new Network();
  const fair = await Fair.open('offline', { network });
  const { booth, recruiter } = await fair.call();
  const bytes = randomBytes(FILE_BYTES);
  const path = join(fair.folder, '職務経歴書.bin');
  writeFileSync(path, bytes);

  network.plug(false);
  await booth.shows('that the service is away', (shown) => !shown.online, 40_000);
  await booth.act('write 一行目です');
  await booth.act('write 二行目です');
  await booth.act(`send ${path}`);
  await booth.act('write 三行目です');
  await booth.shows('four things that wait', (shown) => shown.chat?.waiting === 4);

  await booth.stop('SIGKILL');
  booth.start();
  network.plug(true);
  await booth.shows('the call', (shown) => shown.screen === 'call' && shown.online && shown.others?.length === 1, 60_000);
  await booth.shows('nothing that waits', (shown) => shown.chat?.waiting === 0 && shown.chat.failed === 0, 60_000);

  const posts = () => recruiter.posts();
  await until('four posts', async () => (await posts()).length === 4, { within: 30_000, instead: posts });
  expect((await posts()).map((post) => post.text ?? post.file)).toEqual(['一行目です', '二行目です', '職務経歴書.bin', '三行目です']);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  expect(await recruiter.download((await posts())[2]?.post ?? 0)).toEqual({ bytes: FILE_BYTES, sha256 });
  await recruiter.flows(0);
  await booth.hears(440);
});
