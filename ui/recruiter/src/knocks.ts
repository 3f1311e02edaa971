// Which knocks stand, and which of them nobody has been told of yet. Pure.
import type { RoomId, RoomSummary } from './protocol';

/** Standing knocks, the oldest first. */
export function standing(rooms: readonly RoomSummary[]): RoomSummary[] {
  return rooms.filter((r) => r.progress === 'knocking').sort((a, b) => a.since - b.since);
}

/** Remembers the knocks already told; one that was taken back and made again is new. */
export class Told {
  #since = new Map<RoomId, number>();

  /** The knocks of this state of the lobby that are new. */
  fresh(rooms: readonly RoomSummary[]): RoomSummary[] {
    const now = standing(rooms);
    const fresh = now.filter((r) => this.#since.get(r.room) !== r.since);
    this.#since = new Map(now.map((r) => [r.room, r.since]));
    return fresh;
  }
}
