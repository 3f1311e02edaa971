import { beforeEach, describe, expect, it } from 'vitest';
import { Call } from './call';
import { EMPTY, fold, type Room } from './fold';
import type { Event, Peer, Recorded, Signal } from './protocol';
import { FakeConnection, PretendClock, settle } from './testing';

const ME = '01'.repeat(16);
const OTHER = '02'.repeat(16);

let clock: PretendClock;
let made: FakeConnection[];
let sent: { to: Peer; attempt: number; signal: Signal }[];
let call: Call;
let room: Room;

beforeEach(() => {
  clock = new PretendClock();
  made = [];
  sent = [];
  room = EMPTY;
  call = new Call({
    clock,
    tracks: { audio: null, video: null },
    makeConnection: () => {
      made.push(new FakeConnection());
      return made.at(-1)!.real;
    },
    makeStream: () => ({ addTrack: () => undefined }) as unknown as MediaStream,
    send: (to, attempt, signal) => sent.push({ to, attempt, signal }),
    onChange: () => undefined,
  });
});

/** Appends to the log; answers the event's number. */
function happens(event: Event, client?: string): number {
  const seq = room.last + 1;
  const recorded: Recorded = { seq, at: seq, by: { type: 'service' }, event, ...(client ? { command: { client, n: seq } } : {}) };
  room = fold(room, [recorded], ({ client: by }) => by === ME).room;
  call.update(room);
  return seq;
}

const joins = (seat: number, client = OTHER): Peer => ({
  seat,
  since: happens({ type: 'joined', seat, role: seat === 0 ? 'guest' : 'host', name: 'x', title: '', receives: ['vp8'] }, client),
});
const admitted = () => happens({ type: 'admitted' });
const open = () => made.filter((pc) => pc.signalingState !== 'closed').length;
const offer: Signal = { type: 'offer', sdp: 'offer audio video' };
const said = () => sent.map(({ to, attempt, signal }) => `${signal.type} ${attempt} → ${to.seat}`);

describe('a call', () => {
  // W12, X8
  it('has no connection before "let in" and none after the end', async () => {
    const guest = joins(0);
    const me = joins(1, ME);
    joins(2);
    call.signal(guest, me, 1, offer);
    await settle();
    expect(made).toHaveLength(0);
    expect(sent).toHaveLength(0);
    admitted();
    await settle();
    expect(call.partners.map((p) => p.seat)).toEqual([0, 2]);
    expect(open()).toBe(2);
    happens({ type: 'ended', cause: 'host' });
    expect(open()).toBe(0);
    expect(call.partners).toEqual([]);
  });

  it('offers to higher seats and waits for the offer of lower ones', async () => {
    admitted();
    joins(0);
    joins(2, ME);
    joins(1);
    joins(3);
    await settle();
    expect(said()).toEqual(['offer 1 → 3']);
    expect(call.partners.map((p) => [p.seat, p.attempt])).toEqual([[0, 0], [1, 0], [3, 1]]);
  });

  it('keeps a signal that overtook the events it depends on', async () => {
    admitted();
    const guest = joins(0);
    call.signal(guest, { seat: 1, since: 3 }, 1, offer);
    await settle();
    expect(made).toHaveLength(0);
    joins(1, ME);
    await settle();
    expect(said()).toEqual(['answer 1 → 0']);
  });

  it('takes a higher attempt as a fresh connection and ignores a lower one', async () => {
    admitted();
    const guest = joins(0);
    const me = joins(1, ME);
    call.signal(guest, me, 1, offer);
    call.signal(guest, me, 3, offer);
    call.signal(guest, me, 2, offer);
    await settle();
    expect(made).toHaveLength(2);
    expect(made[0]!.signalingState).toBe('closed');
    expect(said()).toEqual(['answer 3 → 0']);
  });

  it('drops what was meant for or comes from a presence that is over', async () => {
    admitted();
    const before = joins(0);
    const me = joins(1, ME);
    const after = joins(0);
    call.signal(before, me, 1, offer);
    call.signal(after, { seat: 1, since: me.since - 1 }, 1, offer);
    call.signal(after, { seat: 2, since: me.since }, 1, offer);
    await settle();
    expect(made).toHaveLength(0);
    call.signal(after, me, 1, offer);
    await settle();
    expect(made).toHaveLength(1);
  });

  it('closes only the connection of whoever leaves, and begins anew with whoever returns', async () => {
    admitted();
    const me = joins(1, ME);
    joins(2);
    joins(3);
    happens({ type: 'left', seat: 2, cause: 'button' });
    expect(open()).toBe(1);
    joins(2);
    await settle();
    expect(open()).toBe(2);
    expect(call.partners.map((p) => [p.seat, p.attempt])).toEqual([[3, 1], [2, 1]]);
    // One's own new presence is a new peer to all.
    const again = joins(1, ME);
    expect(again.since).not.toBe(me.since);
    expect(made.slice(0, 3).every((pc) => pc.signalingState === 'closed')).toBe(true);
    expect(open()).toBe(2);
  });

  // N2
  it('restarts the paths after two seconds, and asks the lower seat to rebuild when that does not help', async () => {
    admitted();
    const guest = joins(0);
    const me = joins(1, ME);
    call.signal(guest, me, 1, offer);
    await settle();
    made[0]!.becomes('connected', 'connected');
    made[0]!.becomes('disconnected', 'disconnected');
    sent = [];
    await clock.pass(1_900);
    expect(said()).toEqual([]);
    await clock.pass(200);
    expect(said()).toEqual(['offer 1 → 0']);
    expect(made[0]!.restarts).toBe(1);
    await clock.pass(8_000);
    expect(said()).toEqual(['offer 1 → 0', 'rebuild 1 → 0']);
    call.signal(guest, me, 2, offer);
    await settle();
    made[1]!.becomes('connected', 'connected');
    await clock.pass(60_000);
    expect(said()).toEqual(['offer 1 → 0', 'rebuild 1 → 0', 'answer 2 → 0']);
  });

  it('leaves the restart to the higher seat', async () => {
    admitted();
    joins(1, ME);
    joins(2);
    await settle();
    made[0]!.becomes('connected', 'connected');
    made[0]!.becomes('failed', 'failed');
    sent = [];
    await clock.pass(7_900);
    expect(said()).toEqual([]);
    await clock.pass(200);
    expect(said()).toEqual(['offer 2 → 2']);
  });

  it('rebuilds by itself as the lower seat, and once for two wishes', async () => {
    admitted();
    const me = joins(1, ME);
    const other = joins(2);
    await settle();
    await clock.pass(10_000);
    expect(said()).toEqual(['offer 1 → 2', 'offer 2 → 2']);
    call.signal(other, me, 2, { type: 'rebuild' });
    expect(made).toHaveLength(2);
    await clock.pass(3_000);
    call.signal(other, me, 2, { type: 'rebuild' });
    call.signal(other, me, 2, { type: 'rebuild' });
    await settle();
    expect(said().at(-1)).toBe('offer 3 → 2');
    expect(made).toHaveLength(3);
    // Attempts are counted by the lower seat alone.
    call.signal(other, me, 9, offer);
    expect(made).toHaveLength(3);
  });

  it('leaves everything as it is while the signaling line is away', async () => {
    admitted();
    const guest = joins(0);
    const me = joins(1, ME);
    call.signal(guest, me, 1, offer);
    await settle();
    made[0]!.becomes('connected', 'connected');
    call.line(false);
    await clock.pass(600_000);
    made[0]!.becomes('failed', 'failed');
    await clock.pass(600_000);
    expect(open()).toBe(1);
    expect(made[0]!.restarts).toBe(0);
    call.line(true);
    await clock.pass(0);
    expect(made[0]!.restarts).toBe(1);
  });
});
