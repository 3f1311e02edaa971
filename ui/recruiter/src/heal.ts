// When a peer connection needs an ICE restart, and when it needs to be built anew. Pure.

/** What the browser says about a connection, boiled down. */
export type Health = 'new' | 'well' | 'shaky' | 'failed';

export type Remedy = 'restart' | 'rebuild';

type State =
  | { kind: 'starting'; since: number }
  | { kind: 'well' }
  | { kind: 'shaky'; since: number }
  | { kind: 'restarting'; since: number }
  | { kind: 'rebuilding'; since: number };

/** A connection that has not come up by then is built anew. */
const START_MS = 10_000;
/** "disconnected" is often over by itself. */
const SHAKY_MS = 2_000;
const RESTART_MS = 8_000;

export class Healing {
  #state: State;
  #failed = false;
  #line: boolean;

  constructor(line: boolean, now: number) {
    this.#line = line;
    this.#state = { kind: 'starting', since: now };
  }

  /** The connection's health changed. */
  health(health: Health, now: number): void {
    switch (health) {
      case 'new':
        return;
      case 'well':
        this.#failed = false;
        this.#state = { kind: 'well' };
        return;
      case 'shaky':
        if (this.#state.kind === 'well') this.#state = { kind: 'shaky', since: now };
        return;
      case 'failed':
        this.#failed = true;
        if (this.#state.kind === 'well') this.#state = { kind: 'shaky', since: now };
        return;
    }
  }

  /** The signaling line came or went: without it nothing can be mended, so no wait runs out. */
  line(up: boolean, now: number): void {
    this.#line = up;
    if (up && this.#state.kind !== 'well') this.#state = { ...this.#state, since: now };
  }

  /** When to ask for a remedy at the latest. */
  due(): number | undefined {
    if (!this.#line) return undefined;
    const state = this.#state;
    switch (state.kind) {
      case 'well':
        return undefined;
      case 'starting':
        return state.since + START_MS;
      case 'shaky':
        return this.#failed ? state.since : state.since + SHAKY_MS;
      case 'restarting':
      case 'rebuilding':
        return state.since + RESTART_MS;
    }
  }

  /** The remedy that is due, once. */
  remedy(now: number): Remedy | undefined {
    const due = this.due();
    if (due === undefined || now < due) return undefined;
    const restart = this.#state.kind === 'shaky';
    this.#state = restart ? { kind: 'restarting', since: now } : { kind: 'rebuilding', since: now };
    return restart ? 'restart' : 'rebuild';
  }
}
