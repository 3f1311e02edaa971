import { beforeEach, describe, expect, it } from 'vitest';
import { Devices, type DevicesState, type Media } from './devices';
import { settle } from './testing';

type Fake = { kind: string; id: string; enabled: boolean; stopped: boolean; onended: (() => void) | null; contentHint: string };

let asked: MediaStreamConstraints[];
let tracks: Fake[];
/** Why a kind cannot be had; a DOMException's name. */
let broken: { video?: string; audio?: string };
let plugged: () => void;
let kept: Map<string, string>;
let states: DevicesState[];

const store = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };

function media(): Media {
  return {
    getUserMedia: (constraints: MediaStreamConstraints = {}) => {
      asked.push(constraints);
      const fault = (constraints.video && broken.video) || (constraints.audio && broken.audio);
      if (fault) return Promise.reject(new DOMException('no', fault));
      const made = (['video', 'audio'] as const)
        .filter((kind) => constraints[kind])
        .map((kind): Fake => ({
          kind, id: `${kind} ${tracks.length}`, enabled: true, stopped: false, onended: null, contentHint: '',
          ...{ stop(this: Fake) { this.stopped = true; } },
        }));
      tracks.push(...made);
      const of = (kind: string) => made.filter((t) => t.kind === kind);
      return Promise.resolve({
        getTracks: () => made, getVideoTracks: () => of('video'), getAudioTracks: () => of('audio'),
      } as unknown as MediaStream);
    },
    enumerateDevices: () =>
      Promise.resolve(
        [
          { kind: 'videoinput', deviceId: 'c1', label: 'Camera' },
          { kind: 'audioinput', deviceId: 'm1', label: 'Headset' },
          { kind: 'audiooutput', deviceId: 's1', label: 'Headset' },
          { kind: 'audiooutput', deviceId: '', label: '' },
        ] as unknown as MediaDeviceInfo[],
      ),
    addEventListener: ((_: string, listener: () => void) => (plugged = listener)) as unknown as Media['addEventListener'],
  };
}

const make = (from: Media | undefined = media()) => new Devices(from, store, (state) => states.push(state));

beforeEach(() => {
  asked = [];
  tracks = [];
  broken = {};
  kept = new Map();
  states = [];
});

describe('devices', () => {
  // W3, W5
  it('are asked for together, with what was chosen, in 720p and with noise suppression', async () => {
    kept.set('engawa.devices', JSON.stringify({ camera: 'c9', noise: false }));
    const devices = make();
    await devices.open();
    expect(asked).toHaveLength(1);
    expect(asked[0]!.video).toMatchObject({ deviceId: { ideal: 'c9' }, height: { ideal: 720 } });
    expect(asked[0]!.audio).toMatchObject({ noiseSuppression: false, echoCancellation: true });
    expect(devices.state).toMatchObject({ phase: 'open', cameras: [{ id: 'c1', label: 'Camera' }], speakers: [{ id: 's1' }] });
    await devices.open();
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['NotAllowedError', 'denied'],
    ['NotReadableError', 'busy'],
    ['NotFoundError', 'missing'],
  ])('name %s as %s, and the other one still works', async (name, problem) => {
    broken.video = name;
    const devices = make();
    await devices.open();
    expect(devices.state.camera).toEqual({ on: true, track: null, problem });
    expect(devices.state.microphone.problem).toBeUndefined();
    expect(devices.tracks.audio).not.toBeNull();
    broken = {};
    await devices.retry();
    expect(devices.state.camera.problem).toBeUndefined();
    expect(asked).toHaveLength(4);
  });

  // W7
  it('are on again for the next interview, but only closed while one goes on elsewhere', async () => {
    const devices = make();
    await devices.open();
    devices.turn('microphone', false);
    devices.turn('camera', false);
    devices.close();
    expect([devices.state.microphone.on, devices.state.camera.on]).toEqual([false, false]);
    await devices.open();
    expect(tracks.slice(-2).map((t) => t.enabled)).toEqual([false, false]);
    devices.finish();
    expect(devices.state.phase).toBe('closed');
    expect(tracks.every((t) => t.stopped)).toBe(true);
    await devices.open();
    expect([devices.state.microphone.on, devices.state.camera.on]).toEqual([true, true]);
    expect(tracks.slice(-2).map((t) => t.enabled)).toEqual([true, true]);
  });

  it('say that the page is not secure when the browser offers none', async () => {
    const devices = new Devices(undefined, store, () => undefined);
    await devices.open();
    expect(devices.state).toMatchObject({ phase: 'open', camera: { problem: 'insecure' }, microphone: { problem: 'insecure' } });
  });

  // W7
  it('go off together, without a moment in which one seems to be on', async () => {
    const devices = make();
    await devices.open();
    const before = states.length;
    devices.turnOff({ microphone: true, camera: true });
    expect(states.slice(before).map(({ microphone, camera }) => [microphone.on, camera.on])).toEqual([[false, false]]);
    expect(tracks.map((t) => t.enabled)).toEqual([false, false]);
    devices.turn('camera', true);
    devices.turnOff({ microphone: true, camera: false });
    expect([devices.state.microphone.on, devices.state.camera.on]).toEqual([false, true]);
  });

  // W7, L3
  it('stay off through another choice, and are remembered for the next time', async () => {
    const devices = make();
    await devices.open();
    devices.turn('camera', false);
    expect(tracks[0]!.enabled).toBe(false);
    await devices.choose('camera', 'c2');
    expect(tracks[0]!.stopped).toBe(true);
    expect(tracks[2]!.enabled).toBe(false);
    expect(devices.tracks.video).toBe(tracks[2]);
    expect(make().state.chosen.camera).toBe('c2');
  });

  it('take the newest choice when answers come late', async () => {
    const devices = make();
    await devices.open();
    const first = devices.choose('camera', 'c2');
    const second = devices.choose('camera', 'c3');
    await Promise.all([first, second]);
    expect(devices.tracks.video).toBe(tracks[3]);
    expect(tracks[2]!.stopped).toBe(true);
  });

  it('go out when closed, even if the answer comes later', async () => {
    const devices = make();
    const opening = devices.open();
    devices.close();
    await opening;
    expect(tracks.every((t) => t.stopped)).toBe(true);
    expect(devices.tracks).toEqual({ audio: null, video: null });
    expect(devices.state.phase).toBe('closed');
  });

  it('come back by themselves when they are plugged in again', async () => {
    const devices = make();
    await devices.open();
    tracks[0]!.onended?.();
    expect(devices.state.camera.problem).toBe('missing');
    plugged();
    await settle();
    expect(devices.state.camera.problem).toBeUndefined();
    expect(devices.tracks.video).toBe(tracks[2]);
  });

  it('start fresh from a memory that makes no sense', () => {
    for (const nonsense of ['', '{', '7', '"x"', '{"camera":7}']) {
      kept.set('engawa.devices', nonsense);
      expect(make().state.chosen).toEqual({ camera: '', microphone: '', speaker: '', noise: true });
    }
  });
});
