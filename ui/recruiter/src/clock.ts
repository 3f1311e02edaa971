// Time as an argument: what waits asks this, so that tests can let it pass.

import type { Wish } from './beat.worker';

/** A pending wait. */
export type Timer = { cancel(): void };

export interface Clock {
  /** Milliseconds, never going back. */
  now(): number;
  /** Calls `then` once, `ms` from now. */
  after(ms: number, then: () => void): Timer;
}

/** The browser's clock. */
export const clock: Clock = {
  now: () => performance.now(),
  after: (ms, then) => {
    const id = setTimeout(then, ms);
    return { cancel: () => clearTimeout(id) };
  },
};

type Beat = { postMessage(wish: Wish): void; addEventListener(type: 'message', heard: (message: { data: number }) => void): void };

/** A clock that goes on in a hidden window, by a worker's timers (beat.worker.ts). */
export function steadyClock(worker: Beat): Clock {
  let latest = 0;
  const waiting = new Map<number, () => void>();
  worker.addEventListener('message', ({ data: id }) => {
    const then = waiting.get(id);
    waiting.delete(id);
    then?.();
  });
  return {
    now: clock.now,
    after: (ms, then) => {
      const id = ++latest;
      waiting.set(id, then);
      worker.postMessage({ id, ms });
      return {
        cancel: () => {
          if (waiting.delete(id)) worker.postMessage({ id });
        },
      };
    },
  };
}
