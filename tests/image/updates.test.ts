// Updates of a booth (P3): what is sound is installed and stays, and what is not is not taken.
import { statSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { bundle } from './support/bundles';
import { drive } from './support/devices';
import { go } from './support/pages';
import { note, timed } from './support/times';
import { Updates } from './support/updates';

const GOOD = '9.0.1';
const LATER = '9.0.3';

beforeAll(() => {
  note('size of a bundle', statSync(bundle('good', GOOD)).size / (1 << 20), 'MiB');
  bundle('stranger', LATER, '--stranger');
  bundle('short', LATER, '--truncate');
});

const booth = new Updates('updates');

test('the first start is called good once the booth is healthy', async () => {
  await booth.begun();
  note('power-on to called good', booth.machine.age);
});

test.for([
  ['stranger', 'by someone whom the booth does not believe'],
  ['short', 'that lacks its end'],
] as const)('a bundle %s is refused, and the booth goes on', async ([name]) => {
  const before = [await booth.version(), await booth.slot()];
  booth.shelf.offer(bundle(name, LATER), LATER);
  const said = await booth.update();
  expect(said).not.toBe('');
  expect(said).toMatch(/bundle|signature|refuse|verif/i);
  expect([await booth.version(), await booth.slot()]).toEqual(before);
  expect((await booth.state()).trial ?? null).toBeNull();
});

// P3
test('nothing is installed while somebody is in the booth', async () => {
  booth.shelf.offer(bundle('good', GOOD), GOOD);
  // Somebody stands there and touches the page now and then; a walk that nobody goes on with ends by itself.
  await drive(booth.machine, 'presence', true);
  await go(booth.machine, ['welcome-ja', 348, 520], 'companies-ja');
  const hand = setInterval(() => void booth.machine.tap(640, 640).catch(() => {}), 20_000);
  const said = await booth.update().finally(() => clearInterval(hand));
  expect(said).toMatch(/somebody is in the booth/);
  expect((await booth.state()).trial ?? null).toBeNull();
  await go(booth.machine, ['companies-ja', 130, 748], 'welcome-ja');
  await drive(booth.machine, 'presence', false);
});

// P3
test('a signed bundle is installed, started, and called good', { timeout: 1_200_000 }, async () => {
  const before = await booth.slot();
  booth.shelf.offer(bundle('good', GOOD), GOOD);
  await timed('update: bundle that is here to written and restarted', async () => expect(await booth.update()).toBe(''));
  await booth.works();
  await booth.proven();
  expect([await booth.version(), await booth.slot()]).not.toContain(before);
  expect(await booth.version()).toBe(GOOD);
});
