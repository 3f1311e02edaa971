// The company's day as the service tells it: rooms, booths, and who is knocking.
import { standing, Told } from './knocks';
import type { BoothState, RoomId, RoomSummary, ServiceMessage } from './protocol';

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
  /** The knock whose card is shown: the picked one, else the oldest. */
  knock = $derived(this.knocks.find((k) => k.room === this.chosen) ?? this.knocks[0]);
  #told = new Told();

  /** Takes the whole state; answers the knocks that nobody was told of yet. */
  update({ rooms, booths }: Extract<ServiceMessage, { type: 'lobby' }>): RoomSummary[] {
    this.rooms = rooms;
    this.booths = booths;
    // A still may come before the lobby that tells of its knock; it goes when the knock is over.
    const over = new Set(rooms.filter((r) => r.progress !== 'knocking').map((r) => r.room));
    this.stills = new Map([...this.stills].filter(([room]) => !over.has(room)).slice(-MOST_STILLS));
    return this.#told.fresh(rooms);
  }

  picture({ room, jpeg }: Extract<ServiceMessage, { type: 'still' }>): void {
    this.stills = new Map(this.stills).set(room, jpeg);
  }

  find(room: RoomId): RoomSummary | undefined {
    return this.rooms.find((r) => r.room === room);
  }

  clear(): void {
    this.rooms = [];
    this.booths = [];
    this.stills = new Map();
    this.chosen = undefined;
    this.#told = new Told();
  }
}
