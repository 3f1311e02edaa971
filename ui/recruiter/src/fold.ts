// A room as the page knows it: the fold of its log. Pure; time is the service's.
import type {
  Codec, CommandId, EndCause, LeaveCause, Locale, Millis, Peer, Progress, Recorded, Role, Seat,
} from './protocol';

/** Who sits in a seat at this moment. */
export type Presence = {
  readonly seat: Seat;
  /** Number of the `joined` event this presence began with. */
  readonly since: number;
  readonly role: Role;
  readonly name: string;
  readonly title: string;
  readonly receives: readonly Codec[];
  readonly microphone: boolean;
  readonly camera: boolean;
  /** Their signaling line is away; they may come back. */
  readonly lost: boolean;
};

/** This page's own place in the room. */
export type Mine =
  | { readonly kind: 'outside' }
  | { readonly kind: 'present'; readonly peer: Peer }
  | { readonly kind: 'left'; readonly cause: LeaveCause }
  /** Another window of the same account took the seat. */
  | { readonly kind: 'replaced' };

export type Room = {
  /** The last event folded in. */
  readonly last: number;
  readonly progress: Progress;
  readonly guest: string;
  readonly locale: Locale;
  readonly knockedAt: Millis | undefined;
  readonly admittedAt: Millis | undefined;
  readonly endedAt: Millis | undefined;
  readonly endCause: EndCause | undefined;
  readonly present: ReadonlyMap<Seat, Presence>;
  readonly mine: Mine;
};

/** A room of which nothing is known yet. */
export const EMPTY: Room = {
  last: 0,
  progress: 'open',
  guest: '',
  locale: 'ja',
  knockedAt: undefined,
  admittedAt: undefined,
  endedAt: undefined,
  endCause: undefined,
  present: new Map(),
  mine: { kind: 'outside' },
};

/** What came of folding a batch: the room, and whether events are missing before the batch. */
export type Folded = { room: Room; gap: boolean };

/**
 * Folds what is new of `events` into `room`; known events are passed over. `mine` tells the commands
 * of this visit, so that a seat taken and given up in an earlier one is history and no more.
 */
export function fold(room: Room, events: readonly Recorded[], mine: (command: CommandId) => boolean): Folded {
  let next = room;
  for (const recorded of events) {
    if (recorded.seq <= next.last) continue;
    if (recorded.seq !== next.last + 1) return { room: next, gap: true };
    next = { ...step(next, recorded, mine), last: recorded.seq };
  }
  return { room: next, gap: false };
}

function step(room: Room, { seq, at, command, event }: Recorded, mine: (command: CommandId) => boolean): Room {
  switch (event.type) {
    case 'knocked':
      return { ...room, progress: 'knocking', guest: event.name, locale: event.locale, knockedAt: at };
    case 'knock_cancelled':
      return { ...room, progress: 'open', knockedAt: undefined };
    case 'asked_to_wait':
      return room;
    case 'refused':
      return { ...room, progress: 'refused', present: new Map(), endedAt: at };
    case 'admitted':
      return { ...room, progress: 'in_call', admittedAt: at };
    case 'joined': {
      const { seat, role, name, title, receives } = event;
      const presence: Presence = {
        seat, since: seq, role, name, title, receives, microphone: true, camera: true, lost: false,
      };
      const present = new Map(room.present).set(seat, presence);
      return { ...room, present, mine: seated(room.mine, { seat, since: seq }, command !== undefined && mine(command)) };
    }
    case 'switched':
      return change(room, event.seat, { microphone: event.microphone, camera: event.camera });
    case 'lost':
      return change(room, event.seat, { lost: true });
    case 'back':
      return change(room, event.seat, { lost: false });
    case 'left': {
      const present = new Map(room.present);
      present.delete(event.seat);
      const gone = room.mine.kind === 'present' && room.mine.peer.seat === event.seat;
      return { ...room, present, mine: gone ? { kind: 'left', cause: event.cause } : room.mine };
    }
    case 'ended':
      return {
        ...room,
        progress: event.cause === 'unanswered' ? 'missed' : 'ended',
        present: new Map(),
        endedAt: at,
        endCause: event.cause,
      };
    default:
      return unknownEvent(room, event);
  }
}

function seated(mine: Mine, peer: Peer, byMe: boolean): Mine {
  if (byMe) return { kind: 'present', peer };
  if (mine.kind === 'present' && mine.peer.seat === peer.seat) return { kind: 'replaced' };
  return mine;
}

function change(room: Room, seat: Seat, by: Partial<Presence>): Room {
  const before = room.present.get(seat);
  if (!before) return room;
  return { ...room, present: new Map(room.present).set(seat, { ...before, ...by }) };
}

/** A newer service may log what this page does not know: the number counts, the rest is ignored. */
function unknownEvent(room: Room, _event: never): Room {
  return room;
}

/** Whom this page should have a connection with: everybody else, from "let in" to the end. */
export function partners(room: Room): Presence[] {
  if (room.progress !== 'in_call' || room.mine.kind !== 'present') return [];
  const own = room.mine.peer.seat;
  return [...room.present.values()].filter((p) => p.seat !== own).sort((a, b) => a.seat - b.seat);
}
