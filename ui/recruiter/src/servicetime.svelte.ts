// The service's clock on this page: what a slot and a knock are counted by.
import type { Millis } from './protocol';

export class ServiceTime {
  /** Moves once for each tick. */
  now = $state<Millis>(Date.now());
  /** How far the service's clock is ahead of the browser's. */
  #ahead = 0;

  /** As the service told it just now. */
  set(now: Millis): void {
    this.#ahead = now - Date.now();
    this.now = now;
  }

  tick(): void {
    this.now = Date.now() + this.#ahead;
  }
}
