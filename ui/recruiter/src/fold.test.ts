import { describe, expect, it } from 'vitest';
import { EMPTY, fold, partners, type Room } from './fold';
import type { CommandId, Event, Recorded } from './protocol';
import { service } from './samples';

const CLIENT = '01010101010101010101010101010101';
const ME = ({ client }: CommandId) => client === CLIENT;
const OTHER = '02020202020202020202020202020202';

const joined = (seat: number): Event => ({
  type: 'joined', seat, role: seat === 0 ? 'guest' : 'host', name: `seat ${seat}`, title: '', receives: ['vp8'],
});
const knocked: Event = { type: 'knocked', company: 'minato', name: '佐藤花子', locale: 'ja' };

/** A log from events, each with the client it came from. */
function log(...events: (Event | [Event, string])[]): Recorded[] {
  return events.map((entry, i) => {
    const [event, client] = Array.isArray(entry) ? entry : [entry, undefined];
    const command = client ? { client, n: i + 1 } : undefined;
    return { seq: i + 1, at: 1_000 * (i + 1), by: { type: 'service' }, event, ...(command ? { command } : {}) };
  });
}

const after = (...events: (Event | [Event, string])[]): Room => fold(EMPTY, log(...events), ME).room;

describe('the fold of a room', () => {
  it('reads the sample log to its end', () => {
    const sample = service.find((m) => m.type === 'events');
    if (sample?.type !== 'events') throw new Error('no sample of events');
    const { room, gap } = fold(EMPTY, sample.events, ME);
    expect(gap).toBe(false);
    expect(room).toMatchObject({
      last: sample.last, progress: 'ended', guest: '佐藤花子', endCause: 'host', admittedAt: 1795235411000,
    });
    expect(room.present.size).toBe(0);
  });

  it('passes over what it knows and stops at a gap', () => {
    const events = log(knocked, [joined(0), OTHER], { type: 'admitted' });
    const once = fold(EMPTY, events, ME).room;
    expect(fold(once, events, ME)).toEqual({ room: once, gap: false });
    const { room, gap } = fold(EMPTY, [events[0]!, events[2]!], ME);
    expect(gap).toBe(true);
    expect(room.last).toBe(1);
    expect(room.progress).toBe('knocking');
  });

  it('knows its own seat by its client and nobody else’s', () => {
    expect(after(knocked, [joined(1), OTHER]).mine).toEqual({ kind: 'outside' });
    expect(after(knocked, [joined(1), OTHER], [joined(2), CLIENT]).mine).toEqual({ kind: 'present', peer: { seat: 2, since: 3 } });
  });

  it('tells a seat taken by another window from one that was given up', () => {
    expect(after([joined(1), CLIENT], [joined(1), OTHER]).mine).toEqual({ kind: 'replaced' });
    expect(after([joined(1), CLIENT], { type: 'left', seat: 1, cause: 'line' }).mine).toEqual({ kind: 'left', cause: 'line' });
    expect(after([joined(1), CLIENT], [joined(1), CLIENT]).mine).toEqual({ kind: 'present', peer: { seat: 1, since: 2 } });
  });

  it('keeps switches and lost lines with the presence, and starts fresh when it begins anew', () => {
    const off: Event = { type: 'switched', seat: 0, microphone: false, camera: false };
    const lost = after([joined(0), OTHER], off, { type: 'lost', seat: 0 });
    expect(lost.present.get(0)).toMatchObject({ microphone: false, camera: false, lost: true });
    const back = after([joined(0), OTHER], off, { type: 'lost', seat: 0 }, { type: 'back', seat: 0 });
    expect(back.present.get(0)).toMatchObject({ microphone: false, lost: false, since: 1 });
    const again = after([joined(0), OTHER], off, { type: 'lost', seat: 0 }, [joined(0), OTHER]);
    expect(again.present.get(0)).toMatchObject({ microphone: true, lost: false, since: 4 });
  });

  it('counts an event it does not know and changes nothing else', () => {
    const before = after(knocked);
    const strange = { seq: 2, at: 5, by: { type: 'service' }, event: { type: 'danced' } } as unknown as Recorded;
    expect(fold(before, [strange], ME).room).toEqual({ ...before, last: 2 });
  });

  // L18
  it('asks for connections with everybody else, but only between "let in" and the end', () => {
    const here: (Event | [Event, string])[] = [knocked, [joined(0), OTHER], [joined(1), CLIENT], [joined(2), OTHER]];
    expect(partners(after(...here))).toEqual([]);
    const call = after(...here, { type: 'admitted' });
    expect(partners(call).map((p) => [p.seat, p.since])).toEqual([[0, 2], [2, 4]]);
    expect(partners(after(...here, { type: 'admitted' }, { type: 'left', seat: 1, cause: 'button' }))).toEqual([]);
    expect(partners(after(...here, { type: 'admitted' }, { type: 'ended', cause: 'host' }))).toEqual([]);
  });
});
