// Commands until they are answered: each is said again on a new line, and while the service is busy.
//
// Never does: count a command twice. A repeated one goes out under its old number and in its old place.
import type { Clock, Timer } from './clock';
import type { ClientMessage, Command, Refusal, RoomId, ServiceMessage } from './protocol';

/** The service's answer to a command; `dropped` when the link stopped before there was one. */
export type Answer = { kind: 'done' } | { kind: 'refused'; reason: Refusal } | { kind: 'dropped' };

type Waiting = { room: RoomId; text: string; tries: number; answer: (answer: Answer) => void };

/** A command that the service could not take just now is said again after this, so many times in all. */
const AGAIN_MS = 1_000;
const MOST_TRIES = 5;
const MOST_COMMANDS = 64;

export class Commands {
  #clock: Clock;
  /** Goes nowhere while the line is away. */
  #send: (text: string) => void;
  #n = 0;
  #unanswered = new Map<number, Waiting>();
  /** Rooms with a command that is said again soon. */
  #again = new Map<RoomId, Timer>();

  constructor(clock: Clock, send: (text: string) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** The number of the latest command; later ones have higher numbers. */
  get count(): number {
    return this.#n;
  }

  say(room: RoomId, command: Command): Promise<Answer> {
    if (this.#unanswered.size >= MOST_COMMANDS) return Promise.resolve({ kind: 'refused', reason: 'unavailable' });
    const n = ++this.#n;
    const text = JSON.stringify({ type: 'command', room, n, command } satisfies ClientMessage);
    return new Promise((answer) => {
      this.#unanswered.set(n, { room, text, tries: 1, answer });
      // Behind one that is said again, or a leave could be carried out before the admit it follows.
      if (!this.#again.has(room)) this.#send(text);
    });
  }

  /** The line is up again: everything without an answer, in order. */
  repeat(): void {
    for (const { text } of this.#unanswered.values()) this.#send(text);
  }

  /** The line is gone: a new one repeats everything by itself. */
  pause(): void {
    for (const timer of this.#again.values()) timer.cancel();
    this.#again.clear();
  }

  answered(message: ServiceMessage): void {
    if (message.type !== 'done' && message.type !== 'refused') return;
    const waiting = this.#unanswered.get(message.n);
    if (!waiting) return;
    if (message.type === 'refused' && message.reason === 'unavailable' && waiting.tries < MOST_TRIES) {
      waiting.tries += 1;
      this.#sayAgain(waiting.room);
      return;
    }
    this.#unanswered.delete(message.n);
    waiting.answer(message.type === 'done' ? { kind: 'done' } : { kind: 'refused', reason: message.reason });
  }

  /** Nobody answers any more. */
  drop(): void {
    const dropped = [...this.#unanswered.values()];
    this.#unanswered.clear();
    for (const { answer } of dropped) answer({ kind: 'dropped' });
  }

  /** Repeats what the room has not answered, in order and under the same numbers. */
  #sayAgain(room: RoomId): void {
    if (this.#again.has(room)) return;
    const timer = this.#clock.after(AGAIN_MS, () => {
      this.#again.delete(room);
      for (const waiting of this.#unanswered.values()) {
        if (waiting.room === room) this.#send(waiting.text);
      }
    });
    this.#again.set(room, timer);
  }
}
