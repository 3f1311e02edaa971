import { describe, expect, it } from 'vitest';
import { guestOf, joinWindow } from './window';

const MINUTE = 60_000;
const slot = { starts: 100 * MINUTE, ends: 130 * MINUTE };

describe('the join window', () => {
  it('opens sixty minutes before the slot and closes with it', () => {
    expect(joinWindow(slot, 40 * MINUTE - 1)).toEqual({ kind: 'early', opens: 40 * MINUTE, ms: 1 });
    expect(joinWindow(slot, 40 * MINUTE)).toEqual({ kind: 'open', before: 60 * MINUTE });
    expect(joinWindow(slot, 101 * MINUTE)).toEqual({ kind: 'open', before: 0 });
    expect(joinWindow(slot, 130 * MINUTE - 1)).toEqual({ kind: 'open', before: 0 });
    expect(joinWindow(slot, 130 * MINUTE)).toEqual({ kind: 'over', opens: 40 * MINUTE, closes: 130 * MINUTE });
  });

  it('is always open for a walk-up', () => {
    expect(joinWindow(undefined, 5)).toEqual({ kind: 'open', before: 0 });
  });
});

describe('the guest of an interview to come', () => {
  it('is away until a seat or a knock tells otherwise', () => {
    const nobody = { present: new Map() };
    const seated = { present: new Map([[0, {} as never]]) };
    expect(guestOf('booked', nobody)).toBe('away');
    expect(guestOf('booked', seated)).toBe('here');
    expect(guestOf('open', nobody)).toBe('here');
    expect(guestOf('knocking', nobody)).toBe('knocking');
    expect(guestOf('cancelled', seated)).toBeUndefined();
  });
});
