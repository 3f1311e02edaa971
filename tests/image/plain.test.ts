// How long a plain Debian takes to its login in the same machine, to measure the booth beside.
import { join } from 'node:path';
import { onTestFinished, test } from 'vitest';
import { until } from '../browser/support/until';
import { overlay } from './support/card';
import { Machine } from './support/machine';
import { BUILT, traces } from './support/paths';
import { note } from './support/times';

test('a plain Debian starts to its login', async () => {
  const folder = traces('plain');
  const machine = await Machine.on(folder, overlay(folder, join(BUILT, 'plain.img')));
  onTestFinished(() => machine.off());
  await until('a login', () => /^plain login:/m.test(machine.serial()), { within: 300_000, instead: () => machine.serial().slice(-500) });
  note('power-on to the login of a plain Debian', machine.age);
});
