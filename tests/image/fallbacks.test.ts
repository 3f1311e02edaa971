// What brings a booth back (P3): from a version that does not get healthy, and from a boot loader without memory.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { Office } from '../browser/support/office';
import { until } from '../browser/support/until';
import { bundle } from './support/bundles';
import { GUARD } from './support/site';
import { timed } from './support/times';
import { Updates } from './support/updates';

const STICK = '9.1.0';
const SICK = '9.1.1';

beforeAll(() => {
  bundle('stick', STICK);
  bundle('sick', SICK, '--unhealthy');
});

const booth = new Updates('fallbacks');

beforeAll(() => booth.begun());

// P3
test('a stick with a signed bundle is installed, started, and called good', { timeout: 1_200_000 }, async () => {
  const path = join(booth.site().folder, 'stick.vfat');
  const from = bundle('stick', STICK);
  execFileSync('truncate', ['-s', String(statSync(from).size + (64 << 20)), path]);
  execFileSync('mkfs.vfat', ['-n', 'STICK', path], { stdio: 'ignore' });
  execFileSync('mcopy', ['-i', path, from, `::update.raucb`]);
  const resets = booth.machine.qmp.count('RESET');
  await booth.machine.qmp.do('blockdev-add', { 'node-name': 'stick', driver: 'raw', 'read-only': true, file: { driver: 'file', filename: path } });
  await booth.machine.qmp.do('device_add', { driver: 'usb-storage', id: 'stick', drive: 'stick', bus: 'usb.0', removable: true });
  await booth.machine.again(resets, 900_000);
  await booth.machine.qmp.do('device_del', { id: 'stick' });
  await booth.works();
  expect(await booth.version()).toBe(STICK);
  await booth.proven();
});

// P3, S4
test('a version that starts but does not get healthy falls back by itself, and says why', { timeout: 1_800_000 }, async () => {
  const before = await booth.slot();
  booth.shelf.offer(bundle('sick', SICK, '--unhealthy'), SICK);
  await booth.impatient();
  expect(await booth.update()).toBe('');
  const resets = booth.machine.qmp.count('RESET');
  await timed('update: unhealthy start to the old version again', async () => {
    await booth.machine.again(resets, 900_000);
    await booth.works();
  });
  expect([await booth.version(), await booth.slot()]).toEqual([STICK, before]);
  expect((await booth.state()).fallback).toMatchObject({ version: SICK, reason: expect.stringMatching(/camera/) });
  expect(JSON.parse(await booth.machine.sh('cat /run/engawa-updater/device.json'))).toMatchObject({ version: STICK, fallback: { version: SICK } });
  const office = await Office.open(booth.site().service, GUARD);
  const told = async () => (await office.booth('a-01'))?.device;
  await until('the service to be told', async () => (await told())?.fallback?.version === SICK, { within: 60_000, instead: told });
  expect(await told()).toMatchObject({ version: STICK, slot: before, fallback: { reason: expect.stringMatching(/camera/) as string } });
  await booth.proven();
});

// P3
test('a memory of the boot loader that a cut of power left empty starts what is proven, never what is half written', { timeout: 1_200_000 }, async () => {
  const running = [await booth.version(), await booth.slot()];
  const { machine } = booth;
  const resets = machine.qmp.count('RESET');
  // What GRUB does without any memory is to start A.
  expect(running[1]).toBe('B');
  await machine.sh('dd if=/dev/zero of=/dev/disk/by-partlabel/root-a bs=1M count=16 conv=fsync status=none');
  const memories = '/boot/efi/EFI/BOOT';
  await machine.sh(`truncate -s 0 ${memories}/grubenv && sync`);
  await machine.qmp.do('system_reset');
  await machine.again(resets, 900_000);
  await booth.works();
  expect([await booth.version(), await booth.slot()]).toEqual(running);
  // The loader counted this start in the second one: only a start that is called good makes it as it was.
  for (const name of ['grubenv', 'grubkept']) {
    const memory = () => machine.sh(`grub-editenv ${memories}/${name} list | sort | tr "\\n" " "`);
    const sound = async () => (await memory()).trim() === 'A_OK=0 A_TRY=0 B_OK=1 B_TRY=0 ORDER=B A';
    await until(`${name} to say what is sure`, sound, { within: 420_000, every: 2_000, instead: memory });
  }
});
