// Simulated devices in the guest: a camera, a sound card whose speaker is heard by its microphone, and
// a panel's pins, which the kernel shows and drives as files.
import type { Put } from './card';
import type { Machine } from './machine';
import { BUILT } from './paths';

/** The emulated processor encodes slowly. More lines of `[media]` may follow. */
const SMALL = ['[media]', 'width = 320', 'height = 180', 'fps = 10'];

/** Pictures and sound without devices. */
export const NO_DEVICES = ['[video]', 'source = "test"', '[audio]', 'source = "tone"', 'hz = 1000', '[speaker]', 'sink = "silent"', ...SMALL];

/** What the booth is told of them. The loopback card's first device hears what its second plays. */
export const SETTINGS = [
  '[video]', 'device = "/dev/video0"', '[audio]', 'device = "plughw:0,1"', '[speaker]', 'device = "plughw:0,0"',
  '[panel]', 'adapter = "cdev"', 'ring = { line = 12 }', ...SMALL,
];

const PANEL = '/sys/kernel/config/gpio-sim/panel';

/** Run by the test image before the booth starts (engawa-test-devices.service). */
const MAKE = `
modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0x0 no_error_inj=1
modprobe snd-aloop pcm_substreams=1
modprobe configfs
insmod /data/stories/engawa-gpio-sim.ko
mkdir -p ${PANEL}/bank0
echo 32 > ${PANEL}/bank0/num_lines
echo 1 > ${PANEL}/live
# Nobody is there, and nothing is pressed: button and shutter's switch draw their lines low.
for line in 23 25; do echo pull-up > /sys/devices/platform/gpio-sim.0/gpiochip*/sim_gpio$line/pull; done
udevadm settle --timeout=20
`;

export const FILES: Put[] = [
  { path: 'stories/devices', text: MAKE },
  { path: 'stories/engawa-gpio-sim.ko', file: `${BUILT}/kernel/engawa-gpio-sim.ko` },
];

/** A line of the panel by its name; the numbers are the documented wiring's (src/panel/README.md). */
export const LINES = { free: 17, taken: 27, help: 22, button: 23, presence: 24, shutter: 25, buttonLamp: 16, shutterIndicator: 26, ring: 12 } as const;

const file = (line: keyof typeof LINES, name: string) => `/sys/devices/platform/gpio-sim.0/gpiochip*/sim_gpio${LINES[line]}/${name}`;

/** Sets an input to high or low. */
export async function drive(machine: Machine, line: keyof typeof LINES, high: boolean): Promise<void> {
  await machine.sh(`echo pull-${high ? 'up' : 'down'} > ${file(line, 'pull')}`);
}

/** Presses the button for some seconds by the guest's own clock. */
export async function press(machine: Machine, seconds: number): Promise<void> {
  await machine.sh(`f=$(echo ${file('button', 'pull')}); echo pull-down > $f; sleep ${seconds}; echo pull-up > $f`);
}

/** Whether an output is lit. */
export async function lit(machine: Machine, line: keyof typeof LINES): Promise<boolean> {
  return (await machine.sh(`cat ${file(line, 'value')}`)) === '1';
}
