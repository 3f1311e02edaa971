// Time as an argument: what waits asks this, so that tests can let it pass.

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
