// From power-on to the first page, and to the second by a finger.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Site } from './support/site';
import { note } from './support/times';

const BOOTH = 'engawa-booth.service';
/** Pictures and sound without devices; those have a story of their own. */
const NO_DEVICES = ['[video]', 'source = "test"', '[audio]', 'source = "tone"', '[speaker]', 'sink = "silent"'];

let site: Site;
beforeAll(async () => {
  site = await Site.open('start', { settings: NO_DEVICES, larger: 256 });
});
afterAll(() => site?.close());

test('a card that flash.sh wrote starts to a booth that can be touched', async () => {
  await site.machine.up();
  note('power-on to the first command', site.machine.age);
  note('power-on to the first frame', await site.machine.active(BOOTH));
  await site.machine.look('first');
  expect(await site.machine.sh('systemctl is-active engawa-booth')).toBe('active');
  console.log(await site.machine.sh('systemd-analyze; systemd-analyze blame | head -20; systemctl --failed; systemctl is-system-running; ss -ltnup; free -m; df -h; cat /proc/cmdline; ls -laR /data | head -60; journalctl -b -n 60 --no-pager | cat'));
});
