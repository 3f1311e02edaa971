// Today's booked interviews and the records that wait to be taken along, asked for again when the lobby says that something changed.
import type { Result } from './ask';
import type { Millis, RoomSummary } from './protocol';
import type { Interview, Interviews, Waiting } from './schedule';

export type TodayOptions = {
  interviews: () => Promise<Result<Interviews>>;
  records: () => Promise<Result<readonly Waiting[]>>;
};

/** A list that is looked at is no older than this. */
const LOOK_MS = 20_000;

export class Today {
  interviews = $state.raw<readonly Interview[]>([]);
  records = $state.raw<readonly Waiting[]>([]);
  /** The list was there once: an empty one is a day without interviews. */
  known = $state(false);
  /** The list could not be had the last time; what is shown may be old. */
  failed = $state(false);
  #options: TodayOptions;
  /** What the lobby told last; nothing before its first word, which may be that nobody is there. */
  #seen: string | undefined;
  #asking = false;
  #again = false;
  #asked = 0;

  constructor(options: TodayOptions) {
    this.#options = options;
  }

  /** Asks again if this state of the lobby differs from the last one in what the lists tell. */
  lobby(rooms: readonly RoomSummary[]): void {
    const seen = rooms.map((r) => `${r.room} ${r.progress} ${r.slot?.starts} ${r.slot?.ends}`).sort().join('\n');
    if (seen === this.#seen) return;
    this.#seen = seen;
    void this.refresh();
  }

  /** What another host books is not in the lobby before its knock: on a page that is looked at, it is asked for. */
  look(now: Millis): void {
    if (now - this.#asked >= LOOK_MS) void this.refresh(now);
  }

  /** One question at a time; what changes meanwhile is asked once more afterwards. */
  async refresh(now?: Millis): Promise<void> {
    if (now !== undefined) this.#asked = now;
    this.#again = true;
    if (this.#asking) return;
    this.#asking = true;
    while (this.#again) {
      this.#again = false;
      const [interviews, records] = await Promise.all([this.#options.interviews(), this.#options.records()]);
      this.failed = interviews.kind === 'fault';
      if (interviews.kind === 'ok') {
        this.interviews = interviews.value.interviews;
        this.known = true;
      }
      if (records.kind === 'ok') this.records = records.value;
    }
    this.#asking = false;
  }

  clear(): void {
    this.interviews = [];
    this.known = false;
    this.records = [];
    this.failed = false;
    this.#seen = undefined;
  }
}
