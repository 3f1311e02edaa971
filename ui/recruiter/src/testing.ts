// What the tests share: a clock that moves only when told to, and a way to let promises settle.
import type { Clock, Timer } from './clock';

export class PretendClock implements Clock {
  #now = 0;
  #waits: { at: number; then: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, then: () => void): Timer {
    const wait = { at: this.#now + ms, then };
    this.#waits.push(wait);
    return { cancel: () => (this.#waits = this.#waits.filter((w) => w !== wait)) };
  }

  /** Lets `ms` pass, firing what falls due in order and settling promises in between. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (let fired = 0; fired < 10_000; fired++) {
      await settle();
      const next = this.#waits.filter((w) => w.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) {
        this.#now = end;
        return;
      }
      this.#waits = this.#waits.filter((w) => w !== next);
      this.#now = next.at;
      next.then();
    }
    throw new Error('a timer fires without end');
  }
}

/** Lets everything that is already decided run: several rounds of the microtask queue. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 20; round++) await Promise.resolve();
}
