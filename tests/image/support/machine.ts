// A booth's computer in QEMU: display, touch screen, watchdog, network, and a card to start from.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from '../../browser/support/child';
import { until } from '../../browser/support/until';
import { Agent } from './agent';
import { OVMF } from './paths';
import { Picture } from './picture';
import { Qmp } from './qmp';

// A test's process outlives a test run that is cut short; its machines must not.
process.once('disconnect', () => process.exit(1));

export const WIDTH = 1280;
export const HEIGHT = 800;
/** From power-on to the first answer; several machines may share the two cores. */
export const STARTS_WITHIN = 240_000;

export type MachineOptions = {
  /** Further arguments of QEMU. */
  devices?: string[];
  /** Instead of QEMU's own network. */
  network?: string[];
  /** A command that runs it, such as `ip netns exec`. */
  wrap?: string[];
  memory?: number;
};

export class Machine {
  readonly folder: string;
  readonly #card: string;
  readonly #options: MachineOptions;
  readonly #sockets = mkdtempSync(join(tmpdir(), 'engawa-'));
  #child: Child | undefined;
  #qmp: Qmp | undefined;
  #agent: Agent | undefined;
  #begun = 0;
  #starts = 0;

  private constructor(folder: string, card: string, options: MachineOptions) {
    this.folder = folder;
    this.#card = card;
    this.#options = options;
    execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', join(OVMF, 'OVMF_VARS_4M.fd'), this.#variables]);
  }

  /** Switches one on; `off()` must follow, however the story goes. */
  static async on(folder: string, card: string, options: MachineOptions = {}): Promise<Machine> {
    const machine = new Machine(folder, card, options);
    try {
      await machine.on();
    } catch (error) {
      await machine.off();
      throw error;
    }
    return machine;
  }

  /** Switches it on, also again after a cut, with the same card. */
  async on(): Promise<void> {
    const { devices = [], network, wrap = [], memory = 2048 } = this.#options;
    const path = (name: string) => join(this.#sockets, name);
    this.#starts += 1;
    const own = [
      'qemu-system-x86_64', '-machine', 'q35', '-accel', 'tcg,thread=multi',
      // llvmpipe, which draws the screen, dies on the newest model.
      '-cpu', 'Haswell-noTSX', '-smp', '2', '-m', String(memory),
      '-drive', `if=pflash,format=raw,readonly=on,file=${join(OVMF, 'OVMF_CODE_4M.fd')}`,
      '-drive', `if=pflash,format=qcow2,file=${this.#variables}`,
      '-drive', `if=virtio,format=qcow2,file=${this.#card}`,
      '-display', 'none', '-device', `virtio-vga,id=vga0,xres=${WIDTH},yres=${HEIGHT}`, '-device', 'virtio-multitouch-pci',
      '-device', 'i6300esb', '-global', 'ICH9-LPC.noreboot=false', '-action', 'watchdog=reset',
      // A serial port that nobody reads stalls the guest; a file always takes.
      '-serial', `file:${this.#serial}`,
      '-qmp', `unix:${path('qmp')},server=on,wait=off`,
      // For whoever wants to look while a story is told.
      '-qmp', `unix:${path('spare')},server=on,wait=off`,
      '-device', 'virtio-serial-pci', '-chardev', `socket,id=agent,path=${path('agent')},server=on,wait=off`,
      '-device', 'virtserialport,chardev=agent,name=engawa.test',
      ...(network ?? ['-netdev', 'user,id=n0', '-device', 'virtio-net-pci,netdev=n0']),
      '-device', 'qemu-xhci,id=usb', '-nodefaults', '-no-user-config',
      ...devices,
    ];
    // It does not outlive the story, however that ends.
    const [command = '', ...args] = ['setpriv', '--pdeathsig', 'KILL', ...wrap, ...own];
    this.#begun = performance.now();
    this.#child = new Child('QEMU', command, args, { log: join(this.folder, 'qemu.log') });
    this.#qmp = await Qmp.connect(path('qmp'));
    this.#agent = await Agent.connect(path('agent'));
  }

  /** The firmware's variables. */
  get #variables(): string {
    return join(this.folder, 'vars.qcow2');
  }

  get #serial(): string {
    return join(this.folder, `serial-${this.#starts}.log`);
  }

  /** What came over the serial port since it was last switched on. */
  serial(): string {
    return readFileSync(this.#serial, 'latin1');
  }

  get qmp(): Qmp {
    if (!this.#qmp) throw new Error('the machine is off');
    return this.#qmp;
  }

  get agent(): Agent {
    if (!this.#agent) throw new Error('the machine is off');
    return this.#agent;
  }

  get pid(): number {
    if (!this.#child) throw new Error('the machine is off');
    return this.#child.pid;
  }

  /** Seconds since it was switched on. */
  get age(): number {
    return (performance.now() - this.#begun) / 1000;
  }

  sh(command: string, within?: number): Promise<string> {
    return this.agent.sh(command, within);
  }

  /** Waits for the first answer after a start. */
  up(within = STARTS_WITHIN): Promise<void> {
    return this.agent.up(within);
  }

  /** Waits until a unit is active, and gives back how many seconds after power-on it became so. */
  async active(unit: string, within = STARTS_WITHIN): Promise<number> {
    const ask = `systemctl show -P ActiveState ${unit}`;
    let state = '';
    await until(
      `${unit} to be active`,
      async () => {
        state = await this.sh(ask).catch(() => '');
        return state === 'active';
      },
      { within, every: 500, instead: () => state },
    );
    return this.#since(await this.sh(`systemctl show -P ActiveEnterTimestampMonotonic ${unit}; cut -d ' ' -f 1 /proc/uptime`));
  }

  /** "microseconds of the guest's clock, newline, seconds of its uptime" as seconds after power-on. */
  #since(told: string): number {
    const [then, now] = told.split('\n').map(Number);
    return this.age - ((now ?? NaN) - (then ?? NaN) / 1e6);
  }

  /** Waits until the machine started anew by itself, which is a reset and then an answer. */
  async again(resets: number, within = STARTS_WITHIN): Promise<void> {
    await until('a restart of the machine', () => this.qmp.count('RESET') > resets, { within });
    await this.up(within);
  }

  /** What the display shows. */
  async look(name = 'screen'): Promise<Picture> {
    const path = join(this.folder, `${name}.png`);
    await this.qmp.do('screendump', { filename: path, format: 'png', device: 'vga0' });
    return Picture.read(path);
  }

  /** A finger on the touch screen, at a pixel of the display, for as long as a finger takes or longer. */
  async tap(x: number, y: number, ms = 120): Promise<void> {
    const at = (axis: string, value: number) => ({ type: 'mtt', data: { type: 'data', slot: 0, 'tracking-id': 1, axis, value } });
    const scaled = (value: number, full: number) => Math.round((value * 0x7fff) / full);
    const touch = (type: 'begin' | 'end', id: number) => ({ type: 'mtt', data: { type, slot: 0, 'tracking-id': id, axis: 'x', value: 0 } });
    await this.qmp.do('input-send-event', { events: [touch('begin', 1), at('x', scaled(x, WIDTH)), at('y', scaled(y, HEIGHT))] });
    await sleep(ms);
    await this.qmp.do('input-send-event', { events: [touch('end', -1)] });
  }

  /** Keeps this moment of the whole machine, disk included, under a name. */
  async keep(moment: string): Promise<void> {
    await this.#told(`savevm ${moment}`);
  }

  /** Goes on from a moment that was kept, also when it was switched off since. The guest's clock goes on from there, too. */
  async resume(moment: string): Promise<void> {
    await this.#told(`loadvm ${moment}`);
  }

  /** A command of QEMU's monitor that says nothing when it went well. */
  async #told(command: string): Promise<void> {
    const said = await this.qmp.do('human-monitor-command', { 'command-line': command }, 120_000);
    if (said !== '') throw new Error(`QEMU's "${command}": ${String(said)}`);
  }

  /** A cut of power: QEMU is gone from one moment to the next. */
  async cut(): Promise<void> {
    this.#agent?.close();
    this.#qmp?.close();
    await this.#child?.stop('SIGKILL');
    this.#child = undefined;
  }

  /** Switches it off for good. */
  async off(): Promise<void> {
    await this.cut();
    rmSync(this.#sockets, { recursive: true, force: true });
  }
}
