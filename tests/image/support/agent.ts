// Commands in the guest, as root, over its virtual serial port. Only the test image answers there
// (tests/image/root/usr/lib/engawa/test-agent); the product has nothing that would.
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { bounded, until } from '../../browser/support/until';
import { socket } from './qmp';

export type Said = { code: number; text: string };

export class Agent {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (said: Said) => void>();
  #last = 0;
  /** Commands go one after the other: the guest reads them so. */
  #line: Promise<unknown> = Promise.resolve();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {});
    createInterface({ input: socket }).on('line', (line) => {
      const [number, code, text = ''] = line.split(' ');
      this.#waiting.get(Number(number))?.({ code: Number(code), text: Buffer.from(text, 'base64').toString().trimEnd() });
    });
  }

  static async connect(path: string): Promise<Agent> {
    return new Agent(await socket(path));
  }

  /** Runs a command of bash. What it leaves running must not hold its output. */
  try(command: string, within = 60_000): Promise<Said> {
    const number = ++this.#last;
    const run = this.#line.then(async () => {
      const answered = new Promise<Said>((resolve) => this.#waiting.set(number, resolve));
      this.#socket.write(`${number} ${Buffer.from(command).toString('base64')}\n`);
      try {
        return await bounded(`"${command}" in the guest`, within, answered);
      } finally {
        this.#waiting.delete(number);
      }
    });
    this.#line = run.catch(() => {});
    return run;
  }

  /** Runs a command that must end well, and gives back what it said. */
  async sh(command: string, within?: number): Promise<string> {
    const { code, text } = await this.try(command, within);
    if (code !== 0) throw new Error(`"${command}" ended with ${code} in the guest: ${text}`);
    return text;
  }

  /** Waits until the guest answers at all: asked anew, since a guest that starts loses what came before. */
  async up(within: number): Promise<void> {
    await until('the guest to answer', () => this.try('true', 2_000).catch(() => false), { within });
  }

  close(): void {
    this.#socket.destroy();
  }
}
