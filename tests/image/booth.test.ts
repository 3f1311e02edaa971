// One booth from its first start through everything that can go wrong with its program, to a kernel
// that hangs. The tests go on from one another: each start costs a minute.
import { expect, test } from 'vitest';
import { until } from '../browser/support/until';
import { BUILT } from './support/paths';
import { go, page } from './support/pages';
import { Site } from './support/site';
import { note, timed } from './support/times';

const BOOTH = 'engawa-booth.service';
/** Pictures and sound without devices; those have a story of their own. */
const NO_DEVICES = ['[video]', 'source = "test"', '[audio]', 'source = "tone"', '[speaker]', 'sink = "silent"'];
/** Where the first page has its button, and the second its way back. */
const START = [348, 520] as const;
const BACK = [130, 748] as const;

const site = Site.shared('booth', () => ({
  settings: NO_DEVICES,
  larger: 256,
  files: [
    { path: 'stories/engawa-hang.ko', file: `${BUILT}/kernel/engawa-hang.ko` },
    { path: 'stories/still', file: `${BUILT}/kernel/still` },
  ],
}));

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
  expect(blocks * 4096).toBeGreaterThan(800 * (1 << 20));
});

test('a finger moves on to the companies, and back', async () => {
  const { machine } = site();
  await go(machine, ['welcome-ja', ...START], 'companies-ja');
  await go(machine, ['companies-ja', ...BACK], 'welcome-ja');
});

// P7
test('a booth that is killed is back by itself', async () => {
  const before = await pid();
  await site().machine.sh(`kill -KILL ${before}`);
  await timed('booth killed to its page', () => back(before, 90_000));
});

// P7
test('a booth that is stopped is started anew', async () => {
  const before = await pid();
  await site().machine.sh(`kill -STOP ${before}`);
  await timed('booth stopped to its page', () => back(before, 120_000));
});

// P7
test('a booth whose screen alone is stuck is started anew', async () => {
  const { machine } = site();
  const before = await pid();
  // The screen's loop is the first thread's; everything else goes on turning.
  await machine.sh('install -m 755 /data/stories/still /tmp/still');
  expect(await machine.sh(`/tmp/still ${before} 60 > /tmp/still.log 2>&1 < /dev/null & sleep 0.5; cat /tmp/still.log`)).toBe('held');
  expect(await machine.sh(`awk '/^State/ { print $2 }' /proc/${before}/task/*/status | sort | uniq -c | tr -s ' \\n' ' '`)).toMatch(/S .*1 t/);
  await timed('screen stuck to its page', () => back(before, 120_000));
  expect(await machine.sh(`journalctl -b -u ${BOOTH} --no-pager | grep -c 'Watchdog timeout'`)).toBe('2');
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
