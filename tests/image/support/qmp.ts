// The machine's own door to QEMU: one JSON object a line over a Unix socket (QEMU's QMP).
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { bounded, until } from '../../browser/support/until';

export type Event = { event: string; data?: Record<string, unknown> };
type Answer = { return?: unknown; error?: { class: string; desc: string }; id?: number };

export class Qmp {
  /** What QEMU told by itself, oldest first. */
  readonly events: Event[] = [];
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #last = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {}); // QEMU was cut; who waits is told by the close
    socket.on('close', () => {
      for (const tell of this.#waiting.values()) tell({ error: { class: 'Gone', desc: 'QEMU is gone' } });
      this.#waiting.clear();
    });
    createInterface({ input: socket }).on('line', (line) => {
      const told = JSON.parse(line) as Event & Answer;
      if (told.event) this.events.push(told);
      else if (told.id !== undefined) {
        this.#waiting.get(told.id)?.(told);
        this.#waiting.delete(told.id);
      }
    });
  }

  /** Connects to a QEMU that may only just start. */
  static async connect(path: string): Promise<Qmp> {
    const qmp = new Qmp(await socket(path));
    await qmp.do('qmp_capabilities');
    return qmp;
  }

  async do(execute: string, args: Record<string, unknown> = {}, within = 30_000): Promise<unknown> {
    const id = ++this.#last;
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.write(`${JSON.stringify({ execute, arguments: args, id })}\n`);
    const answer = await bounded(`QEMU's answer to ${execute}`, within, answered);
    if (answer.error) throw new Error(`QEMU refused ${execute}: ${answer.error.desc}`);
    return answer.return;
  }

  /** How often this event was told so far. */
  count(event: string): number {
    return this.events.filter((told) => told.event === event).length;
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** A connection to a Unix socket that appears soon. */
export function socket(path: string): Promise<Socket> {
  const once = () =>
    new Promise<Socket | undefined>((resolve) => {
      const one = connect(path);
      one.once('connect', () => resolve(one));
      one.once('error', () => resolve(undefined));
    });
  return until(`a socket at ${path}`, once, { every: 50 });
}
