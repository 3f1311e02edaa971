// The company's day as the service tells it: rooms, booths, and who is knocking.
import { standing, Told } from './knocks';
import type { AccountId, BoothState, RoomId, RoomSummary, ServiceMessage } from './protocol';

const MOST_STILLS = 32;

export class Lobby {
  rooms = $state.raw<RoomSummary[]>([]);
  booths = $state.raw<BoothState[]>([]);
  /** JPEG in base64, by room. */
  stills = $state.raw<ReadonlyMap<RoomId, string>>(new Map());
  /** The knock that was picked from the list. */
  chosen = $state<RoomId>();
  /** Standing knocks, the oldest first. */
  knocks = $derived(standing(this.rooms));
  /** Those of them that rang here, the oldest first. */
  rung = $state.raw<RoomSummary[]>([]);
  /** The knock whose card is shown: the picked one, else the oldest that rang here. */
  knock = $derived(this.knocks.find((k) => k.room === this.chosen) ?? this.rung[0]);
  #told = new Told();

  /** Takes the whole state; answers the knocks that ring for `account` and were not told yet. */
  update({ rooms, booths }: Extract<ServiceMessage, { type: 'lobby' }>, account: AccountId): RoomSummary[] {
    this.rooms = rooms;
    this.booths = booths;
    // A still may come before the lobby that tells of its knock; it goes when the knock is over.
    const over = new Set(rooms.filter((r) => r.progress !== 'knocking').map((r) => r.room));
    this.stills = new Map([...this.stills].filter(([room]) => !over.has(room)).slice(-MOST_STILLS));
    const fresh = this.#told.fresh(rooms, account);
    this.rung = this.knocks.filter((k) => this.#told.has(k));
    return fresh;
  }

  picture({ room, jpeg }: Extract<ServiceMessage, { type: 'still' }>): void {
    this.stills = new Map(this.stills).set(room, jpeg);
  }

  find(room: RoomId): RoomSummary | undefined {
    return this.rooms.find((r) => r.room === room);
  }

  clear(): void {
    this.rooms = [];
    this.rung = [];
    this.booths = [];
    this.stills = new Map();
    this.chosen = undefined;
    this.#told = new Told();
  }
}
