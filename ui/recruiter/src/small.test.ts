import { describe, expect, it } from 'vitest';
import type { Wish } from './beat.worker';
import { steadyClock } from './clock';
import { receivable } from './codecs';
import { rings, standing, Told } from './knocks';
import { bar, decibels } from './level';
import type { RoomSummary } from './protocol';
import { MutedSpeech } from './speech';
import { nextHour, span } from './time';

describe('codecs', () => {
  const vp8 = { mimeType: 'video/VP8' };
  const h264 = (line: string) => ({ mimeType: 'video/H264', sdpFmtpLine: line });
  const good = h264('level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f');

  it('announces H.264 only where baseline with packetization mode 1 is there', () => {
    expect(receivable([vp8, good], null)).toEqual(['h264', 'vp8']);
    expect(receivable([h264('packetization-mode=0;profile-level-id=42001f'), vp8], null)).toEqual(['vp8']);
    expect(receivable([h264('packetization-mode=1;profile-level-id=64001f')], null)).toEqual([]);
  });

  it('is restricted by the address, never extended', () => {
    expect(receivable([vp8, good], 'vp8')).toEqual(['vp8']);
    expect(receivable([vp8], 'h264')).toEqual([]);
  });
});

describe('knocks', () => {
  const room = (id: string, since: number, progress: RoomSummary['progress'] = 'knocking'): RoomSummary => ({
    room: id, since, progress, booth: 'A-01', guest: 'x', locale: 'ja', opened: 0, hosts: [], lost: false,
  held: false, ring: { type: 'all' },
  });

  it('stand with the oldest first', () => {
    expect(standing([room('b', 9), room('c', 1, 'in_call'), room('a', 3)]).map((r) => r.room)).toEqual(['a', 'b']);
  });

  // W12
  it('are told once each, and once more when knocked again', () => {
    const told = new Told();
    expect(told.fresh([room('a', 1)], 'sato').map((r) => r.room)).toEqual(['a']);
    expect(told.fresh([room('a', 1), room('b', 2)], 'sato').map((r) => r.room)).toEqual(['b']);
    expect(told.fresh([room('a', 1, 'open'), room('b', 2)], 'sato')).toEqual([]);
    expect(told.fresh([room('a', 5), room('b', 2)], 'sato').map((r) => r.room)).toEqual(['a']);
  });

  // W14
  it('ring only for whom they are meant, and then when they are passed on', () => {
    const told = new Told();
    const first: RoomSummary = { ...room('a', 1), ring: { type: 'host', account: 'tanaka' } };
    const passed: RoomSummary = { ...first, ring: { type: 'host', account: 'sato' } };
    const staff: RoomSummary = { ...first, ring: { type: 'staff' } };
    expect(told.fresh([first], 'sato')).toEqual([]);
    expect(told.has(first)).toBe(false);
    expect(told.fresh([passed], 'sato')).toEqual([passed]);
    expect(told.fresh([staff], 'sato')).toEqual([]);
    expect(told.has(staff)).toBe(true);
    expect([first, passed, staff].map((r) => rings(r, 'sato'))).toEqual([false, true, false]);
    expect(rings({ ...passed, progress: 'open' }, 'sato')).toBe(false);
  });
});

describe('levels', () => {
  it('are measured in decibels of full scale', () => {
    expect(decibels(new Float32Array(8))).toBe(-100);
    expect(decibels(new Float32Array(8).fill(1))).toBeCloseTo(0);
    expect(decibels(new Float32Array(8).fill(0.1))).toBeCloseTo(-20);
  });

  // W2
  it('rise at once and fall slowly', () => {
    expect(bar(0, -6)).toBe(1);
    expect(bar(1, -90)).toBeCloseTo(0.94);
    expect(bar(0.01, -90)).toBe(0);
  });
});

describe('speaking while muted', () => {
  /** Levels every 66 ms from `from`; answers whether the alert stood at any time, and the end. */
  function listen(speech: MutedSpeech, from: number, ms: number, level: (at: number) => number): [boolean, number] {
    let stood = false;
    let at = from;
    for (; at < from + ms; at += 66) stood = speech.heard(level(at), at) || stood;
    return [stood, at];
  }

  // L4
  it('is noticed for speech, told for six seconds and not again at once', () => {
    const speech = new MutedSpeech();
    const [quiet, start] = listen(speech, 0, 2_000, () => -58);
    expect(quiet).toBe(false);
    const [stood, end] = listen(speech, start, 1_200, () => -25);
    expect(stood).toBe(true);
    expect(speech.stands(end + 6_000)).toBe(false);
    const [again] = listen(speech, end + 6_000, 3_000, () => -25);
    expect(again).toBe(false);
  });

  it('is not mistaken for a cough or a loud room', () => {
    const cough = new MutedSpeech();
    const [, start] = listen(cough, 0, 2_000, () => -60);
    const [coughed] = listen(cough, start, 130, () => -10);
    expect(coughed).toBe(false);
    const fan = new MutedSpeech();
    const [, hums] = listen(fan, 0, 30_000, () => -35);
    fan.reset();
    const [hummed] = listen(fan, hums, 20_000, (at) => -35 + (at % 3));
    expect(hummed).toBe(false);
  });
});

describe('times', () => {
  it('count up without ever being negative', () => {
    expect([span(-5), span(42_999), span(3_723_000)]).toEqual(['00:00', '00:42', '1:02:03']);
  });

  it('name a full hour that leaves at least half an hour', () => {
    expect(nextHour(new Date(2026, 10, 21, 13, 28).getTime())).toBe(14);
    expect(nextHour(new Date(2026, 10, 21, 13, 40).getTime())).toBe(15);
    expect(nextHour(new Date(2026, 10, 21, 23, 10).getTime())).toBe(0);
  });
});

describe('the steady clock', () => {
  it('wakes each wait once, and none that was cancelled', () => {
    const wishes: Wish[] = [];
    let wake: (message: { data: number }) => void = () => undefined;
    const clock = steadyClock({ postMessage: (wish) => wishes.push(wish), addEventListener: (_, heard) => (wake = heard) });
    const woken: string[] = [];
    const first = clock.after(100, () => woken.push('first'));
    clock.after(50, () => woken.push('second'));
    first.cancel();
    first.cancel();
    expect(wishes).toEqual([{ id: 1, ms: 100 }, { id: 2, ms: 50 }, { id: 1 }]);
    for (const id of [1, 2, 2]) wake({ data: id });
    expect(woken).toEqual(['second']);
  });
});
