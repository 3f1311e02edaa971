// The page's WebSocket: comes back by itself, takes up where it was, repeats what was not answered.
//
// Owns: hello, heartbeat, what is followed, commands until they are answered.
// Never does: fold events or decide what a refusal means.
import type { Clock, Timer } from './clock';
import { CLOSE, LIMITS, PROTOCOL } from './protocol';
import type {
  ClientId, ClientMessage, Command, Peer, Refusal, RoomId, ServiceMessage, Signal,
} from './protocol';

/** As much of a WebSocket as is used. */
export interface Socket {
  send(text: string): void;
  close(code?: number): void;
  onopen: (() => void) | null;
  onmessage: ((message: { data: unknown }) => void) | null;
  onclose: ((close: { code: number }) => void) | null;
}

/** Why the link gave up until it is started again. */
export type StopCause = 'signed_out' | 'replaced' | 'version';

export type LinkState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting'; readonly tries: number }
  | { readonly kind: 'up' }
  | { readonly kind: 'down'; readonly tries: number }
  | { readonly kind: 'stopped'; readonly cause: StopCause };

/** The service's answer to a command; `dropped` when the link stopped before there was one. */
export type Answer = { kind: 'done' } | { kind: 'refused'; reason: Refusal } | { kind: 'dropped' };

export type LinkOptions = {
  connect: () => Socket;
  clock: Clock;
  client: ClientId;
  /** 0 ≤ x < 1. */
  random: () => number;
  /** Asked after a connection that never opened: whether the sign-in still holds. */
  signedIn: () => Promise<boolean>;
  onState: (state: LinkState) => void;
  onMessage: (message: ServiceMessage) => void;
};

type Waiting = { room: RoomId; text: string; tries: number; answer: (answer: Answer) => void };

const FIRST_RETRY_MS = 300;
const LONGEST_RETRY_MS = 5_000;
/** A connection that has not said welcome by then is given up. */
const OPEN_MS = 10_000;
/** A command that the service could not take just now is said again after this, so many times in all. */
const AGAIN_MS = 1_000;
const MOST_TRIES = 5;
const MOST_COMMANDS = 64;
const MOST_SIGNALS = 256;

export class Link {
  #options: LinkOptions;
  #state: LinkState = { kind: 'idle' };
  #socket: Socket | undefined;
  #tries = 0;
  #heardAt = 0;
  #pings = 0;
  #retry: Timer | undefined;
  #beat: Timer | undefined;
  #n = 0;
  #followed = new Map<RoomId, () => number>();
  #unanswered = new Map<number, Waiting>();
  /** Rooms with a command that is said again soon. */
  #again = new Map<RoomId, Timer>();
  /** Signals that could not go out while the line was away, oldest first. */
  #held: { room: RoomId; text: string }[] = [];

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** The number of the latest command; later ones have higher numbers. */
  get count(): number {
    return this.#n;
  }

  start(): void {
    if (this.#socket || this.#retry) return;
    this.#tries = 0;
    this.#open();
  }

  /** Ends the link; commands without an answer are dropped. */
  stop(): void {
    this.#halt();
    this.#set({ kind: 'idle' });
  }

  /** The network is back: waiting longer would be idle. */
  online(): void {
    if (!this.#retry) return;
    this.#retry.cancel();
    this.#retry = undefined;
    this.#open();
  }

  /** Follows a room; `after` says, at each (re)connection, which event is the last one known. */
  follow(room: RoomId, after: () => number): void {
    this.#followed.set(room, after);
    this.#sendUp({ type: 'follow', room, after: after() });
  }

  /** Asks again from what is known, when events turned out to be missing. */
  refollow(room: RoomId): void {
    const after = this.#followed.get(room);
    if (after) this.#sendUp({ type: 'follow', room, after: after() });
  }

  unfollow(room: RoomId): void {
    if (!this.#followed.delete(room)) return;
    this.#held = this.#held.filter((h) => h.room !== room);
    this.#sendUp({ type: 'unfollow', room });
  }

  /** Sends a command once, repeating it over reconnections and for as long as the service is busy. */
  command(room: RoomId, command: Command): Promise<Answer> {
    if (this.#unanswered.size >= MOST_COMMANDS) return Promise.resolve({ kind: 'refused', reason: 'unavailable' });
    const n = ++this.#n;
    const text = JSON.stringify({ type: 'command', room, n, command } satisfies ClientMessage);
    return new Promise((answer) => {
      this.#unanswered.set(n, { room, text, tries: 1, answer });
      // Behind one that is said again, or a leave could be carried out before the admit it follows.
      if (this.#state.kind === 'up' && !this.#again.has(room)) this.#socket?.send(text);
    });
  }

  /** Relays to a peer; kept for the return of the line when it is away. */
  signal(room: RoomId, to: Peer, attempt: number, signal: Signal): void {
    const text = JSON.stringify({ type: 'signal', room, to, attempt, signal } satisfies ClientMessage);
    if (this.#state.kind === 'up') this.#socket?.send(text);
    else if (this.#held.length < MOST_SIGNALS) this.#held.push({ room, text });
  }

  #sendUp(message: ClientMessage): void {
    if (this.#state.kind === 'up') this.#socket?.send(JSON.stringify(message));
  }

  #open(): void {
    const { connect, clock, client } = this.#options;
    this.#tries += 1;
    this.#set({ kind: 'connecting', tries: this.#tries });
    const socket = connect();
    this.#socket = socket;
    let opened = false;
    const patience = clock.after(OPEN_MS, () => this.#lose(socket, opened));
    socket.onopen = () => {
      opened = true;
      socket.send(JSON.stringify({ type: 'hello', protocol: PROTOCOL, client } satisfies ClientMessage));
    };
    socket.onmessage = ({ data }) => {
      if (socket !== this.#socket) return;
      this.#heardAt = clock.now();
      const message = read(data);
      if (!message) return;
      if (message.type === 'welcome') {
        patience.cancel();
        // First its word, so that the servers it names are known when events lead to connections.
        this.#options.onMessage(message);
        this.#resume();
        return;
      }
      this.#answered(message);
      this.#options.onMessage(message);
    };
    socket.onclose = ({ code }) => {
      patience.cancel();
      this.#lose(socket, opened, code);
    };
  }

  #resume(): void {
    this.#set({ kind: 'up' });
    for (const [room, after] of this.#followed) this.#sendUp({ type: 'follow', room, after: after() });
    for (const { text } of this.#unanswered.values()) this.#socket?.send(text);
    for (const { text } of this.#held.splice(0)) this.#socket?.send(text);
    this.#ping();
  }

  #ping(): void {
    const { clock } = this.#options;
    this.#beat = clock.after(LIMITS.pingEveryMs, () => {
      const socket = this.#socket;
      if (!socket) return;
      if (clock.now() - this.#heardAt >= LIMITS.silenceMs) {
        this.#lose(socket, true);
        return;
      }
      // Only a line that has held counts as back, or a service that closes at once would be hammered.
      this.#tries = 0;
      this.#sendUp({ type: 'ping', n: ++this.#pings });
      this.#ping();
    });
  }

  #answered(message: ServiceMessage): void {
    if (message.type !== 'done' && message.type !== 'refused') return;
    const waiting = this.#unanswered.get(message.n);
    if (!waiting) return;
    if (message.type === 'refused' && message.reason === 'unavailable' && waiting.tries < MOST_TRIES) {
      waiting.tries += 1;
      this.#sayAgain(waiting.room);
      return;
    }
    this.#unanswered.delete(message.n);
    waiting.answer(message.type === 'done' ? { kind: 'done' } : { kind: 'refused', reason: message.reason });
  }

  /** Repeats what the room has not answered, in order and under the same numbers. */
  #sayAgain(room: RoomId): void {
    if (this.#again.has(room)) return;
    const timer = this.#options.clock.after(AGAIN_MS, () => {
      this.#again.delete(room);
      for (const waiting of this.#unanswered.values()) {
        if (waiting.room === room) this.#socket?.send(waiting.text);
      }
    });
    this.#again.set(room, timer);
  }

  #lose(socket: Socket, opened: boolean, code?: number): void {
    if (socket !== this.#socket) return;
    this.#release();
    const cause = stopCause(code);
    if (cause) {
      this.#give(cause);
      return;
    }
    this.#set({ kind: 'down', tries: this.#tries });
    // A browser does not tell a refused upgrade from an unreachable service; the service itself does.
    if (!opened) void this.#askSignedIn();
    this.#retryIn(code === CLOSE.restart && this.#tries <= 1 ? 0 : this.#backoff());
  }

  async #askSignedIn(): Promise<void> {
    const held = await this.#options.signedIn().catch(() => true);
    if (!held && this.#retry) this.#give('signed_out');
  }

  #backoff(): number {
    const full = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#tries, 10));
    return full * (0.5 + this.#options.random() / 2);
  }

  #retryIn(ms: number): void {
    this.#retry = this.#options.clock.after(ms, () => {
      this.#retry = undefined;
      this.#open();
    });
  }

  #give(cause: StopCause): void {
    this.#halt();
    this.#set({ kind: 'stopped', cause });
  }

  #halt(): void {
    this.#release();
    this.#retry?.cancel();
    this.#retry = undefined;
    this.#followed.clear();
    this.#held = [];
    const dropped = [...this.#unanswered.values()];
    this.#unanswered.clear();
    for (const { answer } of dropped) answer({ kind: 'dropped' });
  }

  #release(): void {
    this.#beat?.cancel();
    // A new connection repeats everything by itself.
    for (const timer of this.#again.values()) timer.cancel();
    this.#again.clear();
    const socket = this.#socket;
    this.#socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(1000);
  }

  #set(state: LinkState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}

function stopCause(code: number | undefined): StopCause | undefined {
  switch (code) {
    case CLOSE.signedOut:
      return 'signed_out';
    case CLOSE.replaced:
      return 'replaced';
    case CLOSE.version:
      return 'version';
    default:
      return undefined;
  }
}

/** Reads one frame; undefined for what is no message of the service. Its types are the service's promise. */
export function read(data: unknown): ServiceMessage | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(data);
    const named = typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
    return named ? (value as ServiceMessage) : undefined;
  } catch {
    return undefined;
  }
}
