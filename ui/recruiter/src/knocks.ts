// Which knocks stand, whom they ring for, and which of them this page was not told of yet. Pure.
import type { Words } from './lang';
import type { Notice } from './notice';
import type { AccountId, RoomId, RoomSummary } from './protocol';

/** Standing knocks, the oldest first. */
export function standing(rooms: readonly RoomSummary[]): RoomSummary[] {
  return rooms.filter((r) => r.progress === 'knocking').sort((a, b) => a.since - b.since);
}

/** The knock rings for this account at this moment. */
export function rings({ progress, ring }: RoomSummary, account: AccountId): boolean {
  if (progress !== 'knocking') return false;
  switch (ring.type) {
    case 'all':
      return true;
    case 'host':
      return ring.account === account;
    case 'staff':
    case 'none':
      return false;
    default:
      return unknownRing(ring);
  }
}

function unknownRing(_ring: never): boolean {
  return false;
}

/** Remembers the knocks already told; one that was taken back and made again is new. */
export class Told {
  #since = new Map<RoomId, number>();

  /** The knocks of this state of the lobby that ring here and are new. */
  fresh(rooms: readonly RoomSummary[], account: AccountId): RoomSummary[] {
    const now = standing(rooms);
    const known = now.filter((r) => this.#since.get(r.room) === r.since);
    const fresh = now.filter((r) => this.#since.get(r.room) !== r.since && rings(r, account));
    this.#since = new Map([...known, ...fresh].map((r) => [r.room, r.since]));
    return fresh;
  }

  /** It was told and stands: passed on to somebody else, it may still be answered here. */
  has(knock: RoomSummary): boolean {
    return this.#since.get(knock.room) === knock.since;
  }
}

/** What tells of a knock; made again after it was taken back, it is another one. */
export function noticeOf(words: Words, { room, since, guest, booth }: RoomSummary): Notice {
  return { tag: `${room}-${since}`, title: words.knock.title, text: words.knock.announce(guest, booth) };
}
