// One RTCPeerConnection: perfect negotiation (RFC 8829), one step after the other.
//
// Owns: descriptions, candidates and the tracks sent over one connection.
// Never does: decide that a connection should exist, end or be built anew (call.ts, heal.ts).
import type { Health } from './heal';
import type { Signal } from './protocol';

/** What this page sends; null where there is no device. */
export type Tracks = { readonly audio: MediaStreamTrack | null; readonly video: MediaStreamTrack | null };

export type PeerOptions = {
  pc: RTCPeerConnection;
  /** The polite side gives way when both offer at once. */
  polite: boolean;
  tracks: Tracks;
  send: (signal: Signal) => void;
  onTrack: (track: MediaStreamTrack) => void;
  onHealth: (health: Health) => void;
};

/** Enough for a face at 720p without starving the others on an office line. */
const VIDEO_BITS_PER_SECOND = 1_500_000;
const MOST_STEPS = 512;
const MOST_CANDIDATES = 128;

export class Peer {
  #options: PeerOptions;
  #pc: RTCPeerConnection;
  #tracks: Tracks;
  #chain: Promise<void> = Promise.resolve();
  #steps = 0;
  #closed = false;
  /** The last offer of the other side lost a collision, so its candidates mean nothing here. */
  #ignoring = false;
  #early: RTCIceCandidateInit[] = [];

  constructor(options: PeerOptions) {
    this.#options = options;
    this.#pc = options.pc;
    this.#tracks = options.tracks;
    const { pc } = options;
    pc.onicecandidate = ({ candidate }) => {
      options.send({ type: 'candidate', candidate: candidate?.candidate ?? '', line: candidate?.sdpMLineIndex ?? 0 });
    };
    pc.ontrack = ({ track }) => options.onTrack(track);
    pc.oniceconnectionstatechange = pc.onconnectionstatechange = () => options.onHealth(health(pc));
  }

  /** Makes the first offer; only the lower seat does. */
  begin(): void {
    this.#then(async () => {
      this.#pc.addTransceiver(this.#tracks.audio ?? 'audio', { direction: 'sendrecv' });
      this.#pc.addTransceiver(this.#tracks.video ?? 'video', { direction: 'sendrecv' });
      await this.#offer();
    });
  }

  /** Takes what the other side sent. */
  receive(signal: Exclude<Signal, { type: 'rebuild' }>): void {
    this.#then(() => this.#take(signal));
  }

  /** Asks for new paths over the same connection. */
  restart(): void {
    this.#then(async () => {
      // Before the first description there is nothing to restart.
      if (this.#pc.signalingState !== 'stable' || !this.#pc.remoteDescription) return;
      await this.#offer({ iceRestart: true });
    });
  }

  /** Sends other tracks from now on. */
  use(tracks: Tracks): void {
    this.#tracks = tracks;
    this.#then(() => this.#attach());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const pc = this.#pc;
    pc.onicecandidate = pc.ontrack = pc.oniceconnectionstatechange = pc.onconnectionstatechange = null;
    pc.close();
  }

  /** One step at a time: a candidate never overtakes the description it belongs to. */
  #then(step: () => Promise<void>): void {
    if (this.#closed || this.#steps >= MOST_STEPS) return;
    this.#steps += 1;
    this.#chain = this.#chain.then(async () => {
      this.#steps -= 1;
      if (this.#closed) return;
      try {
        await step();
      } catch {
        // What the other side sent could not be taken. Nothing of it is kept, and a connection
        // that does not come up because of it is built anew.
      }
    });
  }

  async #offer(options?: RTCOfferOptions): Promise<void> {
    const pc = this.#pc;
    await pc.setLocalDescription(await pc.createOffer(options));
    this.#send('offer');
  }

  #send(type: 'offer' | 'answer'): void {
    const sdp = this.#pc.localDescription?.sdp;
    if (sdp && !this.#closed) this.#options.send({ type, sdp });
  }

  async #take(signal: Exclude<Signal, { type: 'rebuild' }>): Promise<void> {
    const pc = this.#pc;
    switch (signal.type) {
      case 'offer': {
        const collision = pc.signalingState !== 'stable';
        this.#ignoring = collision && !this.#options.polite;
        if (this.#ignoring) return;
        await pc.setRemoteDescription({ type: 'offer', sdp: signal.sdp });
        await this.#attach();
        await pc.setLocalDescription();
        this.#send('answer');
        await this.#tune();
        await this.#flush();
        // The collision took our own offer back; its wish for new paths still stands.
        if (collision) await this.#offer({ iceRestart: true });
        return;
      }
      case 'answer':
        if (pc.signalingState !== 'have-local-offer') return;
        await pc.setRemoteDescription({ type: 'answer', sdp: signal.sdp });
        // The other side has given way: its candidates are for this offer from here on.
        this.#ignoring = false;
        await this.#tune();
        await this.#flush();
        return;
      case 'candidate': {
        const candidate = { candidate: signal.candidate, sdpMLineIndex: signal.line };
        if (this.#ignoring) return;
        if (pc.remoteDescription) await pc.addIceCandidate(candidate);
        else if (this.#early.length < MOST_CANDIDATES) this.#early.push(candidate);
        return;
      }
      default:
        return unknownSignal(signal);
    }
  }

  async #flush(): Promise<void> {
    for (const candidate of this.#early.splice(0)) {
      await this.#pc.addIceCandidate(candidate).catch(() => undefined);
    }
  }

  /** Puts the own tracks on the transceivers that the offer made, so that nobody negotiates twice. */
  async #attach(): Promise<void> {
    for (const transceiver of this.#pc.getTransceivers()) {
      if (transceiver.currentDirection === 'stopped') continue;
      const track = transceiver.receiver.track.kind === 'audio' ? this.#tracks.audio : this.#tracks.video;
      if (transceiver.direction !== 'sendrecv') transceiver.direction = 'sendrecv';
      if (transceiver.sender.track !== track) await transceiver.sender.replaceTrack(track);
    }
  }

  /** A face should move smoothly; it may lose sharpness when the line is narrow. */
  async #tune(): Promise<void> {
    for (const { sender, receiver } of this.#pc.getTransceivers()) {
      if (receiver.track.kind !== 'video') continue;
      const parameters: RTCRtpSendParameters & { degradationPreference?: string } = sender.getParameters();
      const [encoding] = parameters.encodings;
      if (!encoding) continue;
      encoding.maxBitrate = VIDEO_BITS_PER_SECOND;
      parameters.degradationPreference = 'maintain-framerate';
      // Not every browser takes every wish; the call goes on with its own choice.
      await sender.setParameters(parameters).catch(() => undefined);
    }
  }
}

function health(pc: RTCPeerConnection): Health {
  if (pc.connectionState === 'failed' || pc.iceConnectionState === 'failed') return 'failed';
  if (pc.iceConnectionState === 'disconnected') return 'shaky';
  return pc.connectionState === 'connected' ? 'well' : 'new';
}

function unknownSignal(_signal: never): void {}
