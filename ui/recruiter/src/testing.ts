// What the tests share: a clock that moves only when told to, and a way to let promises settle.
import type { Clock, Timer } from './clock';

export class PretendClock implements Clock {
  #now = 0;
  #waits: { at: number; then: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, then: () => void): Timer {
    const wait = { at: this.#now + ms, then };
    this.#waits.push(wait);
    return { cancel: () => (this.#waits = this.#waits.filter((w) => w !== wait)) };
  }

  /** Lets `ms` pass, firing what falls due in order and settling promises in between. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (let fired = 0; fired < 10_000; fired++) {
      await settle();
      const next = this.#waits.filter((w) => w.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) {
        this.#now = end;
        return;
      }
      this.#waits = this.#waits.filter((w) => w !== next);
      this.#now = next.at;
      next.then();
    }
    throw new Error('a timer fires without end');
  }
}

/** Lets everything that is already decided run: several rounds of the microtask queue. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 20; round++) await Promise.resolve();
}

type Track = { kind: 'audio' | 'video'; id: string };

/** A media track with a name. */
export function track(kind: 'audio' | 'video', id: string): MediaStreamTrack {
  return { kind, id } as Track as MediaStreamTrack;
}

type FakeTransceiver = {
  direction: string;
  currentDirection: string | null;
  sender: { track: unknown; replaceTrack(t: unknown): Promise<void>; getParameters(): unknown; setParameters(p: unknown): Promise<void> };
  receiver: { track: Track };
  parameters: { encodings: { maxBitrate?: number }[]; degradationPreference?: string };
};

/** The signaling half of an RTCPeerConnection (W3C WebRTC, section 4.3), without media. */
export class FakeConnection {
  signalingState: 'stable' | 'have-local-offer' | 'have-remote-offer' | 'closed' = 'stable';
  connectionState = 'new';
  iceConnectionState = 'new';
  localDescription: { type: string; sdp: string } | null = null;
  remoteDescription: { type: string; sdp: string } | null = null;
  onicecandidate: ((e: unknown) => void) | null = null;
  ontrack: ((e: unknown) => void) | null = null;
  oniceconnectionstatechange: (() => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  transceivers: FakeTransceiver[] = [];
  candidates: string[] = [];
  offers = 0;
  restarts = 0;

  get real(): RTCPeerConnection {
    return this as unknown as RTCPeerConnection;
  }

  addTransceiver(trackOrKind: Track | 'audio' | 'video', { direction }: { direction: string }): FakeTransceiver {
    const own = typeof trackOrKind === 'string' ? null : trackOrKind;
    const kind = typeof trackOrKind === 'string' ? trackOrKind : trackOrKind.kind;
    const parameters: FakeTransceiver['parameters'] = { encodings: [{}] };
    const transceiver: FakeTransceiver = {
      direction,
      currentDirection: null,
      parameters,
      receiver: { track: { kind, id: `received ${kind}` } },
      sender: {
        track: own,
        replaceTrack: (next) => {
          transceiver.sender.track = next;
          return Promise.resolve();
        },
        getParameters: () => parameters,
        setParameters: () => Promise.resolve(),
      },
    };
    this.transceivers.push(transceiver);
    return transceiver;
  }

  getTransceivers(): FakeTransceiver[] {
    return this.transceivers;
  }

  createOffer(options?: { iceRestart?: boolean }): Promise<{ type: string; sdp: string }> {
    this.offers += 1;
    if (options?.iceRestart) this.restarts += 1;
    return Promise.resolve({ type: 'offer', sdp: `offer ${this.transceivers.map((t) => t.receiver.track.kind).join(' ')}` });
  }

  setLocalDescription(description?: { type: string; sdp: string }): Promise<void> {
    const type = description?.type ?? (this.signalingState === 'have-remote-offer' ? 'answer' : 'offer');
    this.localDescription = description ?? { type, sdp: type };
    this.signalingState = type === 'offer' ? 'have-local-offer' : 'stable';
    return Promise.resolve();
  }

  setRemoteDescription(description: { type: string; sdp: string }): Promise<void> {
    if (description.sdp.includes('broken')) return Promise.reject(new Error('broken'));
    if (description.type === 'answer' && this.signalingState !== 'have-local-offer') return Promise.reject(new Error('state'));
    this.remoteDescription = description;
    this.signalingState = description.type === 'offer' ? 'have-remote-offer' : 'stable';
    const kinds = description.sdp.split(' ').slice(1) as ('audio' | 'video')[];
    if (description.type === 'offer' && this.transceivers.length === 0) {
      for (const kind of kinds) {
        const { receiver } = this.addTransceiver(kind, { direction: 'recvonly' });
        this.ontrack?.({ track: receiver.track });
      }
    }
    return Promise.resolve();
  }

  addIceCandidate({ candidate }: { candidate: string }): Promise<void> {
    if (!this.remoteDescription) return Promise.reject(new Error('too early'));
    this.candidates.push(candidate);
    return Promise.resolve();
  }

  close(): void {
    this.signalingState = 'closed';
  }

  /** Lets the browser say how the connection is. */
  becomes(connection: string, ice: string): void {
    this.connectionState = connection;
    this.iceConnectionState = ice;
    this.onconnectionstatechange?.();
  }
}
