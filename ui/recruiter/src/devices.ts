// Camera, microphone and speaker: opened, chosen, switched, and what to say when one cannot be had.
//
// Owns: the local tracks and the remembered choice.
// Never does: send anything anywhere.
import type { Tracks } from './peer';

export type Kind = 'camera' | 'microphone';

/** Why there is no picture or sound from here. */
export type Problem = 'insecure' | 'denied' | 'missing' | 'busy';

export type Device = { readonly id: string; readonly label: string };

export type Input = {
  readonly on: boolean;
  readonly track: MediaStreamTrack | null;
  readonly problem: Problem | undefined;
};

/** A snapshot of everything; replaced as a whole when something changes. */
export type DevicesState = {
  readonly phase: 'closed' | 'opening' | 'open';
  readonly camera: Input;
  readonly microphone: Input;
  readonly cameras: readonly Device[];
  readonly microphones: readonly Device[];
  readonly speakers: readonly Device[];
  readonly chosen: Chosen;
};

/** What is kept in this browser for the next time. */
export type Chosen = {
  readonly camera: string;
  readonly microphone: string;
  readonly speaker: string;
  readonly noise: boolean;
};

/** As much of `navigator.mediaDevices` as is used; undefined on a page that is not secure. */
export type Media = Pick<MediaDevices, 'getUserMedia' | 'enumerateDevices' | 'addEventListener'>;

type Store = Pick<Storage, 'getItem' | 'setItem'>;

const KEY = 'engawa.devices';
const OFF: Input = { on: true, track: null, problem: undefined };

export class Devices {
  #media: Media | undefined;
  #store: Store;
  #changed: (state: DevicesState) => void;
  #state: DevicesState;
  /** Rises with every opening, so that a slow answer to an old question is thrown away. */
  #turn: Record<Kind, number> = { camera: 0, microphone: 0 };

  constructor(media: Media | undefined, store: Store, changed: (state: DevicesState) => void) {
    this.#media = media;
    this.#store = store;
    this.#changed = changed;
    this.#state = {
      phase: 'closed', camera: OFF, microphone: OFF, cameras: [], microphones: [], speakers: [],
      chosen: recall(store),
    };
    media?.addEventListener('devicechange', () => void this.#plugged());
  }

  get state(): DevicesState {
    return this.#state;
  }

  get tracks(): Tracks {
    return { audio: this.#state.microphone.track, video: this.#state.camera.track };
  }

  /** Opens what is not open yet; afterwards each input has a track or a problem. */
  async open(): Promise<void> {
    if (this.#state.phase !== 'closed') return;
    this.#set({ phase: 'opening' });
    const turn = { camera: ++this.#turn.camera, microphone: ++this.#turn.microphone };
    const both = await this.#ask({ video: this.#wanted('camera'), audio: this.#wanted('microphone') });
    if (typeof both !== 'string') {
      this.#take('camera', turn.camera, both.getVideoTracks()[0] ?? 'missing');
      this.#take('microphone', turn.microphone, both.getAudioTracks()[0] ?? 'missing');
    } else {
      // One of the two is at fault; asking one by one tells which, and the other still works.
      this.#take('camera', turn.camera, await this.#one('camera'));
      this.#take('microphone', turn.microphone, await this.#one('microphone'));
    }
    await this.#list();
    if (this.state.phase === 'opening') this.#set({ phase: 'open' });
  }

  /** Stops camera and microphone; their lights go out. */
  close(): void {
    this.#turn.camera += 1;
    this.#turn.microphone += 1;
    this.#state.camera.track?.stop();
    this.#state.microphone.track?.stop();
    this.#set({
      phase: 'closed',
      camera: { ...this.#state.camera, track: null, problem: undefined },
      microphone: { ...this.#state.microphone, track: null, problem: undefined },
    });
  }

  /** An interview is over: closed, and on again for the next. */
  finish(): void {
    this.close();
    this.turn('microphone', true);
    this.turn('camera', true);
  }

  /** Chooses and opens another camera or microphone. */
  async choose(kind: Kind, id: string): Promise<void> {
    this.#remember({ [kind]: id });
    await this.#reopen(kind);
  }

  chooseSpeaker(id: string): void {
    this.#remember({ speaker: id });
  }

  /** Noise suppression by the browser. A running track does not take it everywhere, so it is opened anew. */
  async suppressNoise(noise: boolean): Promise<void> {
    this.#remember({ noise });
    await this.#reopen('microphone');
  }

  /** Turns an input on or off without closing it. */
  turn(kind: Kind, on: boolean): void {
    const input = this.#state[kind];
    if (input.track) input.track.enabled = on;
    this.#set({ [kind]: { ...input, on } });
  }

  /** Turns inputs off in one change: between two, whoever follows them would tell the others that one is on. */
  turnOff(off: Record<Kind, boolean>): void {
    const { microphone, camera } = this.#state;
    if (off.microphone && microphone.track) microphone.track.enabled = false;
    if (off.camera && camera.track) camera.track.enabled = false;
    this.#set({
      microphone: { ...microphone, on: microphone.on && !off.microphone },
      camera: { ...camera, on: camera.on && !off.camera },
    });
  }

  /** Asks once more for what could not be had. */
  async retry(): Promise<void> {
    if (!this.#state.camera.track) await this.#reopen('camera');
    if (!this.#state.microphone.track) await this.#reopen('microphone');
  }

  async #reopen(kind: Kind): Promise<void> {
    if (this.#state.phase === 'closed') return;
    const turn = ++this.#turn[kind];
    // Some systems give a device out only once: the old track goes before the new one is asked for.
    this.#state[kind].track?.stop();
    this.#take(kind, turn, await this.#one(kind));
    await this.#list();
  }

  async #one(kind: Kind): Promise<MediaStreamTrack | Problem> {
    const wanted = this.#wanted(kind);
    const stream = await this.#ask(kind === 'camera' ? { video: wanted } : { audio: wanted });
    if (typeof stream === 'string') return stream;
    return stream.getTracks()[0] ?? 'missing';
  }

  async #ask(constraints: MediaStreamConstraints): Promise<MediaStream | Problem> {
    if (!this.#media) return 'insecure';
    try {
      return await this.#media.getUserMedia(constraints);
    } catch (error) {
      return problem(error);
    }
  }

  #take(kind: Kind, turn: number, got: MediaStreamTrack | Problem): void {
    if (turn !== this.#turn[kind]) {
      if (typeof got !== 'string') got.stop();
      return;
    }
    const { on } = this.#state[kind];
    if (typeof got === 'string') {
      this.#set({ [kind]: { on, track: null, problem: got } });
      return;
    }
    got.enabled = on;
    if (kind === 'camera') got.contentHint = 'motion';
    got.onended = () => {
      if (this.#state[kind].track === got) this.#set({ [kind]: { ...this.#state[kind], track: null, problem: 'missing' } });
    };
    this.#set({ [kind]: { on, track: got, problem: undefined } });
  }

  #wanted(kind: Kind): MediaTrackConstraints {
    const { chosen } = this.#state;
    // "ideal": a remembered device that is not plugged in today must not leave the recruiter with none.
    const device = chosen[kind] ? { deviceId: { ideal: chosen[kind] } } : {};
    if (kind === 'camera') {
      return { ...device, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };
    }
    return { ...device, echoCancellation: true, autoGainControl: true, noiseSuppression: chosen.noise };
  }

  async #plugged(): Promise<void> {
    if (this.#state.phase !== 'open') return;
    await this.#list();
    for (const kind of ['camera', 'microphone'] as const) {
      const input = this.#state[kind];
      const some = kind === 'camera' ? this.#state.cameras : this.#state.microphones;
      if (!input.track && input.problem === 'missing' && some.length > 0) await this.#reopen(kind);
    }
  }

  async #list(): Promise<void> {
    const all = await this.#media?.enumerateDevices().catch(() => []);
    if (!all) return;
    const of = (kind: MediaDeviceKind): Device[] =>
      all.filter((d) => d.kind === kind && d.deviceId !== '').map((d) => ({ id: d.deviceId, label: d.label }));
    this.#set({ cameras: of('videoinput'), microphones: of('audioinput'), speakers: of('audiooutput') });
  }

  #remember(change: Partial<Chosen>): void {
    const chosen = { ...this.#state.chosen, ...change };
    this.#set({ chosen });
    try {
      this.#store.setItem(KEY, JSON.stringify(chosen));
    } catch {
      // A browser that keeps nothing still works, it only asks again next time.
    }
  }

  #set(change: Partial<DevicesState>): void {
    this.#state = { ...this.#state, ...change };
    this.#changed(this.#state);
  }
}

function problem(error: unknown): Problem {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'missing';
}

function recall(store: Store): Chosen {
  const fresh: Chosen = { camera: '', microphone: '', speaker: '', noise: true };
  try {
    const kept: unknown = JSON.parse(store.getItem(KEY) ?? 'null');
    if (typeof kept !== 'object' || kept === null) return fresh;
    const text = (name: string): string => {
      const value = (kept as Record<string, unknown>)[name];
      return typeof value === 'string' ? value : '';
    };
    const noise = !('noise' in kept) || kept.noise !== false;
    return { camera: text('camera'), microphone: text('microphone'), speaker: text('speaker'), noise };
  } catch {
    return fresh;
  }
}
