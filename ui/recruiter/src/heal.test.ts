import { describe, expect, it } from 'vitest';
import { Healing } from './heal';

describe('healing a connection', () => {
  it('lets a short disconnection pass, then restarts, then rebuilds again and again', () => {
    const h = new Healing(true, 0);
    h.health('well', 100);
    expect(h.due()).toBeUndefined();
    h.health('shaky', 1_000);
    expect(h.remedy(2_999)).toBeUndefined();
    h.health('well', 2_999);
    expect(h.due()).toBeUndefined();
    h.health('shaky', 5_000);
    expect(h.remedy(7_000)).toBe('restart');
    expect(h.remedy(7_001)).toBeUndefined();
    expect(h.remedy(15_000)).toBe('rebuild');
    expect(h.remedy(22_999)).toBeUndefined();
    expect(h.remedy(23_000)).toBe('rebuild');
  });

  it('restarts at once after a failure', () => {
    const h = new Healing(true, 0);
    h.health('well', 0);
    h.health('shaky', 1_000);
    h.health('failed', 1_500);
    expect(h.remedy(1_500)).toBe('restart');
    h.health('failed', 1_600);
    expect(h.remedy(1_600)).toBeUndefined();
  });

  it('rebuilds what never came up', () => {
    const h = new Healing(true, 0);
    h.health('failed', 3_000);
    expect(h.remedy(9_999)).toBeUndefined();
    expect(h.remedy(10_000)).toBe('rebuild');
  });

  it('waits for the line, without which nothing can be mended', () => {
    const h = new Healing(true, 0);
    h.health('well', 0);
    h.line(false, 500);
    h.health('failed', 1_000);
    expect(h.due()).toBeUndefined();
    expect(h.remedy(90_000)).toBeUndefined();
    h.line(true, 90_000);
    expect(h.remedy(90_000)).toBe('restart');
    h.line(false, 91_000);
    h.line(true, 200_000);
    expect(h.remedy(207_999)).toBeUndefined();
    expect(h.remedy(208_000)).toBe('rebuild');
  });
});
