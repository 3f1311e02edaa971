// The recruiter's desk: who is signed in, what the lobby shows, which page stands.
//
// Owns: the link, the devices and the one visit.
// Never does: draw, or decide what a room does.
import { signOut, whoAmI, type Me } from './api';
import { Bell } from './bell.svelte';
import { clock, steadyClock } from './clock';
import { receivable } from './codecs';
import type { Answer } from './commands';
import type { DevicesState } from './devices';
import { isPast } from './fold';
import { Inputs } from './inputs.svelte';
import * as keep from './keep';
import { noticeOf } from './knocks';
import { WORDS } from './lang';
import { Link, type LinkState } from './link';
import { Lobby } from './lobby.svelte';
import type { Place } from './place';
import type {
  ClientId, Command, IceServer, Locale, RoomId, RoomSummary, ServiceMessage,
} from './protocol';
import { interviewHash, routeOf, type Route } from './route';
import { summaryOf } from './rows';
import { interview, interviews, waitingRecords } from './schedule';
import { connect, randomId } from './socket';
import { Today } from './today.svelte';
import { Visit, type Outcome } from './visit.svelte';
import { Watch } from './watch.svelte';

export class Desk {
  place = $state.raw<Place>({ kind: 'loading' });
  me = $state.raw<Me | undefined>();
  /** What the address asks for, until it is done. */
  route = $state.raw<Route | undefined>(routeOf(location.hash));
  /** The interview that the address named is not there. */
  missing = $state(false);
  link = $state.raw<LinkState>({ kind: 'idle' });
  locale = $state<Locale>(keep.keptLocale());
  /** The service's clock, once a second. */
  now = $state(Date.now());
  words = $derived(WORDS[this.locale]);

  readonly lobby = new Lobby();
  readonly today = new Today({ interviews: () => interviews(), records: waitingRecords });
  readonly bell = new Bell();
  readonly inputs = new Inputs((before, now) => this.#inputsChanged(before, now));
  readonly client: ClientId = randomId();
  #link: Link;
  #iceServers: IceServer[] = [];
  #ahead = 0;
  #welcomed = false;

  constructor() {
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
    addEventListener('hashchange', () => this.#asked(routeOf(location.hash)));
  }

  /** Finds out who is signed in; asks until the service answers. */
  async start(): Promise<void> {
    if (this.route?.kind === 'first-sign-in') {
      this.place = { kind: 'first-sign-in', token: this.route.token };
      return;
    }
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
    // Whether this window was in a call, or what the address names, is only known with the first lobby.
    this.place = keep.keptRoom() || this.route ? { kind: 'loading' } : this.#home;
    this.#link.start();
  }

  /** Signed in by a one-time link, which is worth nothing from here on. */
  firstSignedIn(me: Me, room: RoomId | undefined): void {
    this.#address(room);
    this.route = routeOf(location.hash);
    // Whoever was signed in before is not any more.
    this.#link.stop();
    this.signedIn(me);
  }

  /** Away from a link that cannot be used. */
  toSignIn(): void {
    this.#address(undefined);
    this.route = undefined;
    this.place = { kind: 'loading' };
    void this.start();
  }

  async signOut(): Promise<void> {
    this.#forget();
    this.#address(undefined);
    this.#link.stop();
    this.place = { kind: 'sign-in', told: true };
    await signOut();
  }

  speak(locale: Locale): void {
    this.locale = locale;
    keep.keepLocale(locale);
  }

  /** "Let in": straight into the call when the devices were looked at before, else by the ready page. */
  admit(summary: RoomSummary): void {
    if (keep.keptReady() || this.place.kind === 'ready') this.enter(summary, true);
    else this.prepare(summary, true);
  }

  prepare(summary: RoomSummary, admit: boolean): void {
    this.#unwatch();
    // A reload of the ready page comes back to it, and the address can be handed on.
    this.#address(summary.room);
    this.place = { kind: 'ready', summary, admit, watch: new Watch(summary.room, this.#link) };
    this.inputs.open();
  }

  /** Into the call. Camera and microphone follow as soon as they are open; nobody waits for them. */
  enter(summary: RoomSummary, admit: boolean, takeOver = false): void {
    this.#unwatch();
    this.#address(undefined);
    keep.keepReady(true);
    keep.keepRoom(summary.room);
    const only = new URLSearchParams(location.search).get('codecs');
    const visit = new Visit({
      link: this.#link,
      clock,
      client: this.client,
      summary,
      codecs: receivable(RTCRtpReceiver.getCapabilities('video')?.codecs ?? [], only),
      tracks: this.inputs.tracks,
      on: this.inputs.on,
      makeConnection: () => new RTCPeerConnection({ iceServers: this.#iceServers, bundlePolicy: 'max-bundle' }),
      makeStream: () => new MediaStream(),
      fetch: (path, init) => fetch(path, init),
      digest: crypto.subtle ? (bytes) => crypto.subtle.digest('SHA-256', bytes) : undefined,
      read: keep.keptRead(summary.room),
      onRead: (event) => keep.keepRead(summary.room, event),
      silence: (off) => this.inputs.silence(off),
      over: (outcome) => this.#over(summary, outcome),
    });
    this.place = { kind: 'call', visit };
    visit.enter(admit, takeOver);
    this.inputs.open();
  }

  command(room: RoomId, command: Command): Promise<Answer> {
    return this.#link.command(room, command);
  }

  toDay(): void {
    this.#unwatch();
    this.#free();
    this.#address(undefined);
    this.missing = false;
    this.place = this.#home;
    if (this.place.kind === 'day') void this.today.refresh();
  }

  /** Staff sit in no interview: their page is the floor. */
  get #home(): Place {
    return this.me?.role === 'staff' ? { kind: 'floor' } : { kind: 'day' };
  }

  /** The accounts that a company's admin or the staff look after. */
  toAccounts(): void {
    if (this.place.kind === 'call') return;
    this.toDay();
    this.place = { kind: 'accounts' };
  }

  /** Takes the seat or the sign-in back from the window that took it. */
  here(): void {
    const summary = this.place.kind === 'replaced' ? this.place.summary : undefined;
    this.#link.start();
    const current = summary && this.lobby.find(summary.room);
    if (current?.progress === 'in_call') this.enter(current, false, true);
    else this.toDay();
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
        for (const { room, progress } of message.rooms) if (isPast(progress)) keep.keepRead(room, undefined);
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
    const notices = fresh.map((knock) => ({ ...noticeOf(this.words, knock), clicked: () => (this.lobby.chosen = knock.room) }));
    // Nothing sounds in a call but the people in it.
    this.bell.ring(this.words, this.lobby.rung.map((knock) => noticeOf(this.words, knock)), notices, this.place.kind === 'call');
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
    if (summary?.progress === 'in_call') {
      this.route = undefined;
      this.enter(summary, false, true);
    } else if (this.route) void this.#follow(this.route);
    else if (this.place.kind === 'loading') this.toDay();
  }

  /** The address was changed by hand or by a link, in a page that stands. */
  #asked(route: Route | undefined): void {
    if (!route || this.place.kind === 'call') return;
    this.route = route;
    if (route.kind === 'first-sign-in') this.place = { kind: 'first-sign-in', token: route.token };
    else if (this.me && this.#welcomed) void this.#follow(route);
  }

  /** Opens the interview that the address names. */
  async #follow(route: Route): Promise<void> {
    this.route = undefined;
    if (route.kind !== 'interview') return;
    const known = this.lobby.find(route.room);
    const asked = known ? undefined : await interview(route.room);
    // The person may have gone elsewhere meanwhile.
    if (this.place.kind === 'call' || !this.me) return;
    const summary = known ?? (asked?.kind === 'ok' ? summaryOf(asked.value, this.lobby.booths) : undefined);
    if (summary) {
      this.prepare(summary, true);
      return;
    }
    this.toDay();
    this.missing = true;
  }

  /** Names the interview in the address, or nothing. */
  #address(room: RoomId | undefined): void {
    history.replaceState(null, '', room === undefined ? location.pathname + location.search : interviewHash(room));
  }

  #over(summary: RoomSummary, outcome: Outcome): void {
    // The seat went to another window; taken back, it is as it was.
    if (outcome.kind === 'replaced') {
      this.inputs.close();
      keep.keepRoom(undefined);
    } else {
      this.#free();
    }
    if (outcome.kind === 'ended') keep.keepRead(summary.room, undefined);
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
    this.inputs.close();
    switch (state.cause) {
      case 'signed_out':
        this.#forget();
        // Signed in again, one is back at the interview that was looked at.
        this.route = routeOf(location.hash);
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
    this.bell.clear();
  }

  #unwatch(): void {
    if (this.place.kind === 'ready') this.place.watch.close();
  }

  /** In no interview. */
  #free(): void {
    this.inputs.finish();
    keep.keepRoom(undefined);
  }

  #inputsChanged(before: DevicesState, { phase, camera, microphone }: DevicesState): void {
    if (this.place.kind !== 'call' || phase === 'closed') return;
    const { visit } = this.place;
    if (before.camera.track !== camera.track || before.microphone.track !== microphone.track) {
      visit.use({ audio: microphone.track, video: camera.track });
    }
    visit.turned(this.inputs.on);
  }

  #setClock(now: number): void {
    this.#ahead = now - Date.now();
    this.now = now;
  }
}

function unknownMessage(_message: never): void {}
