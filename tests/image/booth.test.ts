// One booth from its first start through everything that can go wrong with its program, to a kernel
// that hangs. The tests go on from one another: each start costs a minute.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { until } from '../browser/support/until';
import { NO_DEVICES } from './support/devices';
import { BUILT } from './support/paths';
import { go, nearest, page, part, shows } from './support/pages';
import type { Mask } from './support/picture';
import { Site } from './support/site';
import { note, timed } from './support/times';

const BOOTH = 'engawa-booth.service';
/** Where the first page has its button, and the second its way back. */
const START = [348, 520] as const;
const BACK = [130, 748] as const;

const PIN = '123456';
/** Where the PIN's digits are, and the part of the staff's menu that says what carries the network. */
const DIGITS = [[760, 160], [950, 160], [1136, 160], [760, 310], [950, 310], [1136, 310]] as const;
const NETWORK: Mask = [852, 332, 396, 100];

const site = Site.shared('booth', () => ({
  settings: [`staff_pin = "${PIN}"`, ...NO_DEVICES],
  larger: 256,
  // A modem that shows itself as a network card, beside the cable.
  machine: { devices: ['-netdev', 'user,id=n1,dhcpstart=10.0.2.40', '-device', 'usb-net,netdev=n1,bus=usb.0'] },
  files: [
    { path: 'stories/engawa-hang.ko', file: `${BUILT}/kernel/engawa-hang.ko` },
    { path: 'stories/still', file: `${BUILT}/kernel/still` },
  ],
}));

/** How often the watchdog has ended the booth since the machine started. */
const bites = async () => Number(await site().machine.sh(`journalctl -b -u ${BOOTH} --no-pager | grep -c 'Watchdog timeout' || true`));
const pid = () => site().machine.sh(`systemctl show -P MainPID ${BOOTH}`);

/** Waits until another program is the booth, and its page is on the display. */
async function back(before: string, within: number): Promise<void> {
  const { machine } = site();
  let now = before;
  await until(
    'a new booth',
    async () => {
      const told = await machine.sh(`systemctl show -P MainPID -P ActiveState ${BOOTH}`);
      now = told;
      const [id, state] = told.split('\n');
      return id !== before && state === 'active';
    },
    { within, every: 500, instead: () => now },
  );
  await page(machine, 'welcome-ja');
}

// P1
test('a card that flash.sh wrote starts to the first page', async () => {
  const { machine } = site();
  await machine.up();
  note('power-on to the first frame', await machine.active(BOOTH));
  await page(machine, 'welcome-ja');
  note('power-on to the first page, seen from outside', machine.age);
});

test('every unit is well, and nothing listens that a stranger could reach', async () => {
  const { machine } = site();
  await until('the start to be over', async () => (await machine.agent.try('systemctl is-system-running')).text !== 'starting');
  expect(await machine.sh('systemctl --failed --plain --no-legend')).toBe('');
  expect(await machine.sh('systemctl is-system-running')).toBe('running');
  expect(await machine.sh('systemctl is-active engawa-update.timer')).toBe('active');
  expect(await machine.sh("systemd-analyze verify --man=no /usr/lib/systemd/system/engawa-*.service 2>&1")).toBe('');
  const listening = (await machine.sh('ss -Hltun | awk \'{ print $1, $5 }\'')).split('\n').filter((line) => line !== '');
  const open = listening.filter((line) => !/ 127\.|%lo:|\[::1\]/.test(line));
  // A lease of an address is asked for from this port; nothing is served there.
  expect(open.filter((line) => !/%\w+:68$/.test(line))).toEqual([]);
});

test('the root cannot be written, and the data partition reaches to the end of the card', async () => {
  const { machine } = site();
  expect(await machine.sh('findmnt -no OPTIONS /')).toMatch(/^ro,/);
  expect((await machine.agent.try('touch /usr/bin/x')).code).not.toBe(0);
  const [disk = 0, end = 0] = (await machine.sh('cat /sys/class/block/vda/size; echo $(($(cat /sys/class/block/vda4/start) + $(cat /sys/class/block/vda4/size)))')).split('\n').map(Number);
  expect(disk - end).toBeLessThan(4096);
  const [blocks = 0] = (await machine.sh('stat -fc "%b" /data')).split('\n').map(Number);
  expect(blocks * 4096).toBeGreaterThan(350 * (1 << 20));
});

test('a finger moves on to the companies, and back', async () => {
  const { machine } = site();
  await go(machine, ['welcome-ja', ...START], 'companies-ja');
  await go(machine, ['companies-ja', ...BACK], 'welcome-ja');
});

/** The drivers of the interfaces with a default route, the one that carries first. */
async function carriers(): Promise<string[]> {
  const { machine } = site();
  const routes = JSON.parse(await machine.sh('ip -j -4 route show default')) as { dev: string; metric: number }[];
  const sorted = routes.sort((one, other) => one.metric - other.metric).map(({ dev }) => dev);
  return Promise.all(sorted.map((dev) => machine.sh(`basename $(readlink /sys/class/net/${dev}/device/driver)`)));
}

// N5
test('the cable carries before a modem, which takes over when it is out, and the staff menu says which', async () => {
  const { machine } = site();
  // Two drivers know QEMU's network card, and whichever is there first has it.
  await machine.sh(
    'modprobe cdc_ether; cd /sys/bus/usb/drivers; if ! compgen -G "cdc_ether/*:*" > /dev/null; then ' +
      'cd cdc_subset; card=$(echo *:*); echo $card > unbind; echo ${card%.*}.0 > ../cdc_ether/bind; fi',
  );
  await until('both ways out', async () => (await carriers()).join(' ') === 'virtio_net cdc_ether', { within: 60_000, instead: carriers });
  await until(
    "the staff's PIN to be asked",
    async () => {
      const picture = await machine.look('pin');
      if (shows(picture, 'staff-pin-ja')) return true;
      if (shows(picture, 'welcome-ja')) await machine.tap(290, 36, 6_000);
      return false;
    },
    { within: 90_000, every: 1_000, instead: async () => nearest(await machine.look('pin')) },
  );
  for (const [x, y] of DIGITS) {
    await machine.tap(x, y);
    await sleep(600);
  }
  const menu = async () => {
    const picture = await machine.look('menu');
    // A golden picture with the cable, and one with a modem.
    const same = ['staff-menu-ja', 'staff-menu-busy-ja'].map((each) => part(picture, each, NETWORK) < 0.03);
    return nearest(picture).page.startsWith('staff-menu') ? same : [];
  };
  await until('the cable in the menu', async () => (await menu())[0], { within: 30_000, instead: menu });
  await machine.qmp.do('set_link', { name: 'n0', up: false });
  await until('the modem to carry', async () => (await carriers()).join(' ') === 'cdc_ether', { within: 60_000, instead: carriers });
  await until('the modem in the menu', async () => (await menu())[1], { within: 30_000, instead: menu });
  await machine.qmp.do('set_link', { name: 'n0', up: true });
  await until('the cable to carry again', async () => (await carriers())[0] === 'virtio_net', { within: 60_000, instead: carriers });
  await machine.tap(1160, 48);
  await page(machine, 'welcome-ja', 90_000);
});

// P7
test('a booth that is killed is back by itself', async () => {
  const before = await pid();
  await site().machine.sh(`kill -KILL ${before}`);
  await timed('booth killed to its page', () => back(before, 90_000));
});

// P7
test('a booth that is stopped is started anew', async () => {
  const [before, bitten] = [await pid(), await bites()];
  await site().machine.sh(`kill -STOP ${before}`);
  await timed('booth stopped to its page', () => back(before, 120_000));
  expect(await bites()).toBeGreaterThan(bitten);
});

// P7
test('a booth whose screen alone is stuck is started anew', async () => {
  const { machine } = site();
  const [before, bitten] = [await pid(), await bites()];
  // The screen's loop is the first thread's; everything else goes on turning.
  await machine.sh('install -m 755 /data/stories/still /tmp/still');
  expect(await machine.sh(`/tmp/still ${before} 60 > /tmp/still.log 2>&1 < /dev/null & until grep -s . /tmp/still.log; do sleep 0.1; done`)).toBe('held');
  expect(await machine.sh(`awk '/^State/ { print $2 }' /proc/${before}/task/*/status | sort | uniq -c | tr -s ' \\n' ' '`)).toMatch(/S .*1 t/);
  await timed('screen stuck to its page', () => back(before, 120_000));
  expect(await bites()).toBeGreaterThan(bitten);
});

// P7
test('a machine whose kernel hangs is restarted by the watchdog', async () => {
  const { machine } = site();
  const resets = machine.qmp.count('RESET');
  await machine.agent.try('insmod /data/stories/engawa-hang.ko', 2_000).catch(() => {});
  await timed('kernel hung to its page', async () => {
    await machine.again(resets);
    await page(machine, 'welcome-ja', 240_000);
  });
  expect(machine.qmp.count('WATCHDOG')).toBe(1);
});
