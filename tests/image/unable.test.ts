// A booth whose data partition is broken, then empty, then sound, then damaged: it always says what is wrong, and
// it comes back without anybody at it.
import { expect, test } from 'vitest';
import { until } from '../browser/support/until';
import { NO_DEVICES } from './support/devices';
import { page } from './support/pages';
import { Site } from './support/site';

const site = Site.shared('unable', () => ({ settings: NO_DEVICES, broken: true }));

/** Puts the booth's files on the data partition of the running machine, with these lines behind the settings. */
async function settle(more = ''): Promise<void> {
  for (const { path, text = '', mode = 0o644, owner = 0 } of site().files) {
    const bytes = Buffer.from(path.endsWith('booth.toml') ? `${text}${more}` : text).toString('base64');
    const place = `-m ${mode.toString(8)} -o ${owner} -g ${owner} /dev/stdin /data/${path}`;
    await site().machine.sh(`base64 -d <<< ${bytes} | install ${place}.new && mv /data/${path}.new /data/${path}`);
  }
}

/** Waits for the page of a fault. Numbers are too small for the eye, so the journal is asked which one it is. */
async function fault(wanted: string, number: string): Promise<void> {
  const { machine } = site();
  await page(machine, wanted, 180_000);
  expect(await machine.sh("journalctl -b -u engawa-booth.service -o cat --no-pager | grep -o 'E-[A-Z]*-[0-9]*' | tail -n 1")).toBe(number);
}

// P7
test('a data partition that cannot be mounted is said on the screen', async () => {
  const { machine } = site();
  await machine.up();
  await fault('disk-broken-ja', 'E-DSK-02');
  expect(await machine.sh('mountpoint -q /data || echo away')).toBe('away');
  await machine.active('engawa-booth.service');
});

// P7
test('one that can be is mounted without a restart of the machine, and settings that are missing or wrong are named', { timeout: 900_000 }, async () => {
  const { machine } = site();
  const resets = machine.qmp.count('RESET');
  await machine.sh('mkfs.ext4 -q -F -L data /dev/disk/by-partlabel/data');
  await fault('settings-ja', 'E-CFG-01');
  // What was given up for want of the partition.
  for (const unit of ['engawa-data.service', 'var-lib-iwd.mount', 'iwd.service']) await machine.active(unit);
  await settle('colour = "red"\n');
  await machine.sh('systemctl restart --no-block engawa-booth.service');
  const named = 'journalctl -b -u engawa-booth.service -o cat --no-pager | grep -q "unknown field .colour"';
  await until('what is wrong to be logged', async () => (await machine.agent.try(named)).code === 0, { within: 120_000, every: 1_000 });
  await fault('settings-ja', 'E-CFG-01');
  await settle();
  await page(machine, 'welcome-ja', 120_000);
  expect(machine.qmp.count('RESET')).toBe(resets);
});

// P7
test('one that is damaged is repaired by the next start, with what lies on it', { timeout: 900_000 }, async () => {
  const { machine } = site();
  const resets = machine.qmp.count('RESET');
  await machine.sh('mkdir /data/nameless && echo here > /data/nameless/kept');
  // A folder without a name is more than a cautious repair decides by itself.
  await machine.sh('systemctl stop engawa-booth.service data.mount && debugfs -w -R "unlink /nameless" /dev/disk/by-partlabel/data && sync');
  expect(await machine.sh('mountpoint -q /data || echo away')).toBe('away');
  // The agent may be stopped before it has answered.
  await machine.agent.try('systemctl reboot --no-block', 10_000).catch(() => {});
  await machine.again(resets);
  await page(machine, 'welcome-ja', 180_000);
  expect(await machine.sh('cat /data/lost+found/*/kept')).toBe('here');
});
