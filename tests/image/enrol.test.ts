// A card that flash.sh wrote for a booth nobody knows yet (P2): it enrols by itself over TLS, is known by its
// own key from then on, and is shut out at once when the staff say so. A copy of the card is nobody. As on a
// Raspberry Pi without NTP, its clock is years behind the service's certificate when it starts.
import { expect, onTestFinished, test } from 'vitest';
import { Office } from '../browser/support/office';
import { until } from '../browser/support/until';
import { card } from './support/card';
import { NO_DEVICES } from './support/devices';
import { Machine } from './support/machine';
import { nearest, page } from './support/pages';
import { traces } from './support/paths';
import { GUARD, Site } from './support/site';
import { timed } from './support/times';

const ID = 'b-07';
const LONG_AGO = ['-rtc', 'base=2020-02-29T12:00:00'];
/** Nobody answers questions for names, so no NTP server is found. */
const NO_NAMES = ['-netdev', 'user,id=n0,dns=10.0.2.77', '-device', 'virtio-net-pci,netdev=n0'];
const site = Site.shared('enrol', () => ({
  enrols: { id: ID, name: 'B-07' }, settings: NO_DEVICES, machine: { devices: LONG_AGO, network: NO_NAMES },
}));

const booth = (office: Office) => office.booth(ID);

/** Waits until the display says that the booth is out of order. */
async function outOfOrder(machine: Machine, name: string, within: number): Promise<void> {
  await until('a page that says out of order', async () => nearest(await machine.look(name)).page.startsWith('out-of-order'), {
    within,
    instead: async () => nearest(await machine.look(name)),
  });
}

/** What the booth says of itself, without a space. */
async function check(machine: Machine): Promise<string> {
  const { text } = await machine.agent.try('engawa-booth check --json --config /data/engawa/booth.toml', 120_000);
  return text.replaceAll(/\s/g, '');
}

test('a booth enrols by itself with its first start, and its token is gone', async () => {
  const { machine, service } = site();
  const office = await Office.open(service, GUARD);
  expect(await booth(office)).toBeUndefined();
  await machine.up();
  // A check on an emulated processor may keep a frame waiting longer than a booth's watchdog does.
  await machine.sh('systemctl service-watchdogs no');
  await until('the booth to enrol', async () => (await booth(office))?.state === 'enrolled', { within: 180_000, instead: () => booth(office) });
  await page(machine, 'welcome-ja', 120_000);
  expect(await booth(office)).toMatchObject({ name: 'B-07', state: 'enrolled' });
  await until('the service to hear what runs there', async () => (await booth(office))?.device?.version, { within: 60_000 });
  expect((await booth(office))?.device?.version).toBe(await machine.sh('sed -n s/^IMAGE_VERSION=//p /etc/os-release'));
  expect(await machine.sh('cat /sys/class/rtc/rtc0/date')).toMatch(/^2020-/);
  expect(Math.abs(Number(await machine.sh('date +%s')) - Date.now() / 1000)).toBeLessThan(3600);
  expect(await machine.sh('ls /data/engawa/identity')).toBe('credential\ndevice.key');
  expect(await machine.sh("stat -c '%a %U' /data/engawa/identity /data/engawa/identity/device.key")).toBe('700 engawa\n600 engawa');
  const journal = await machine.sh('journalctl -b -u engawa-enrol -u engawa-booth --no-pager');
  expect(journal).toContain('engawa-enrol.service');
  expect(journal).not.toContain('b1.');
});

test('a second card with the same token is refused, and says so', async () => {
  const { from } = site();
  const folder = traces('enrol-copy');
  // The booth itself stands still meanwhile: two machines at once are too many for the host.
  await site().machine.qmp.do('stop');
  onTestFinished(async () => void (await site().machine.qmp.do('cont')));
  const copy = await Machine.on(folder, card(folder, [{ path: 'engawa/booth.toml', more: `${NO_DEVICES.join('\n')}\n` }], 0, from));
  onTestFinished(() => copy.off());
  await copy.up();
  await copy.sh('systemctl service-watchdogs no');
  await outOfOrder(copy, 'refused', 180_000);
  await until('the token to be gone', async () => (await copy.sh('ls /data/engawa/identity')) === 'device.key\nenrol-refused', {
    within: 60_000,
    instead: () => copy.sh('ls /data/engawa/identity'),
  });
  await until('the reason', async () => (await check(copy)).includes('E-ENR-02'), { within: 120_000, instead: () => check(copy) });
  const office = await Office.open(site().service, GUARD);
  expect(await booth(office)).toMatchObject({ state: 'enrolled' });
});

test('the booth goes on being known by its key, and a revoked one is shut out at once', async () => {
  const { machine, service } = site();
  const office = await Office.open(service, GUARD);
  await machine.sh('systemctl restart engawa-booth', 240_000);
  await page(machine, 'welcome-ja', 120_000);
  await until('the line', async () => /"service","state":"good"/.test(await check(machine)), { within: 120_000, instead: () => check(machine) });
  await timed('booth revoked to its page', async () => {
    expect((await office.request('POST', `v1/booths/${ID}/revoke`)).status).toBe(200);
    await outOfOrder(machine, 'revoked', 30_000);
  });
  await until('the reason', async () => (await check(machine)).includes('E-KEY-01'), { within: 120_000, instead: () => check(machine) });
});
