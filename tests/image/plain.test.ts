// How long a plain Debian takes to its login in the same machine, to measure the booth beside.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished, test } from 'vitest';
import { until } from '../browser/support/until';
import { Machine } from './support/machine';
import { BUILT, traces } from './support/paths';
import { note } from './support/times';

test('a plain Debian starts to its login', async () => {
  const folder = traces('plain');
  const card = join(folder, 'card.qcow2');
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', join(BUILT, 'plain.img'), card]);
  const machine = await Machine.on(folder, card);
  onTestFinished(() => machine.off());
  await until('a login', () => /^plain login:/m.test(machine.serial()), { within: 300_000, instead: () => machine.serial().slice(-500) });
  note('power-on to the login of a plain Debian', machine.age);
});
