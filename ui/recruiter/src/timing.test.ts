import { describe, expect, it } from 'vitest';
import { endNotice, timing } from './timing';

const M = 60_000;
const slot = { starts: 100 * M, ends: 130 * M };

describe('the time of a call', () => {
  // X1, W17
  it('counts down to the slot, then to its end, and up for a walk-up', () => {
    expect(timing({ slot, admittedAt: undefined }, 90 * M)).toEqual({ kind: 'before', ms: 10 * M });
    expect(timing({ slot, admittedAt: 95 * M }, 96 * M)).toEqual({ kind: 'left', ms: 34 * M, soon: false });
    expect(timing({ slot, admittedAt: 100 * M }, 125 * M)).toEqual({ kind: 'left', ms: 5 * M, soon: true });
    expect(timing({ slot, admittedAt: 100 * M }, 140 * M)).toEqual({ kind: 'left', ms: 0, soon: true });
    expect(timing({ slot: undefined, admittedAt: 100 * M }, 101 * M)).toEqual({ kind: 'elapsed', ms: M });
    expect(timing({ slot: undefined, admittedAt: undefined }, 101 * M)).toEqual({ kind: 'none' });
  });

  // X2, X3
  it('gives notice of the announced end until it is closed or the end moves', () => {
    expect(endNotice({ slot, announced: undefined }, undefined)).toBeUndefined();
    expect(endNotice({ slot, announced: 130 * M }, undefined)).toBe(130 * M);
    expect(endNotice({ slot, announced: 130 * M }, 130 * M)).toBeUndefined();
    const extended = { starts: slot.starts, ends: 140 * M };
    expect(endNotice({ slot: extended, announced: 130 * M }, undefined)).toBeUndefined();
    expect(endNotice({ slot: extended, announced: 140 * M }, 130 * M)).toBe(140 * M);
  });
});
