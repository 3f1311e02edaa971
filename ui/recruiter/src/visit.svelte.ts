// One visit of this page to a room: follows its log, joins, holds the media, leaves.
import { Call, type Partner } from './call';
import { Chatbox } from './chatbox.svelte';
import type { Clock } from './clock';
import type { Answer } from './commands';
import { EMPTY, fold, isOver, type Room } from './fold';
import type { Link } from './link';
import type { Tracks } from './peer';
import type { ClientId, Codec, Command, Refusal, RoomId, RoomSummary, ServiceMessage } from './protocol';

/** How a visit came to its end. */
export type Outcome =
  | { kind: 'ended'; room: Room }
  | { kind: 'left'; room: Room }
  | { kind: 'refused'; reason: Refusal }
  | { kind: 'replaced' };

export type On = { readonly microphone: boolean; readonly camera: boolean };

export type VisitOptions = {
  link: Pick<Link, 'follow' | 'refollow' | 'unfollow' | 'command' | 'signal' | 'state' | 'count'>;
  clock: Clock;
  client: ClientId;
  summary: RoomSummary;
  codecs: Codec[];
  tracks: Tracks;
  on: On;
  makeConnection: () => RTCPeerConnection;
  makeStream: () => MediaStream;
  fetch: (path: string, init: RequestInit) => Promise<Response>;
  digest: ((bytes: ArrayBuffer) => Promise<ArrayBuffer>) | undefined;
  /** The chat's last event read in an earlier load, and where the newer ones are kept. */
  read: number;
  onRead: (event: number) => void;
  /** The room turned inputs of this page off; the person may turn them on again. */
  silence: (off: On) => void;
  /** Called once. */
  over: (outcome: Outcome) => void;
};

export class Visit {
  readonly id: RoomId;
  readonly summary: RoomSummary;
  readonly chat: Chatbox;
  room = $state.raw<Room>(EMPTY);
  partners = $state.raw<Partner[]>([]);
  /** Everyone present, by seat. */
  people = $derived([...this.room.present.values()].sort((a, b) => a.seat - b.seat));
  /** One's own seat, once it is taken. */
  own = $derived(this.room.mine.kind === 'present' ? this.room.mine.peer.seat : undefined);

  #options: VisitOptions;
  #call: Call;
  #on: On;
  /** The last command before this visit. */
  #before: number;
  #over = false;
  #joining = false;
  /** Why the guest could not be let in by this page. */
  #notAdmitted: Refusal | undefined;

  constructor(options: VisitOptions) {
    const { link, clock, tracks, summary, makeConnection, makeStream } = options;
    this.#options = options;
    this.#on = options.on;
    this.#before = link.count;
    this.id = summary.room;
    this.summary = summary;
    this.chat = new Chatbox({
      room: this.id,
      command: (command) => this.command(command),
      fetch: options.fetch,
      digest: options.digest,
      clock,
      read: options.read,
      onRead: options.onRead,
    });
    this.#call = new Call({
      makeConnection,
      makeStream,
      clock,
      tracks,
      send: (to, attempt, signal) => link.signal(this.id, to, attempt, signal),
      onChange: () => (this.partners = this.#call.partners),
    });
    this.#call.line(link.state.kind === 'up');
  }

  /** Follows the room and takes a seat; with `admit`, the guest is let in first. */
  enter(admit: boolean, takeOver = false): void {
    this.#options.link.follow(this.id, () => this.room.last);
    if (admit) void this.#admit();
    void this.#join(takeOver);
  }

  /** Says something to the room. */
  command(command: Command): Promise<Answer> {
    return this.#options.link.command(this.id, command);
  }

  /** Takes what the service sent for this room. */
  receive(message: ServiceMessage): void {
    if (this.#over) return;
    if (message.type === 'events' && message.room === this.id) {
      const { client } = this.#options;
      const { room, gap } = fold(this.room, message.events, (c) => c.client === client && c.n > this.#before);
      if (gap) this.#options.link.refollow(this.id);
      const known = this.room.last;
      if (room !== this.room) this.#moved(room);
      for (const { seq, event } of message.events) {
        if (seq > known && seq <= room.last && event.type === 'silenced') this.#silenced(event);
      }
    }
    if (message.type === 'signal' && message.room === this.id) {
      this.#call.signal(message.from, message.to, message.attempt, message.signal);
    }
  }

  /** The signaling line came or went; the media goes on meanwhile. */
  line(up: boolean): void {
    this.#call.line(up);
    if (up) this.chat.online();
  }

  use(tracks: Tracks): void {
    this.#call.use(tracks);
  }

  /** Tells the others which inputs are on. */
  turned(on: On): void {
    if (on.microphone === this.#on.microphone && on.camera === this.#on.camera) return;
    this.#on = on;
    if (this.room.mine.kind === 'present') void this.command({ type: 'switch', ...on });
  }

  leave(): void {
    const room = this.room;
    void this.command({ type: 'leave' });
    this.#finish({ kind: 'left', room });
  }

  end(): void {
    void this.command({ type: 'end' });
  }

  /** Closes the media without a word to the service, such as when it signed this page out. */
  close(): void {
    this.#over = true;
    this.chat.close();
    this.#call.close();
    this.#options.link.unfollow(this.id);
  }

  #moved(room: Room): void {
    const before = this.room.mine;
    this.room = room;
    if (isOver(room)) {
      this.#finish({ kind: 'ended', room });
      return;
    }
    if (room.mine.kind === 'replaced') {
      this.#finish({ kind: 'replaced' });
      return;
    }
    if (room.mine.kind === 'left' && room.mine.cause === 'button') {
      this.#finish({ kind: 'left', room });
      return;
    }
    this.#call.update(room);
    if (room.mine.kind === 'present' && before.kind !== 'present') this.#tellOn();
    this.#checkAdmitted();
    // The line was away for longer than the grace: the seat is free, but the interview goes on.
    if (room.mine.kind === 'left' && room.progress === 'in_call') void this.#join(false);
  }

  #tellOn(): void {
    const seat = this.own === undefined ? undefined : this.room.present.get(this.own);
    if (!seat) return;
    // Whoever comes in for the first time comes in as the room was set up beforehand.
    const off = { microphone: !seat.microphone && this.#on.microphone, camera: !seat.camera && this.#on.camera };
    if (off.microphone || off.camera) this.#turnOff(off);
    const { microphone, camera } = this.#on;
    if (microphone !== seat.microphone || camera !== seat.camera) void this.command({ type: 'switch', microphone, camera });
  }

  /** A host turned everybody else off; a seat of an earlier visit has nothing to turn off. */
  #silenced({ microphones, cameras, except }: { microphones: boolean; cameras: boolean; except: number }): void {
    if (this.#over || this.own === undefined || this.own === except) return;
    this.#turnOff({ microphone: microphones && this.#on.microphone, camera: cameras && this.#on.camera });
  }

  #turnOff(off: On): void {
    if (!off.microphone && !off.camera) return;
    this.#on = { microphone: this.#on.microphone && !off.microphone, camera: this.#on.camera && !off.camera };
    this.#options.silence(off);
  }

  async #admit(): Promise<void> {
    const answer = await this.command({ type: 'admit' });
    if (answer.kind !== 'refused') return;
    this.#notAdmitted = answer.reason;
    this.#checkAdmitted();
  }

  /** Another recruiter may have let the guest in a moment earlier; if nobody did, there is no call to be in. */
  #checkAdmitted(): void {
    const { mine, progress } = this.room;
    if (!this.#notAdmitted || mine.kind !== 'present' || progress === 'in_call') return;
    void this.command({ type: 'leave' });
    this.#finish({ kind: 'refused', reason: this.#notAdmitted });
  }

  async #join(takeOver: boolean): Promise<void> {
    if (this.#joining) return;
    this.#joining = true;
    const answer = await this.command({ type: 'join', receives: this.#options.codecs, take_over: takeOver });
    this.#joining = false;
    if (answer.kind !== 'refused') return;
    // Another window of this account has the seat: it may be taken over, by a person's decision.
    if (answer.reason === 'already_here') this.#finish({ kind: 'replaced' });
    else this.#finish({ kind: 'refused', reason: answer.reason });
  }

  #finish(outcome: Outcome): void {
    if (this.#over) return;
    this.close();
    this.#options.over(outcome);
  }
}
