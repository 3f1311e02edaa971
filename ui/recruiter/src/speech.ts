// Tells speech from the room's noise by level alone, for the alert to someone who talks while muted. Pure.

const MARGIN_DB = 12;
/** Nothing this quiet is meant for the others. */
const LEAST_DB = -50;
const SPOKEN_MS = 350;
const SHOWN_MS = 6_000;
const APART_MS = 10_000;

export class MutedSpeech {
  #floor = -60;
  #spoken = 0;
  #at: number | undefined;
  #shownAt: number | undefined;

  /** Takes a level measured at `now` while the microphone is off; answers whether the alert stands. */
  heard(db: number, now: number): boolean {
    const passed = this.#at === undefined ? 0 : Math.min(200, now - this.#at);
    this.#at = now;
    const loud = db > Math.max(LEAST_DB, this.#floor + MARGIN_DB);
    // The floor sinks at once and rises slowly, so that talking does not become the noise.
    this.#floor = db < this.#floor ? db : this.#floor + Math.min(db - this.#floor, (passed / 1000) * 2);
    this.#spoken = loud ? this.#spoken + passed : Math.max(0, this.#spoken - passed / 2);
    const rested = this.#shownAt === undefined || now - this.#shownAt >= SHOWN_MS + APART_MS;
    if (this.#spoken >= SPOKEN_MS && rested) this.#shownAt = now;
    return this.stands(now);
  }

  /** Whether the alert stands; it goes by itself. */
  stands(now: number): boolean {
    return this.#shownAt !== undefined && now - this.#shownAt < SHOWN_MS;
  }

  /** The microphone is on again. */
  reset(): void {
    this.#spoken = 0;
    this.#at = undefined;
    this.#shownAt = undefined;
  }
}
