// The recruiter's desk: who is signed in, what the lobby shows, which page stands.
//
// Owns: the link, the devices and the one visit.
// Never does: draw, or decide what a room does.
import { Address } from './address.svelte';
import { signOut, whoAmI } from './api';
import { clock, steadyClock } from './clock';
import type { Answer } from './commands';
import type { DevicesState } from './devices';
import { Hall, type Listener } from './hall.svelte';
import { Inputs } from './inputs.svelte';
import * as keep from './keep';
import { WORDS } from './lang';
import { Link, type LinkState } from './link';
import { placeAfter, placeOfStop, type Place } from './place';
import type {
  BoothId, ClientId, Command, IceServer, Locale, Me, Millis, RoomId, RoomSummary, ServiceMessage,
} from './protocol';
import type { Route } from './route';
import { ServiceTime } from './servicetime.svelte';
import { connect, randomId } from './socket';
import type { Outcome } from './visit.svelte';
import { visitOf } from './visits';
import { Watch } from './watch.svelte';

export class Desk {
  place = $state.raw<Place>({ kind: 'loading' });
  me = $state.raw<Me | undefined>();
  /** The interview that the address named is not there. */
  missing = $state(false);
  link = $state.raw<LinkState>({ kind: 'idle' });
  locale = $state<Locale>(keep.keptLocale());
  words = $derived(WORDS[this.locale]);

  readonly address = new Address((route) => this.#asked(route));
  #hall = new Hall();
  readonly lobby = this.#hall.lobby;
  readonly floor = this.#hall.floor;
  readonly machines = this.#hall.machines;
  readonly today = this.#hall.today;
  readonly bell = this.#hall.bell;
  readonly inputs = new Inputs((before, now) => this.#inputsChanged(before, now));
  readonly client: ClientId = randomId();
  #link: Link;
  #iceServers: IceServer[] = [];
  #time = new ServiceTime();
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
    setInterval(() => this.#tick(), 1_000);
    addEventListener('online', () => this.#link.online());
  }

  /** The service's clock, once a second. */
  get now(): Millis {
    return this.#time.now;
  }

  /** Finds out who is signed in; asks until the service answers. */
  async start(): Promise<void> {
    const { route } = this.address;
    if (route?.kind === 'first-sign-in') {
      this.place = { kind: 'first-sign-in', token: route.token };
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
    this.place = keep.keptRoom() || this.address.route ? { kind: 'loading' } : this.#home;
    this.#link.start();
  }

  /** Signed in by a one-time link, which is worth nothing from here on. */
  firstSignedIn(me: Me, room: RoomId | undefined): void {
    this.address.ask(room);
    // Whoever was signed in before is not any more.
    this.#link.stop();
    this.signedIn(me);
  }

  /** Away from a link that cannot be used. */
  toSignIn(): void {
    this.address.ask(undefined);
    this.place = { kind: 'loading' };
    void this.start();
  }

  async signOut(): Promise<void> {
    this.#forget();
    this.address.name(undefined);
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
    this.address.name(summary.room);
    this.place = { kind: 'ready', summary, admit, watch: new Watch(summary.room, this.#link) };
    this.inputs.open();
  }

  /** Into the call. Camera and microphone follow as soon as they are open; nobody waits for them. */
  enter(summary: RoomSummary, admit: boolean, takeOver = false): void {
    this.#unwatch();
    this.address.name(undefined);
    keep.keepReady(true);
    keep.keepRoom(summary.room);
    const visit = visitOf({
      link: this.#link,
      client: this.client,
      summary,
      inputs: this.inputs,
      iceServers: () => this.#iceServers,
      over: (outcome) => this.#over(summary, outcome),
    });
    this.place = { kind: 'call', visit };
    visit.enter(admit, takeOver);
    this.inputs.open();
  }

  command(room: RoomId, command: Command): Promise<Answer> {
    return this.#link.command(room, command);
  }

  /** Staff: on the way to a booth that calls, or done there. */
  attend(booth: BoothId, on: boolean): void {
    this.#link.attend(booth, on);
  }

  toDay(): void {
    this.#unwatch();
    this.#free();
    this.address.name(undefined);
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
        this.#time.set(message.now);
        return;
      case 'lobby':
        this.#hall.hosts(message, this.#listener);
        this.#comeBack();
        return;
      case 'floor':
        this.#hall.staff(message, this.#listener);
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
        this.#time.set(message.now);
        return;
      case 'fault':
        console.warn('the service could not take a message:', message.fault, message.text);
        return;
      case 'done':
      case 'refused':
      case 'directory':
      case 'queue':
      case 'invited':
      case 'staff_call':
      case 'not_invited':
        return;
      default:
        return unknownMessage(message);
    }
  }

  get #listener(): Listener {
    const { words, locale } = this;
    return { account: this.me?.account ?? '', words, locale, silent: this.place.kind === 'call', toFloor: () => this.toDay() };
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
      this.address.route = undefined;
      this.enter(summary, false, true);
    } else if (this.address.route) void this.#follow(this.address.route);
    else if (this.place.kind === 'loading') this.toDay();
  }

  /** The address was changed by hand or by a link, in a page that stands. */
  #asked(route: Route): void {
    if (this.place.kind === 'call') return;
    this.address.route = route;
    if (route.kind === 'first-sign-in') {
      this.#unwatch();
      this.place = { kind: 'first-sign-in', token: route.token };
    } else if (this.me && this.#welcomed) void this.#follow(route);
  }

  /** Opens the interview that the address names. */
  async #follow(route: Route): Promise<void> {
    this.address.route = undefined;
    if (route.kind !== 'interview') return;
    if (this.me?.role === 'staff') {
      this.toDay();
      return;
    }
    const summary = await this.#hall.summary(route.room);
    // The person may have gone elsewhere meanwhile.
    if (this.place.kind === 'call' || !this.me) return;
    if (summary) {
      this.prepare(summary, true);
      return;
    }
    this.toDay();
    this.missing = true;
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
    this.place = placeAfter(summary, outcome);
  }

  #linkChanged(state: LinkState): void {
    this.link = state;
    if (this.place.kind === 'call') this.place.visit.line(state.kind === 'up');
    if (state.kind !== 'stopped') return;
    const summary = this.place.kind === 'call' ? this.place.visit.summary : undefined;
    if (this.place.kind === 'call') this.place.visit.close();
    this.#unwatch();
    this.inputs.close();
    if (state.cause === 'signed_out') {
      this.#forget();
      // Signed in again, one is back at the interview that was looked at.
      this.address.again();
    }
    this.place = placeOfStop(state.cause, summary);
  }

  #forget(): void {
    if (this.place.kind === 'call') this.place.visit.close();
    this.#unwatch();
    this.#free();
    this.me = undefined;
    this.#hall.clear();
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

  #tick(): void {
    this.#time.tick();
    if (document.hidden) return;
    if (this.place.kind === 'day') this.today.look(this.now);
    if (this.place.kind === 'floor') void this.machines.look(this.now);
  }
}

function unknownMessage(_message: never): void {}
