// The page's WebSocket: comes back by itself, takes up where it was, repeats what was not answered.
//
// Owns: hello, heartbeat, what is followed, commands until they are answered.
// Never does: fold events or decide what a refusal means.
import type { Clock, Timer } from './clock';
import { Commands, type Answer } from './commands';
import { CLOSE, LIMITS, PROTOCOL } from './protocol';
import type {
  BoothId, ClientId, ClientMessage, Command, Peer, RoomId, ServiceMessage, Signal,
} from './protocol';
import { read, stopCause, type Socket, type StopCause } from './socket';

export type LinkState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting'; readonly tries: number }
  | { readonly kind: 'up' }
  | { readonly kind: 'down'; readonly tries: number }
  | { readonly kind: 'stopped'; readonly cause: StopCause };

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

const FIRST_RETRY_MS = 300;
const LONGEST_RETRY_MS = 5_000;
/** A connection that has not said welcome by then is given up. */
const OPEN_MS = 10_000;
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
  #commands: Commands;
  #followed = new Map<RoomId, () => number>();
  /** Signals that could not go out while the line was away, oldest first. */
  #held: { room: RoomId; text: string }[] = [];

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#commands = new Commands(options.clock, (text) => {
      if (this.#state.kind === 'up') this.#socket?.send(text);
    });
  }

  get state(): LinkState {
    return this.#state;
  }

  /** The number of the latest command; later ones have higher numbers. */
  get count(): number {
    return this.#commands.count;
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
    return this.#commands.say(room, command);
  }

  /** Staff: answers a booth's call. What the line loses is pressed again: the floor tells what holds. */
  attend(booth: BoothId, on: boolean): void {
    this.#sendUp({ type: 'attend', booth, on });
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
      this.#commands.answered(message);
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
    this.#commands.repeat();
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
    this.#commands.drop();
  }

  #release(): void {
    this.#beat?.cancel();
    this.#commands.pause();
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
