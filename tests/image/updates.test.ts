// Updates of a booth (P3): what is sound is installed and stays, and what is not leaves a working booth.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { Office } from '../browser/support/office';
import { until } from '../browser/support/until';
import { bundle } from './support/bundles';
import { drive } from './support/devices';
import { go } from './support/pages';
import { BUILT } from './support/paths';
import { GUARD } from './support/site';
import { note, timed } from './support/times';
import { Updates } from './support/updates';

const GOOD = '9.0.1';
const SICK = '9.0.2';
const LATER = '9.0.3';

const booth = new Updates('updates');

beforeAll(async () => {
  bundle('good', GOOD);
  bundle('sick', SICK, '--unhealthy');
  bundle('stranger', LATER, '--stranger');
  bundle('short', LATER, '--truncate');
  note('size of a bundle', statSync(join(BUILT, 'bundles/good.raucb')).size / (1 << 20), 'MiB');
});

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
test('a signed bundle is installed, started, and called good', async () => {
  const before = await booth.slot();
  booth.shelf.offer(bundle('good', GOOD), GOOD);
  await timed('update: bundle that is here to written and restarted', async () => expect(await booth.update()).toBe(''));
  await booth.works();
  await booth.proven();
  expect([await booth.version(), await booth.slot()]).not.toContain(before);
  expect(await booth.version()).toBe(GOOD);
});

// P3, S4
test('a version that starts but does not get healthy falls back by itself, and says why', async () => {
  const before = await booth.slot();
  booth.shelf.offer(bundle('sick', SICK, '--unhealthy'), SICK);
  expect(await booth.update()).toBe('');
  const resets = booth.machine.qmp.count('RESET');
  await timed('update: unhealthy start to the old version again', async () => {
    await booth.machine.again(resets, 600_000);
    await booth.works();
  });
  expect([await booth.version(), await booth.slot()]).toEqual([GOOD, before]);
  expect((await booth.state()).fallback).toMatchObject({ version: SICK, reason: expect.stringMatching(/camera/) });
  expect(JSON.parse(await booth.machine.sh('cat /run/engawa-updater/device.json'))).toMatchObject({ version: GOOD, fallback: { version: SICK } });
  const office = await Office.open(booth.site().service, GUARD);
  const told = async () => (await office.booth('a-01'))?.device;
  await until('the service to be told', async () => (await told())?.fallback?.version === SICK, { within: 60_000, instead: told });
  expect(await told()).toMatchObject({ version: GOOD, slot: before, fallback: { reason: expect.stringMatching(/camera/) as string } });
  await booth.proven();
});

// P3
test('a memory of the boot loader that a cut of power left empty starts what is proven, never what is half written', async () => {
  const running = [await booth.version(), await booth.slot()];
  const { machine } = booth;
  const resets = machine.qmp.count('RESET');
  // What GRUB does without any memory is to start A.
  expect(running[1]).toBe('B');
  await machine.sh('dd if=/dev/zero of=/dev/disk/by-partlabel/root-a bs=1M count=16 conv=fsync status=none');
  const memories = '/boot/efi/EFI/BOOT';
  await machine.sh(`truncate -s 0 ${memories}/grubenv && sync`);
  await machine.qmp.do('system_reset');
  await machine.again(resets, 600_000);
  await booth.works();
  expect([await booth.version(), await booth.slot()]).toEqual(running);
  // The loader counted this start in the second one: only a start that is called good makes it as it was.
  for (const name of ['grubenv', 'grubkept']) {
    const memory = () => machine.sh(`grub-editenv ${memories}/${name} list | sort | tr "\\n" " "`);
    const sound = async () => (await memory()).trim() === 'A_OK=0 A_TRY=0 B_OK=1 B_TRY=0 ORDER=B A';
    await until(`${name} to say what is sure`, sound, { within: 420_000, every: 2_000, instead: memory });
  }
});

// P3
test('a stick with a signed bundle does the same', async () => {
  const path = join(booth.site().folder, 'stick.vfat');
  const next = '9.2.0';
  const from = bundle('stick', next);
  execFileSync('truncate', ['-s', String(statSync(from).size + (64 << 20)), path]);
  execFileSync('mkfs.vfat', ['-n', 'STICK', path], { stdio: 'ignore' });
  execFileSync('mcopy', ['-i', path, from, `::update.raucb`]);
  booth.shelf.clear();
  const resets = booth.machine.qmp.count('RESET');
  await booth.machine.qmp.do('blockdev-add', { 'node-name': 'stick', driver: 'raw', 'read-only': true, file: { driver: 'file', filename: path } });
  await booth.machine.qmp.do('device_add', { driver: 'usb-storage', id: 'stick', drive: 'stick', bus: 'usb.0', removable: true });
  await booth.machine.again(resets, 600_000);
  await booth.machine.qmp.do('device_del', { id: 'stick' });
  await booth.works();
  expect(await booth.version()).toBe(next);
  await booth.proven();
});
