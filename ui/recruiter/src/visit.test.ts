import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from './commands';
import type { Command, Event, Recorded, RoomSummary } from './protocol';
import { FakeConnection, PretendClock, settle } from './testing';
import { Visit, type Outcome } from './visit.svelte';

const ME = '01'.repeat(16);
const OTHER = '02'.repeat(16);
const ROOM = 'ab'.repeat(16);
const summary: RoomSummary = {
  room: ROOM, booth: 'A-03', guest: '佐藤花子', locale: 'ja', progress: 'knocking', since: 1, opened: 1, hosts: [], lost: false,
  held: false, ring: { type: 'all' },
};

let commands: { command: Command; answer: (answer: Answer) => void }[];
let calls: string[];
let outcomes: Outcome[];
let made: FakeConnection[];
let visit: Visit;
let log: Recorded[];
let silenced: { microphone: boolean; camera: boolean }[];

function begin(on = { microphone: true, camera: true }, count = 0): void {
  commands = [];
  calls = [];
  outcomes = [];
  made = [];
  log = [];
  silenced = [];
  visit = new Visit({
    link: {
      state: { kind: 'up' },
      count,
      follow: (_, after) => calls.push(`follow ${after()}`),
      refollow: () => calls.push('refollow'),
      unfollow: () => calls.push('unfollow'),
      command: (_, command) => new Promise((answer) => commands.push({ command, answer })),
      signal: () => undefined,
    },
    clock: new PretendClock(),
    client: ME,
    summary,
    codecs: ['h264', 'vp8'],
    tracks: { audio: null, video: null },
    on,
    makeConnection: () => {
      made.push(new FakeConnection());
      return made.at(-1)!.real;
    },
    makeStream: () => ({ addTrack: () => undefined }) as unknown as MediaStream,
    fetch: () => Promise.reject(new Error('no service')),
    digest: undefined,
    read: 0,
    onRead: () => undefined,
    silence: (off) => silenced.push(off),
    over: (outcome) => outcomes.push(outcome),
  });
}

beforeEach(() => begin());

const asked = () => commands.map(({ command }) => command.type);

function happens(event: Event, client?: string): void {
  const seq = log.length + 1;
  log.push({ seq, at: seq, by: { type: 'service' }, event, ...(client ? { command: { client, n: seq } } : {}) });
  visit.receive({ type: 'events', room: ROOM, events: log.slice(-1), last: seq });
}
const joins = (seat: number, client = OTHER) =>
  happens({ type: 'joined', seat, role: seat === 0 ? 'guest' : 'host', name: 'x', title: '', receives: [] }, client);

/** Let in, with the guest and oneself present. */
function inCall(): void {
  visit.enter(true);
  joins(0);
  happens({ type: 'admitted' });
  joins(1, ME);
}

describe('a visit', () => {
  // W12
  it('lets the guest in and takes the seat in one go', () => {
    visit.enter(true);
    expect(calls).toEqual(['follow 0']);
    expect(commands.map(({ command }) => command)).toEqual([{ type: 'admit' }, { type: 'join', receives: ['h264', 'vp8'], take_over: false }]);
  });

  it('goes on when another recruiter let the guest in a moment earlier, and ends when the seat is refused', async () => {
    visit.enter(true);
    commands[0]!.answer({ kind: 'refused', reason: 'wrong_moment' });
    await settle();
    expect(outcomes).toEqual([]);
    commands[1]!.answer({ kind: 'refused', reason: 'full' });
    await settle();
    expect(outcomes).toEqual([{ kind: 'refused', reason: 'full' }]);
  });

  it('gives the seat back when nobody let the guest in', async () => {
    visit.enter(true);
    joins(0);
    happens({ type: 'knock_cancelled' });
    commands[0]!.answer({ kind: 'refused', reason: 'wrong_moment' });
    await settle();
    expect(outcomes).toEqual([]);
    joins(1, ME);
    expect(asked().at(-1)).toBe('leave');
    expect(outcomes).toEqual([{ kind: 'refused', reason: 'wrong_moment' }]);
  });

  // L3, W7
  it('tells once which inputs are off, as soon as it has a seat', () => {
    begin({ microphone: true, camera: false });
    inCall();
    expect(commands.at(-1)!.command).toEqual({ type: 'switch', microphone: true, camera: false });
    visit.turned({ microphone: true, camera: false });
    expect(commands).toHaveLength(3);
    visit.turned({ microphone: false, camera: false });
    expect(commands.at(-1)!.command).toEqual({ type: 'switch', microphone: false, camera: false });
  });

  it('says nothing about inputs that are on', () => {
    inCall();
    expect(asked()).toEqual(['admit', 'join']);
  });

  // N2
  it('joins again when the line was away for longer than the grace', async () => {
    inCall();
    commands[1]!.answer({ kind: 'done' });
    await settle();
    happens({ type: 'left', seat: 1, cause: 'line' });
    expect(asked()).toEqual(['admit', 'join', 'join']);
    happens({ type: 'left', seat: 0, cause: 'line' });
    expect(asked()).toEqual(['admit', 'join', 'join']);
    expect(outcomes).toEqual([]);
  });

  it('is over when the seat was given up by the button, from wherever', () => {
    inCall();
    happens({ type: 'left', seat: 1, cause: 'button' });
    expect(asked()).toEqual(['admit', 'join']);
    expect(outcomes.map((o) => o.kind)).toEqual(['left']);
  });

  // X8
  it('ends for everybody at the end, whoever ended it', () => {
    inCall();
    visit.end();
    expect(asked().at(-1)).toBe('end');
    expect(outcomes).toEqual([]);
    happens({ type: 'ended', cause: 'host' });
    expect(outcomes.map((o) => o.kind)).toEqual(['ended']);
    expect(calls.at(-1)).toBe('unfollow');
  });

  it('leaves at once, media first, whatever the service says later', () => {
    inCall();
    joins(2);
    expect(made).toHaveLength(1);
    visit.leave();
    expect(asked().at(-1)).toBe('leave');
    expect(made[0]!.signalingState).toBe('closed');
    happens({ type: 'ended', cause: 'host_left' });
    expect(outcomes.map((o) => o.kind)).toEqual(['left']);
  });

  it('stops when another window takes the seat', () => {
    inCall();
    joins(1, OTHER);
    expect(outcomes).toEqual([{ kind: 'replaced' }]);
  });

  it('is not disturbed by what this page did in an earlier visit', () => {
    begin(undefined, 9);
    visit.enter(false);
    joins(0);
    happens({ type: 'admitted' });
    joins(1, ME);
    happens({ type: 'left', seat: 1, cause: 'button' });
    joins(1, ME);
    joins(1, OTHER);
    expect(outcomes).toEqual([]);
    expect(asked()).toEqual(['join']);
    for (let i = 0; i < 3; i++) joins(2);
    joins(1, ME);
    expect(visit.room.mine).toEqual({ kind: 'present', peer: { seat: 1, since: 10 } });
  });

  it('asks again when events are missing, and folds none twice', () => {
    inCall();
    const last = visit.room.last;
    const far: Recorded = { seq: last + 5, at: 1, by: { type: 'service' }, event: { type: 'ended', cause: 'host' } };
    visit.receive({ type: 'events', room: ROOM, events: [far], last: last + 5 });
    expect(calls.at(-1)).toBe('refollow');
    expect(outcomes).toEqual([]);
    visit.receive({ type: 'events', room: ROOM, events: log, last });
    expect(visit.room.last).toBe(last);
  });

  it('does not listen to other rooms', () => {
    inCall();
    const other = 'cd'.repeat(16);
    const end: Recorded = { seq: visit.room.last + 1, at: 1, by: { type: 'service' }, event: { type: 'ended', cause: 'host' } };
    visit.receive({ type: 'events', room: other, events: [end], last: 9 });
    expect(outcomes).toEqual([]);
  });

  // E8
  it('does not push out another window of the same account unless it is told to', async () => {
    visit.enter(false);
    commands[0]!.answer({ kind: 'refused', reason: 'already_here' });
    await settle();
    expect(outcomes).toEqual([{ kind: 'replaced' }]);
    begin();
    visit.enter(false, true);
    expect(commands[0]!.command).toMatchObject({ type: 'join', take_over: true });
  });

  // L13
  it('turns its own inputs off when another host turns everybody off, and says no more about it', () => {
    inCall();
    happens({ type: 'silenced', microphones: true, cameras: false, except: 2 });
    expect(silenced).toEqual([{ microphone: true, camera: false }]);
    visit.turned({ microphone: false, camera: true });
    expect(asked()).toEqual(['admit', 'join']);
    happens({ type: 'silenced', microphones: true, cameras: true, except: 1 });
    expect(silenced).toHaveLength(1);
  });

  // W9
  it('comes in as the room was set up beforehand', () => {
    visit.enter(true);
    happens({ type: 'preset', microphone: false, camera: true, names: true });
    joins(0);
    happens({ type: 'admitted' });
    joins(1, ME);
    expect(silenced).toEqual([{ microphone: true, camera: false }]);
    expect(asked()).toEqual(['admit', 'join']);
  });

  // X6
  it('comes back with what was on, whatever the room was set up with', () => {
    begin({ microphone: true, camera: false });
    visit.enter(false);
    happens({ type: 'preset', microphone: false, camera: false, names: true });
    happens({ type: 'admitted' });
    happens({ type: 'joined', seat: 1, role: 'host', name: 'x', title: '', receives: [], returns: 'line' }, ME);
    expect(silenced).toEqual([]);
    expect(commands.at(-1)!.command).toEqual({ type: 'switch', microphone: true, camera: false });
  });
});
