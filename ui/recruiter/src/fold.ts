// A room as the page knows it: the fold of its log. Pure; time is the service's.
//
// The same as `engawa-session`'s; src/session/samples/folds.json holds the two against one another.
import { same, withdrawn, type Body, type Post } from './posts';
import type {
  Actor, Booking, BoothId, Codec, CommandId, EndCause, LeaveCause, Locale, Millis, Peer, Progress, Recorded, Ring, Role, Seat,
  Slot,
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

/** One presence, present or past. */
export type Stay = {
  readonly seat: Seat;
  readonly by: Actor;
  readonly role: Role;
  readonly name: string;
  readonly from: Millis;
  /** None while it stands. */
  readonly until: Millis | undefined;
  /** None while it stands, and when the room's end ended it. */
  readonly cause: LeaveCause | undefined;
};

/** What everybody comes in with. */
export type Preset = { readonly microphone: boolean; readonly camera: boolean; readonly names: boolean };

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
  /** None for a walk-up. */
  readonly booking: Booking | undefined;
  /** The booked slot, with its end as extended. */
  readonly slot: Slot | undefined;
  /** The end that was announced last. */
  readonly announced: Millis | undefined;
  /** The booth of the latest knock. */
  readonly booth: BoothId | undefined;
  readonly guest: string;
  readonly locale: Locale;
  readonly knockedAt: Millis | undefined;
  readonly admittedAt: Millis | undefined;
  readonly endedAt: Millis | undefined;
  readonly endCause: EndCause | undefined;
  /** Who is told of the standing knock. */
  readonly ring: Ring;
  readonly present: ReadonlyMap<Seat, Presence>;
  /** Nobody sees or hears anybody. */
  readonly held: boolean;
  /** Raised hands, the first raised first. */
  readonly hands: readonly Seat[];
  readonly preset: Preset;
  readonly posts: readonly Post[];
  /** Every presence, in the order in which it began. */
  readonly history: readonly Stay[];
  /** The guest left by the button and may come back. */
  readonly guestAway: boolean;
  readonly mine: Mine;
};

const OPEN: Preset = { microphone: true, camera: true, names: true };

/** A room of which nothing is known yet. */
export const EMPTY: Room = {
  last: 0,
  progress: 'open',
  booking: undefined,
  slot: undefined,
  announced: undefined,
  booth: undefined,
  guest: '',
  locale: 'ja',
  knockedAt: undefined,
  admittedAt: undefined,
  endedAt: undefined,
  endCause: undefined,
  ring: { type: 'none' },
  present: new Map(),
  held: false,
  hands: [],
  preset: OPEN,
  posts: [],
  history: [],
  guestAway: false,
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

function step(room: Room, recorded: Recorded, mine: (command: CommandId) => boolean): Room {
  const { at, event } = recorded;
  switch (event.type) {
    case 'booked': {
      const { booking } = event;
      const guest = room.booth === undefined ? { guest: booking.guest, locale: booking.locale ?? 'ja' } : {};
      const progress = room.last === 0 ? 'booked' : room.progress;
      return { ...room, ...guest, progress, booking, slot: booking.slot };
    }
    case 'booking_cancelled':
      return close(room, 'cancelled', 'cancelled', at);
    case 'knocked': {
      const first = room.booking?.hosts[0];
      const ring: Ring = first === undefined ? { type: 'all' } : { type: 'host', account: first };
      const booth = recorded.by.type === 'guest' ? recorded.by.booth : room.booth;
      return { ...room, booth, progress: 'knocking', guest: event.name, locale: event.locale, knockedAt: at, ring };
    }
    case 'knock_cancelled':
      return { ...room, progress: 'open', knockedAt: undefined, ring: { type: 'none' } };
    case 'rang':
      return { ...room, ring: event.account === undefined ? { type: 'staff' } : { type: 'host', account: event.account } };
    case 'asked_to_wait':
      return room;
    case 'refused':
      return close(room, 'refused', undefined, at);
    case 'admitted':
      return { ...room, progress: 'in_call', admittedAt: at, ring: { type: 'none' } };
    case 'joined':
      return joined(room, recorded, mine);
    case 'switched':
      return change(room, event.seat, { microphone: event.microphone, camera: event.camera });
    case 'lost':
      return change(room, event.seat, { lost: true });
    case 'back':
      return change(room, event.seat, { lost: false });
    case 'left':
      return left(room, event.seat, event.cause, at);
    case 'guest_moved':
      return guestMoved(room, recorded);
    case 'held':
      return { ...room, held: true };
    case 'resumed':
      return { ...room, held: false };
    case 'silenced': {
      const { microphones, cameras, except } = event;
      const quiet = (p: Presence): Presence =>
        p.seat === except ? p : { ...p, microphone: p.microphone && !microphones, camera: p.camera && !cameras };
      return { ...room, present: new Map([...room.present].map(([seat, p]) => [seat, quiet(p)])) };
    }
    case 'preset':
      return { ...room, preset: { microphone: event.microphone, camera: event.camera, names: event.names } };
    case 'extended':
      return room.slot ? { ...room, slot: { starts: room.slot.starts, ends: event.ends } } : room;
    case 'ends_soon':
      return { ...room, announced: event.ends };
    case 'said':
      return post(room, recorded, { kind: 'text', text: event.text }, event.late ?? false);
    case 'file_sent':
      return post(room, recorded, { kind: 'file', file: event.file }, event.late ?? false);
    case 'post_deleted':
      return { ...room, posts: withdrawn(room.posts, ({ seq }) => seq === event.post) };
    case 'chat_cleared':
      return { ...room, posts: withdrawn(room.posts, () => true) };
    case 'hand_raised':
      return room.hands.includes(event.seat) ? room : { ...room, hands: [...room.hands, event.seat] };
    case 'hand_lowered':
      return { ...room, hands: room.hands.filter((seat) => seat !== event.seat) };
    case 'ended':
      return close(room, reached(room, event.cause), event.cause, at);
    default:
      return unknownEvent(room, event);
  }
}

/** An interview that never began was missed when nobody answered, or when its slot went by. */
function reached(room: Room, cause: EndCause): Progress {
  switch (cause) {
    case 'unanswered':
      return 'missed';
    case 'slot_over':
      return room.progress === 'in_call' ? 'ended' : 'missed';
    case 'cancelled':
      return 'cancelled';
    default:
      return 'ended';
  }
}

function joined(room: Room, { seq, at, by, command, event }: Recorded, mine: (command: CommandId) => boolean): Room {
  if (event.type !== 'joined' || command === undefined) return room;
  const { seat, role, name, title, receives, returns } = event;
  const before = room.present.has(seat) ? left(room, seat, returns ?? 'restart', at) : room;
  // The preset greets whoever comes for the first time; who returns says by a switch what is on.
  const { microphone, camera } = returns === undefined ? before.preset : OPEN;
  const presence: Presence = { seat, since: seq, role, name, title, receives, microphone, camera, lost: false };
  const stay: Stay = { seat, by, role, name, from: at, until: undefined, cause: undefined };
  return {
    ...before,
    present: new Map(before.present).set(seat, presence),
    history: [...before.history, stay],
    guestAway: role === 'guest' ? false : before.guestAway,
    mine: seated(room.mine, { seat, since: seq }, mine(command)),
  };
}

function left(room: Room, seat: Seat, cause: LeaveCause, at: Millis): Room {
  const present = new Map(room.present);
  present.delete(seat);
  const gone = room.mine.kind === 'present' && room.mine.peer.seat === seat;
  const mine: Mine = cause === 'taken_over' ? { kind: 'replaced' } : { kind: 'left', cause };
  const standing = room.history.findLastIndex((stay) => stay.seat === seat && stay.until === undefined);
  return {
    ...room,
    present,
    hands: room.hands.filter((hand) => hand !== seat),
    history: room.history.map((stay, i) => (i === standing ? { ...stay, until: at, cause } : stay)),
    guestAway: room.guestAway || (seat === 0 && cause === 'button' && room.progress === 'in_call'),
    mine: gone ? mine : room.mine,
  };
}

/** The guest goes on at another booth; what was asked and let in stands. */
function guestMoved(room: Room, { at, by }: Recorded): Room {
  if (by.type !== 'guest') return room;
  const before = room.present.has(0) ? left(room, 0, 'taken_over', at) : room;
  return { ...before, booth: by.booth };
}

function close(room: Room, progress: Progress, endCause: EndCause | undefined, at: Millis): Room {
  return {
    ...room,
    progress,
    endCause,
    endedAt: at,
    ring: { type: 'none' },
    present: new Map(),
    held: false,
    hands: [],
    history: room.history.map((stay) => (stay.until === undefined ? { ...stay, until: at } : stay)),
    guestAway: false,
  };
}

function post(room: Room, { seq, at, by }: Recorded, body: Body, late: boolean): Room {
  const guest = by.type === 'guest';
  const name = guest ? room.guest : (room.history.findLast((stay) => same(stay.by, by))?.name ?? '');
  const role: Role = guest ? 'guest' : 'host';
  return { ...room, posts: [...room.posts, { seq, at, by, role, name, body, late }] };
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

/** The interview cannot go on any more. */
export function isOver({ progress }: Room): boolean {
  return isPast(progress);
}

export function isPast(progress: Progress): boolean {
  return progress === 'ended' || progress === 'refused' || progress === 'missed' || progress === 'cancelled';
}

/** Who exchanges media with `seat`: everybody else, from "let in" to the end, and not on hold. */
export function links(room: Room, seat: Seat): Presence[] {
  if (room.progress !== 'in_call' || room.held || !room.present.has(seat)) return [];
  return [...room.present.values()].filter((p) => p.seat !== seat).sort((a, b) => a.seat - b.seat);
}

/** Whom this page should have a connection with. */
export function partners(room: Room): Presence[] {
  return room.mine.kind === 'present' ? links(room, room.mine.peer.seat) : [];
}
