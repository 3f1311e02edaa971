// Which peer connections exist, and why: the room's log decides, this carries it out.
//
// Owns: one connection for each other participant from "let in" to the end, its attempts and mending.
// Never does: open devices or fold events.
import type { Clock, Timer } from './clock';
import { partners, type Room } from './fold';
import { Healing, type Health } from './heal';
import { Peer, type Tracks } from './peer';
import type { Peer as PeerId, Seat, Signal } from './protocol';

export type CallOptions = {
  makeConnection: () => RTCPeerConnection;
  makeStream: () => MediaStream;
  clock: Clock;
  tracks: Tracks;
  send: (to: PeerId, attempt: number, signal: Signal) => void;
  /** Something of `partners` changed. */
  onChange: () => void;
};

/** One other participant as far as media goes. */
export type Partner = {
  readonly seat: Seat;
  readonly since: number;
  /** 0 while nothing was offered yet. */
  readonly attempt: number;
  readonly pc: RTCPeerConnection | undefined;
  readonly stream: MediaStream;
  readonly well: boolean;
};

type Entry = {
  id: PeerId;
  attempt: number;
  beganAt: number;
  pc: RTCPeerConnection | undefined;
  peer: Peer | undefined;
  stream: MediaStream;
  well: boolean;
  healing: Healing;
  timer: Timer | undefined;
};

type Early = { from: PeerId; to: PeerId; attempt: number; signal: Signal };

/** Signals may overtake the events they depend on; so many are kept until those arrive. */
const MOST_EARLY = 128;
/** Two requests to rebuild within this time mean the same failure. */
const REBUILD_APART_MS = 2_000;

export class Call {
  #options: CallOptions;
  #tracks: Tracks;
  #room: Room | undefined;
  #own: PeerId | undefined;
  #entries = new Map<Seat, Entry>();
  #early: Early[] = [];
  /** The latest attempt with each presence whose connection is gone: after a hold it is counted on. */
  #counted = new Map<Seat, { since: number; attempt: number }>();
  #line = true;

  constructor(options: CallOptions) {
    this.#options = options;
    this.#tracks = options.tracks;
  }

  get partners(): Partner[] {
    return [...this.#entries.values()].map(({ id, attempt, pc, stream, well }) => ({
      seat: id.seat, since: id.since, attempt, pc, stream, well,
    }));
  }

  /** Follows the room: makes the connections it asks for and closes the others. */
  update(room: Room): void {
    this.#room = room;
    const own = room.mine.kind === 'present' ? room.mine.peer : undefined;
    // A new presence of one's own is a new peer to everybody.
    if (own?.since !== this.#own?.since) {
      this.#closeAll();
      this.#counted.clear();
    }
    this.#own = own;
    const wanted = new Map(partners(room).map((p) => [p.seat, p.since]));
    for (const [seat, entry] of this.#entries) {
      if (wanted.get(seat) !== entry.id.since) this.#remove(seat, entry);
    }
    for (const [seat, since] of wanted) {
      if (!this.#entries.has(seat)) this.#add({ seat, since });
    }
    for (const { from, to, attempt, signal } of this.#early.splice(0)) this.signal(from, to, attempt, signal);
    this.#options.onChange();
  }

  /** Takes a relayed signal; one for a presence that is over is dropped. */
  signal(from: PeerId, to: PeerId, attempt: number, signal: Signal): void {
    const room = this.#room;
    const ahead = !room || Math.max(from.since, to.since) > room.last || room.progress !== 'in_call' || room.held;
    if (ahead) {
      if (this.#early.length < MOST_EARLY) this.#early.push({ from, to, attempt, signal });
      return;
    }
    const own = this.#own;
    const entry = this.#entries.get(from.seat);
    if (!own || to.seat !== own.seat || to.since !== own.since || entry?.id.since !== from.since) return;
    if (signal.type === 'rebuild') {
      const young = this.#options.clock.now() - entry.beganAt < REBUILD_APART_MS;
      if (this.#leads(entry) && attempt >= entry.attempt && !young) this.#build(entry, entry.attempt + 1);
      return;
    }
    if (attempt < entry.attempt) return;
    // Only the lower seat counts attempts.
    if (attempt > entry.attempt) {
      if (this.#leads(entry)) return;
      this.#build(entry, attempt);
    }
    entry.peer?.receive(signal);
  }

  /** The signaling line came or went. */
  line(up: boolean): void {
    this.#line = up;
    for (const entry of this.#entries.values()) {
      entry.healing.line(up, this.#options.clock.now());
      this.#watch(entry);
    }
  }

  /** Sends other tracks to everybody from now on. */
  use(tracks: Tracks): void {
    this.#tracks = tracks;
    for (const { peer } of this.#entries.values()) peer?.use(tracks);
  }

  close(): void {
    this.#closeAll();
    this.#early = [];
    this.#room = undefined;
    this.#own = undefined;
    this.#counted.clear();
  }

  #leads(entry: Entry): boolean {
    return this.#own !== undefined && this.#own.seat < entry.id.seat;
  }

  #add(id: PeerId): void {
    const { clock, makeStream } = this.#options;
    const now = clock.now();
    const counted = this.#counted.get(id.seat);
    const attempt = counted?.since === id.since ? counted.attempt : 0;
    const entry: Entry = {
      id, attempt, beganAt: now, pc: undefined, peer: undefined, stream: makeStream(), well: false,
      healing: new Healing(this.#line, now), timer: undefined,
    };
    this.#entries.set(id.seat, entry);
    if (this.#leads(entry)) this.#build(entry, attempt + 1);
    else this.#watch(entry);
  }

  /** Begins an attempt with a fresh connection. */
  #build(entry: Entry, attempt: number): void {
    const { clock, makeConnection, makeStream, send, onChange } = this.#options;
    entry.peer?.close();
    entry.attempt = attempt;
    entry.beganAt = clock.now();
    entry.stream = makeStream();
    entry.well = false;
    entry.healing = new Healing(this.#line, clock.now());
    const leads = this.#leads(entry);
    const pc = makeConnection();
    const { id, stream } = entry;
    entry.pc = pc;
    entry.peer = new Peer({
      pc,
      polite: !leads,
      tracks: this.#tracks,
      send: (signal) => send(id, attempt, signal),
      onTrack: (track) => {
        stream.addTrack(track);
        onChange();
      },
      onHealth: (health) => this.#health(entry, attempt, health),
    });
    if (leads) entry.peer.begin();
    this.#watch(entry);
    onChange();
  }

  #health(entry: Entry, attempt: number, health: Health): void {
    if (entry.attempt !== attempt) return;
    entry.well = health === 'well';
    entry.healing.health(health, this.#options.clock.now());
    this.#watch(entry);
    this.#options.onChange();
  }

  #watch(entry: Entry): void {
    const { clock } = this.#options;
    entry.timer?.cancel();
    entry.timer = undefined;
    const due = entry.healing.due();
    if (due === undefined) return;
    entry.timer = clock.after(Math.max(0, due - clock.now()), () => this.#mend(entry));
  }

  #mend(entry: Entry): void {
    const remedy = entry.healing.remedy(this.#options.clock.now());
    // New paths are the higher seat's to ask for, so that the two do not ask at once.
    if (remedy === 'restart' && !this.#leads(entry)) entry.peer?.restart();
    if (remedy === 'rebuild') {
      if (this.#leads(entry)) {
        this.#build(entry, entry.attempt + 1);
        return;
      }
      this.#options.send(entry.id, Math.max(1, entry.attempt), { type: 'rebuild' });
    }
    this.#watch(entry);
  }

  #remove(seat: Seat, entry: Entry): void {
    entry.timer?.cancel();
    entry.peer?.close();
    this.#counted.set(seat, { since: entry.id.since, attempt: entry.attempt });
    this.#entries.delete(seat);
  }

  #closeAll(): void {
    for (const [seat, entry] of this.#entries) this.#remove(seat, entry);
  }
}
