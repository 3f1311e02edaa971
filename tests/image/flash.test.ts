// flash.sh at a staff member's computer, with a USB stick and an SD card as Linux knows them: what it must
// not write to it leaves alone, and a card that was not finished never starts.
import { execFileSync } from 'node:child_process';
import { closeSync, copyFileSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../browser/support/paths';
import { until } from '../browser/support/until';
import type { Said } from './support/agent';
import { overlay } from './support/card';
import { Machine } from './support/machine';
import { BUILT, FLASH, traces } from './support/paths';

const MIB = 1 << 20;
/** As small as the small image allows; an SD card's size is a power of two. */
const CARD = 64 * MIB;
/** Bytes a second that each takes, so that there is a middle to cut; the SD card is emptied first, which takes it a while. */
const SLOW = { stick: MIB, sd: 4 * MIB };

const folder = traces('flash');
const STICK = join(folder, 'stick.img');
const SD = join(folder, 'sd.img');
let machine: Machine;

beforeAll(async () => {
  const bench = join(folder, 'bench');
  mkdirSync(bench);
  execFileSync(join(ROOT, 'tests/flash/image.sh'), [bench], { stdio: ['ignore', 'ignore', 'inherit'] });
  copyFileSync(FLASH, join(bench, 'flash.sh'));
  writeFileSync(join(bench, 'booths.csv'), 'name,token\nA-01,the-first-booths-own-token\nA-02,the-second-booths-own-token\nA-03,the-third-booths-own-token\n');
  for (const each of ['booth.img', 'root', 'data']) execFileSync('rm', ['-r', join(bench, each)]);
  const disk = join(folder, 'bench.ext4');
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-d', bench, disk, '96M']);
  for (const path of [STICK, SD]) {
    const file = openSync(path, 'w');
    ftruncateSync(file, CARD);
    closeSync(file);
  }
  const drive = (id: keyof typeof SLOW, file: string) => ['-drive', `if=none,id=${id},format=raw,file=${file},throttling.bps-write=${SLOW[id]}`];
  machine = await Machine.on(folder, overlay(folder, join(BUILT, 'plain.img')), {
    devices: [
      '-drive', `if=virtio,format=raw,readonly=on,file=${disk}`,
      ...drive('stick', STICK), '-device', 'usb-storage,id=stick,drive=stick,bus=usb.0,removable=on',
      ...drive('sd', SD), '-device', 'sdhci-pci', '-device', 'sd-card,drive=sd',
    ],
  });
  await ready();
});
afterAll(() => machine?.off());

/** The computer is up, with both cards and what flash.sh is given. */
async function ready(): Promise<void> {
  await machine.up();
  await machine.sh('mount -t tmpfs none /tmp && mount -o ro /dev/vdb /mnt && cd /tmp && install -m 600 /mnt/booths.csv . && install -m 600 /dev/stdin token <<< a-token-that-nobody-used');
  await until('both cards', async () => (await machine.agent.try('test -b /dev/sda && test -b /dev/mmcblk0')).code === 0);
}

const FLASH_SH = 'cd /tmp && /mnt/flash.sh --image /mnt/booth.img.zst --keyring /mnt/keyring.pem --service https://fair.example --yes';

/** Runs flash.sh for one booth. */
const one = (target: string): Promise<Said> => machine.agent.try(`${FLASH_SH} --name A-00 --token-file token --target ${target} 2>&1`);

/** Whether nothing would start from it: neither the first nor the last MiB holds a partition table. */
const unbootable = (path: string) => {
  const bytes = readFileSync(path);
  return [bytes.subarray(0, MIB), bytes.subarray(-MIB)].every((end) => end.every((byte) => byte === 0));
};

/** Starts flash.sh for these cards, and does something once some of the image, and not all of it, is on the first. */
async function begin(cards: string[], then = ':'): Promise<void> {
  const targets = cards.map((each) => `--target /dev/${each}`).join(' ');
  await machine.sh(`: > /tmp/said; (${FLASH_SH} --booths booths.csv ${targets}) > /tmp/said 2>&1 < /dev/null & echo $! > /tmp/pid`);
  const [first] = cards;
  await until(`${first} to be written to`, async () => (await said()).includes(`(${first}): writing\n`), { within: 120_000, instead: said });
  // Writing lasts a few seconds, in which the guest alone is quick enough.
  const written = `$(awk '{ print $7 }' /sys/class/block/${first}/stat)`;
  await machine.sh(`before=${written}; until [ ${written} -gt $((before + 2048)) ]; do sleep 0.05; done; ${then}`);
}

async function ended(): Promise<void> {
  await until('flash.sh to end', async () => (await machine.agent.try('kill -0 $(cat /tmp/pid)')).code !== 0, { within: 300_000, instead: said });
}

const said = () => machine.sh('cat /tmp/said');

test('the disk of the running system and a card that is mounted are refused, and neither is touched', async () => {
  const system = await one('/dev/vda');
  expect(system).toMatchObject({ code: 4, text: expect.stringContaining('holds the running system') as string });
  for (const target of ['sda', 'mmcblk0']) {
    await machine.sh(`mke2fs -q -t ext4 -E nodiscard /dev/${target} && mkdir -p /tmp/${target} && mount /dev/${target} /tmp/${target} && echo mine > /tmp/${target}/mine`);
    const mounted = await one(`/dev/${target}`);
    expect(mounted).toMatchObject({ code: 4, text: expect.stringContaining(`is mounted at /tmp/${target}`) as string });
    expect(await machine.sh(`cat /tmp/${target}/mine; umount /tmp/${target}; e2fsck -fn /dev/${target} > /dev/null 2>&1`)).toBe('mine');
  }
});

test('a stick that is pulled out while it is written never starts, and the card beside it is a booth', async () => {
  // As its port sees it; QEMU's own unplugging of a throttled disk now and then never ends.
  await begin(['sda', 'mmcblk0'], 'd=$(readlink -f /sys/block/sda/device); until [ -e "$d/remove" ]; do d=${d%/*}; done; echo 1 > "$d/remove"');
  await ended();
  expect(await said()).toMatch(/A-01 → \/dev\/sda .*usb QEMU .*, removable, now: ext4/);
  expect(await said()).toMatch(/A-02 → \/dev\/mmcblk0 .*SD card QEMU.*, removable, now: ext4/);
  expect(await said()).toMatch(/A-01 \(\/dev\/sda\): failed while writing/);
  expect(await said()).toMatch(/written: A-02 \(mmcblk0\)/);
  expect(unbootable(STICK)).toBe(true);
  expect(await machine.sh('cut -d " " -f 3 /tmp/booths.csv.used')).toBe('A-02');
  // As the booth would find it.
  expect(await machine.sh("partx -u /dev/mmcblk0; udevadm settle; partx -rgo NAME /dev/mmcblk0 | tr '\\n' ' '")).toMatch(/^boot root-a root-b data\s*$/);
  await machine.sh('mkdir -p /tmp/data && mount -o ro /dev/mmcblk0p4 /tmp/data');
  expect(await machine.sh('grep ^name /tmp/data/engawa/booth.toml; cat /tmp/data/engawa/identity/enrol-token; umount /tmp/data')).toBe(
    'name = "A-02"\nthe-second-booths-own-token',
  );
});

test('a power cut while a card is written leaves nothing that starts, and the next try makes it a booth', async () => {
  await begin(['mmcblk0']);
  await machine.cut();
  expect(unbootable(SD)).toBe(true);
  await machine.on();
  await ready();
  await begin(['mmcblk0', 'sda']);
  await ended();
  expect(await said()).toMatch(/written: A-01 \(mmcblk0\)\s+written: A-02 \(sda\)/);
});
