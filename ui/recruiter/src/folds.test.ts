// The page folds a log to what the booth and the service fold it to.
import { describe, expect, it } from 'vitest';
import text from '../../../src/session/samples/folds.json?raw';
import { EMPTY, fold, isOver, links, type Room } from './fold';
import type { Recorded } from './protocol';

/** `folds` are those after each `EVERY` events, and at the end. */
type Sample = { log: Recorded[]; folds: unknown[] };
const EVERY = 4;

const samples = JSON.parse(text) as Sample[];

/** In the words of src/session/tests/model.rs. */
function told(room: Room): unknown {
  const people = [...room.present.values()].sort((a, b) => a.seat - b.seat);
  return {
    last: room.last,
    booth: room.booth ?? null,
    progress: room.progress,
    end: room.endCause ?? null,
    guest: room.guest,
    locale: room.locale,
    slot: room.slot ?? null,
    ends_soon: room.announced !== undefined && room.announced === room.slot?.ends,
    ring: room.ring,
    people: people.map((p) => [p.seat, p.since, p.microphone, p.camera, p.lost]),
    links: people.map((p) => [p.seat, links(room, p.seat).map(({ seat }) => seat)]),
    held: room.held,
    hands: room.hands,
    posts: room.posts.map(({ seq, role, name, body, late }) => ({ seq, role, name, body, late })),
    preset: [room.preset.microphone, room.preset.camera, room.preset.names],
    history: room.history.map((s) => [s.seat, s.name, s.from, s.until ?? null, s.cause ?? null]),
    guest_may_return: room.guestAway && !isOver(room),
  };
}

// X1 to X8, T1 to T8, L5, L12, L13
describe('the folds of the page and of the service agree', () => {
  it('has logs to hold them to', () => expect(samples.length).toBeGreaterThanOrEqual(40));

  it.each(samples.map((sample, n) => [n, sample] as const))('on log %i', (_n, sample) => {
    let room = EMPTY;
    const folds: unknown[] = [];
    sample.log.forEach((recorded, at) => {
      const folded = fold(room, [recorded], () => false);
      expect(folded.gap).toBe(false);
      room = folded.room;
      if ((at + 1) % EVERY === 0 || at + 1 === sample.log.length) folds.push(told(room));
    });
    expect(folds).toEqual(sample.folds);
    expect(told(fold(EMPTY, sample.log, () => false).room)).toEqual(told(room));
  });
});
