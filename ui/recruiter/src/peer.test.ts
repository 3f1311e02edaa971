import { describe, expect, it } from 'vitest';
import { Peer, type Tracks } from './peer';
import type { Signal } from './protocol';
import { FakeConnection, settle, track } from './testing';

type Sent = Exclude<Signal, { type: 'rebuild' }>;

class End {
  pc = new FakeConnection();
  sent: Sent[] = [];
  received: string[] = [];
  peer: Peer;

  constructor(polite: boolean, tracks: Tracks) {
    this.peer = new Peer({
      pc: this.pc.real,
      polite,
      tracks,
      send: (signal) => signal.type !== 'rebuild' && this.sent.push(signal),
      onTrack: (t) => this.received.push(t.id),
      onHealth: () => undefined,
    });
  }
}

/** Carries what was sent between two ends until nobody says anything more. */
async function talk(a: End, b: End): Promise<void> {
  for (let round = 0; round < 10; round++) {
    await settle();
    const [fromA, fromB] = [a.sent.splice(0), b.sent.splice(0)];
    if (fromA.length + fromB.length === 0) return;
    for (const signal of fromA) b.peer.receive(signal);
    for (const signal of fromB) a.peer.receive(signal);
  }
  throw new Error('they never come to an end');
}

const tracks = (who: string): Tracks => ({ audio: track('audio', `${who} audio`), video: track('video', `${who} video`) });
const sending = (end: End) => end.pc.transceivers.map((t) => (t.sender.track as { id: string } | null)?.id ?? null);

describe('one connection', () => {
  it('is agreed in a single round, with the own tracks on what the offer made', async () => {
    const low = new End(false, tracks('low'));
    const high = new End(true, tracks('high'));
    low.peer.begin();
    await talk(low, high);
    expect([low.pc.signalingState, high.pc.signalingState]).toEqual(['stable', 'stable']);
    expect(sending(high)).toEqual(['high audio', 'high video']);
    expect(sending(low)).toEqual(['low audio', 'low video']);
    expect(high.pc.transceivers.map((t) => t.direction)).toEqual(['sendrecv', 'sendrecv']);
    expect(high.received).toEqual(['received audio', 'received video']);
    expect([low.pc.offers, high.pc.offers]).toEqual([1, 0]);
    for (const { pc } of [low, high]) {
      expect(pc.transceivers[1]!.parameters).toMatchObject({
        encodings: [{ maxBitrate: 1_500_000 }], degradationPreference: 'maintain-framerate',
      });
    }
  });

  it('carries both kinds even without devices, so that a camera plugged in later needs no new offer', async () => {
    const low = new End(false, { audio: null, video: null });
    const high = new End(true, { audio: null, video: null });
    low.peer.begin();
    await talk(low, high);
    high.peer.use(tracks('high'));
    await talk(low, high);
    expect(sending(high)).toEqual(['high audio', 'high video']);
    expect([low.pc.offers, high.pc.offers]).toEqual([1, 0]);
  });

  it('keeps candidates that overtook their description, in order', async () => {
    const end = new End(true, tracks('me'));
    for (const candidate of ['one', 'two']) end.peer.receive({ type: 'candidate', candidate, line: 0 });
    await settle();
    expect(end.pc.candidates).toEqual([]);
    end.peer.receive({ type: 'offer', sdp: 'offer audio video' });
    end.peer.receive({ type: 'candidate', candidate: 'three', line: 0 });
    await settle();
    expect(end.pc.candidates).toEqual(['one', 'two', 'three']);
  });

  it('settles when both restart at once: the polite side gives way and asks again', async () => {
    const low = new End(false, tracks('low'));
    const high = new End(true, tracks('high'));
    low.peer.begin();
    await talk(low, high);
    low.peer.restart();
    high.peer.restart();
    await talk(low, high);
    expect([low.pc.signalingState, high.pc.signalingState]).toEqual(['stable', 'stable']);
    expect([low.pc.restarts, high.pc.restarts]).toEqual([1, 2]);
  });

  it('takes the candidates of the answer after it won a collision, and none of the lost offer', async () => {
    const low = new End(false, tracks('low'));
    low.peer.begin();
    low.peer.receive({ type: 'answer', sdp: 'answer' });
    low.peer.restart();
    await settle();
    low.peer.receive({ type: 'offer', sdp: 'offer audio video' });
    low.peer.receive({ type: 'candidate', candidate: 'lost', line: 0 });
    low.peer.receive({ type: 'answer', sdp: 'answer' });
    low.peer.receive({ type: 'candidate', candidate: 'kept', line: 0 });
    await settle();
    expect(low.pc.candidates).toEqual(['kept']);
  });

  it('has nothing to restart before the first description', async () => {
    const end = new End(true, tracks('me'));
    end.peer.restart();
    await settle();
    expect(end.sent).toEqual([]);
  });

  it('survives a broken description and takes the next', async () => {
    const end = new End(true, tracks('me'));
    end.peer.receive({ type: 'offer', sdp: 'broken' });
    end.peer.receive({ type: 'answer', sdp: 'unasked' });
    end.peer.receive({ type: 'offer', sdp: 'offer audio video' });
    await settle();
    expect(end.sent.map((s) => s.type)).toEqual(['answer']);
  });

  it('says nothing more once it is closed', async () => {
    const end = new End(true, tracks('me'));
    end.peer.receive({ type: 'offer', sdp: 'offer audio video' });
    end.peer.close();
    await settle();
    expect(end.sent).toEqual([]);
    expect(end.pc.signalingState).toBe('closed');
  });
});
