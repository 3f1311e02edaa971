// The booth with camera, sound and panel: healthy, awake when somebody comes, and heard by the staff.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { until } from '../browser/support/until';
import { drive, FILES, lit, press, SETTINGS } from './support/devices';
import { differs, go, page, part } from './support/pages';
import type { Mask } from './support/picture';
import { GUARD, Site } from './support/site';
import { note } from './support/times';

const site = Site.shared('devices', () => ({
  // The first page goes dark soon.
  settings: ['sleep_seconds = 5', ...SETTINGS],
  files: FILES,
}));

/** What the ready page says of the camera. */
const CAMERA: Mask = [284, 628, 200, 36];

type Report = { healthy: boolean; checks?: unknown };

// S4
test('a call within the booth finds camera, microphone, speaker, service and screen well', async () => {
  const { machine } = site();
  await machine.up();
  // A check on an emulated processor may keep a frame waiting longer than a booth's watchdog does.
  await machine.sh('systemctl service-watchdogs no');
  await machine.active('engawa-booth.service');
  await drive(machine, 'presence', true);
  await page(machine, 'welcome-ja', 120_000);
  let told = '';
  await until(
    'a healthy booth',
    async () => {
      const { code, text } = await machine.agent.try('engawa-booth check --json --config /data/engawa/booth.toml', 120_000);
      told = text;
      return code === 0;
    },
    { within: 240_000, every: 2_000, instead: () => told },
  );
  note('power-on to healthy', machine.age);
  console.log(told);
  expect(JSON.parse(told) as Report).toMatchObject({ healthy: true });
});

// P6
test('the screen is dark while nobody is there, and wakes when somebody comes', async () => {
  const { machine } = site();
  await drive(machine, 'presence', false);
  await until('a dark screen', async () => (await machine.look('dark')).light() < 0.1, { within: 60_000, every: 500 });
  await until('a dark ring', async () => !(await lit(machine, 'ring')));
  await drive(machine, 'presence', true);
  await page(machine, 'welcome-ja');
  await until('a lit ring', () => lit(machine, 'ring'));
});

// P6
test('a press of the button calls the staff, the next takes the call back', async () => {
  const { machine } = site();
  const staff = await site().recruiter(GUARD);
  expect(await lit(machine, 'free')).toBe(true);
  await press(machine, 0.5);
  await staff.page.getByTestId('call-of').waitFor({ timeout: 20_000 });
  await until('the red lamp', async () => (await lit(machine, 'help')) && !(await lit(machine, 'free')) && (await lit(machine, 'buttonLamp')));
  await press(machine, 0.5);
  await staff.page.getByTestId('call-of').waitFor({ state: 'detached', timeout: 20_000 });
  await until('the green lamp', async () => (await lit(machine, 'free')) && !(await lit(machine, 'help')) && !(await lit(machine, 'buttonLamp')));
  // Whoever holds it down means it: a long press never takes back.
  for (let times = 0; times < 2; times++) {
    await press(machine, 4);
    await staff.page.getByTestId('call-of').waitFor({ timeout: 20_000 });
    await until('the red lamp', () => lit(machine, 'help'));
    // Time enough for a call to be taken back, which is not to happen.
    await sleep(4_000);
    expect(await staff.page.getByTestId('call-of').count()).toBe(1);
  }
  await press(machine, 0.5);
  await staff.page.getByTestId('call-of').waitFor({ state: 'detached', timeout: 20_000 });
});

// P6
test('a booth that is taken says so on its lamp, and who may be seen by a light beside the camera', async () => {
  const { machine } = site();
  await go(machine, ['welcome-ja', 348, 520], 'companies-ja');
  await until('the amber lamp', async () => (await lit(machine, 'taken')) && !(await lit(machine, 'free')));
  await go(machine, ['companies-ja', 240, 230], 'name-empty-ja');
  for (const x of [90, 182]) await machine.tap(x, 240);
  await until('a name to be there', async () => differs(await machine.look('name'), 'name-ja') < 0.03, { within: 60_000 });
  await go(machine, ['name-ja', 1100, 592], 'ready-ja');
  const closed = async () => {
    const picture = await machine.look('shutter');
    return part(picture, 'ready-shutter-ja', CAMERA) < part(picture, 'ready-ja', CAMERA);
  };
  for (const shut of [true, false]) {
    await drive(machine, 'shutter', !shut);
    await until(shut ? 'the words about the shutter' : 'no words about it', async () => (await closed()) === shut, { within: 30_000 });
  }
  expect(await lit(machine, 'shutterIndicator')).toBe(false);
  await go(machine, ['ready-ja', 990, 616], 'waiting-ja');
  await until('the light beside the camera', () => lit(machine, 'shutterIndicator'));
});
