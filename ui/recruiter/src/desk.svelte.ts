// The recruiter's desk: who is signed in, what the lobby shows, which page stands.
//
// Owns: the link, the devices and the one visit.
// Never does: draw, or decide what a room does.
import { signOut, whoAmI } from './api';
import { clock, steadyClock } from './clock';
import { receivable } from './codecs';
import { Devices, type DevicesState, type Kind } from './devices';
import type { Room } from './fold';
import * as keep from './keep';
import { WORDS } from './lang';
import { Link, type Answer, type LinkState, type Socket } from './link';
import { Lobby } from './lobby.svelte';
import { Notices } from './notice';
import type {
  ClientId, Command, IceServer, Locale, Me, Refusal, RoomId, RoomSummary, ServiceMessage,
} from './protocol';
import { interviews, waitingRecords } from './schedule';
import { Sound } from './sound';
import { Today } from './today.svelte';
import { Visit, type Outcome } from './visit.svelte';
import { Watch } from './watch.svelte';

/** Where the recruiter is. */
export type Place =
  | { kind: 'loading' }
  | { kind: 'sign-in'; told: boolean }
  | { kind: 'day' }
  | { kind: 'ready'; summary: RoomSummary; admit: boolean; watch: Watch }
  | { kind: 'call'; visit: Visit }
  | { kind: 'ended'; summary: RoomSummary; room: Room | undefined; left: boolean; refused: Refusal | undefined }
  | { kind: 'replaced'; summary: RoomSummary | undefined }
  | { kind: 'version' };

export class Desk {
  place = $state.raw<Place>({ kind: 'loading' });
  me = $state.raw<Me | undefined>();
  link = $state.raw<LinkState>({ kind: 'idle' });
  devices = $state.raw<DevicesState>();
  locale = $state<Locale>(keep.keptLocale());
  loudness = $state<keep.Loudness>(keep.keptLoudness());
  soundBlocked = $state(true);
  /** The service's clock, once a second. */
  now = $state(Date.now());
  /** The newest knock in words, for a screen reader. */
  announced = $state('');
  words = $derived(WORDS[this.locale]);

  readonly lobby = new Lobby();
  readonly today = new Today({ interviews: () => interviews(), records: waitingRecords });
  readonly sound: Sound;
  readonly client: ClientId = randomId();
  #notices = new Notices();
  #devices: Devices;
  #link: Link;
  #iceServers: IceServer[] = [];
  #ahead = 0;
  #welcomed = false;

  constructor() {
    this.sound = new Sound(() => (this.soundBlocked = this.sound.blocked));
    this.#devices = new Devices(navigator.mediaDevices, localStorage, (state) => this.#devicesChanged(state));
    this.devices = this.#devices.state;
    const on = keep.keptOn();
    this.#devices.turn('microphone', on.microphone);
    this.#devices.turn('camera', on.camera);
    this.#link = new Link({
      connect,
      clock: steadyClock(new Worker(new URL('./beat.worker.ts', import.meta.url), { type: 'module' })),
      client: this.client,
      random: Math.random,
      signedIn: async () => (await whoAmI()) !== null,
      onState: (state) => this.#linkChanged(state),
      onMessage: (message) => this.#receive(message),
    });
    setInterval(() => (this.now = Date.now() + this.#ahead), 1_000);
    addEventListener('online', () => this.#link.online());
  }

  /** Finds out who is signed in; asks until the service answers. */
  async start(): Promise<void> {
    const me = await whoAmI();
    if (me === undefined) {
      clock.after(1_500, () => void this.start());
      return;
    }
    if (me === null) this.place = { kind: 'sign-in', told: false };
    else this.signedIn(me);
  }

  signedIn(me: Me): void {
    this.me = me;
    this.#welcomed = false;
    // Whether this window was in a call is only known with the first lobby.
    this.place = keep.keptRoom() ? { kind: 'loading' } : { kind: 'day' };
    this.#link.start();
  }

  async signOut(): Promise<void> {
    this.#forget();
    this.#link.stop();
    this.place = { kind: 'sign-in', told: true };
    await signOut();
  }

  speak(locale: Locale): void {
    this.locale = locale;
    keep.keepLocale(locale);
  }

  ring(loudness: keep.Loudness): void {
    this.loudness = loudness;
    keep.keepLoudness(loudness);
    void this.sound.unlock().then(() => this.sound.knock(loudness));
  }

  /** "Let in": straight into the call when the devices were looked at before, else by the ready page. */
  admit(summary: RoomSummary): void {
    if (keep.keptReady()) this.enter(summary, true);
    else this.prepare(summary, true);
  }

  prepare(summary: RoomSummary, admit: boolean): void {
    this.#unwatch();
    this.place = { kind: 'ready', summary, admit, watch: new Watch(summary.room, this.#link) };
    void this.#devices.open();
  }

  /** Into the call. Camera and microphone follow as soon as they are open; nobody waits for them. */
  enter(summary: RoomSummary, admit: boolean, takeOver = false): void {
    this.#unwatch();
    keep.keepReady(true);
    keep.keepRoom(summary.room);
    const { microphone, camera } = this.#devices.state;
    const only = new URLSearchParams(location.search).get('codecs');
    const visit = new Visit({
      link: this.#link,
      clock,
      client: this.client,
      summary,
      codecs: receivable(RTCRtpReceiver.getCapabilities('video')?.codecs ?? [], only),
      tracks: this.#devices.tracks,
      on: { microphone: microphone.on && !microphone.problem, camera: camera.on && !camera.problem },
      makeConnection: () => new RTCPeerConnection({ iceServers: this.#iceServers, bundlePolicy: 'max-bundle' }),
      makeStream: () => new MediaStream(),
      fetch: (path, init) => fetch(path, init),
      digest: crypto.subtle ? (bytes) => crypto.subtle.digest('SHA-256', bytes) : undefined,
      silence: (off) => this.#silence(off),
      over: (outcome) => this.#over(summary, outcome),
    });
    this.place = { kind: 'call', visit };
    visit.enter(admit, takeOver);
    void this.#devices.open();
  }

  command(room: RoomId, command: Command): Promise<Answer> {
    return this.#link.command(room, command);
  }

  toDay(): void {
    this.#unwatch();
    this.#free();
    this.place = { kind: 'day' };
    void this.today.refresh();
  }

  /** Takes the seat or the sign-in back from the window that took it. */
  here(): void {
    const summary = this.place.kind === 'replaced' ? this.place.summary : undefined;
    this.#link.start();
    const current = summary && this.lobby.find(summary.room);
    if (current?.progress === 'in_call') this.enter(current, false, true);
    else this.toDay();
  }

  turn(kind: Kind, on: boolean): void {
    this.#devices.turn(kind, on);
    keep.keepOn({ microphone: this.#devices.state.microphone.on, camera: this.#devices.state.camera.on });
  }

  choose(kind: Kind | 'speaker', id: string): void {
    if (kind === 'speaker') this.#devices.chooseSpeaker(id);
    else void this.#devices.choose(kind, id);
  }

  suppressNoise(noise: boolean): void {
    void this.#devices.suppressNoise(noise);
  }

  retryDevices(): void {
    void this.#devices.retry();
  }

  #receive(message: ServiceMessage): void {
    switch (message.type) {
      case 'welcome':
        this.#iceServers = message.ice_servers;
        this.#setClock(message.now);
        return;
      case 'lobby':
        this.#tell(this.lobby.update(message, this.me?.account ?? ''));
        this.today.lobby(message.rooms);
        this.#comeBack();
        return;
      case 'still':
        this.lobby.picture(message);
        return;
      case 'events':
      case 'signal':
        if (this.place.kind === 'call') this.place.visit.receive(message);
        if (this.place.kind === 'ready') this.place.watch.receive(message);
        return;
      case 'pong':
        this.#setClock(message.now);
        return;
      case 'fault':
        console.warn('the service could not take a message:', message.fault, message.text);
        return;
      case 'done':
      case 'refused':
      case 'directory':
      case 'queue':
      case 'invited':
      case 'floor':
      case 'staff_call':
      case 'not_invited':
        return;
      default:
        return unknownMessage(message);
    }
  }

  #tell(fresh: RoomSummary[]): void {
    this.#notices.keep(this.lobby.rung);
    // Nothing sounds in a call but the people in it.
    if (fresh.length > 0 && this.place.kind !== 'call') this.sound.knock(this.loudness);
    for (const knock of fresh) {
      this.announced = this.words.knock.announce(knock.guest, knock.booth);
      this.#notices.tell(this.words, knock, () => (this.lobby.chosen = knock.room));
    }
    if (this.lobby.rung.length === 0) this.announced = '';
  }

  /** With the first lobby after a reload in a call: the same room again, as it was. */
  #comeBack(): void {
    if (this.#welcomed) return;
    this.#welcomed = true;
    // A duplicated window has the same memory, but must not take the seat from the first one.
    const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    const kept = navigation?.type === 'reload' ? keep.keptRoom() : undefined;
    const summary = kept ? this.lobby.find(kept) : undefined;
    // The seat that a reload left behind is this window's own.
    if (summary?.progress === 'in_call') this.enter(summary, false, true);
    else if (this.place.kind === 'loading') this.toDay();
  }

  #over(summary: RoomSummary, outcome: Outcome): void {
    // The seat went to another window; taken back, it is as it was.
    if (outcome.kind === 'replaced') {
      this.#devices.close();
      keep.keepRoom(undefined);
    } else {
      this.#free();
    }
    switch (outcome.kind) {
      case 'ended':
      case 'left':
        this.place = { kind: 'ended', summary, room: outcome.room, left: outcome.kind === 'left', refused: undefined };
        return;
      case 'refused':
        this.place = { kind: 'ended', summary, room: undefined, left: false, refused: outcome.reason };
        return;
      case 'replaced':
        this.place = { kind: 'replaced', summary };
        return;
    }
  }

  #linkChanged(state: LinkState): void {
    this.link = state;
    if (this.place.kind === 'call') this.place.visit.line(state.kind === 'up');
    if (state.kind !== 'stopped') return;
    const summary = this.place.kind === 'call' ? this.place.visit.summary : undefined;
    if (this.place.kind === 'call') this.place.visit.close();
    this.#unwatch();
    this.#devices.close();
    switch (state.cause) {
      case 'signed_out':
        this.#forget();
        this.place = { kind: 'sign-in', told: true };
        return;
      case 'replaced':
        this.place = { kind: 'replaced', summary };
        return;
      case 'version':
        this.place = { kind: 'version' };
        return;
    }
  }

  #forget(): void {
    if (this.place.kind === 'call') this.place.visit.close();
    this.#unwatch();
    this.#free();
    this.me = undefined;
    this.lobby.clear();
    this.today.clear();
    this.announced = '';
    this.#notices.keep([]);
  }

  #unwatch(): void {
    if (this.place.kind === 'ready') this.place.watch.close();
  }

  /** The room turned inputs off; they are shown off, and can be turned on again. */
  #silence(off: { microphone: boolean; camera: boolean }): void {
    if (off.microphone) this.turn('microphone', false);
    if (off.camera) this.turn('camera', false);
  }

  /** In no interview: nothing is open, and the next one begins with everything on. */
  #free(): void {
    this.#devices.finish();
    keep.keepRoom(undefined);
    keep.keepOn({ microphone: true, camera: true });
  }

  #devicesChanged(state: DevicesState): void {
    const before = this.devices;
    this.devices = state;
    if (this.place.kind !== 'call' || state.phase === 'closed') return;
    const { visit } = this.place;
    const { camera, microphone } = state;
    if (before?.camera.track !== camera.track || before?.microphone.track !== microphone.track) {
      visit.use({ audio: microphone.track, video: camera.track });
    }
    visit.turned({ microphone: microphone.on && !microphone.problem, camera: camera.on && !camera.problem });
  }

  #setClock(now: number): void {
    this.#ahead = now - Date.now();
    this.now = now;
  }
}

function connect(): Socket {
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`);
  return socket as Socket;
}

function randomId(): ClientId {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
}

function unknownMessage(_message: never): void {}
