import { beforeEach, describe, expect, it, vi } from 'vitest';
import { keepRead, keptRead } from './keep';

const room = (n: number) => String(n).padStart(32, '0');
let stored: Map<string, string>;

beforeEach(() => {
  stored = new Map();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  });
  return () => vi.unstubAllGlobals();
});

describe('the marks of what was read', () => {
  // T5
  it('are there after a reload, room by room, and are gone with the room', () => {
    keepRead(room(1), 7);
    keepRead(room(2), 3);
    expect([keptRead(room(1)), keptRead(room(2)), keptRead(room(3))]).toEqual([7, 3, 0]);
    keepRead(room(1), undefined);
    expect(keptRead(room(1))).toBe(0);
    keepRead(room(2), undefined);
    expect(stored.size).toBe(0);
  });

  it('are of the latest eight rooms only', () => {
    for (let n = 1; n <= 9; n++) keepRead(room(n), n);
    expect(keptRead(room(1))).toBe(0);
    expect(keptRead(room(9))).toBe(9);
  });

  it.each(['x', '{}', '[[1,2]]', '[["a","b"]]', 'null'])('are forgotten when what is stored is %j', (text) => {
    stored.set('engawa.read', text);
    expect(keptRead('a')).toBe(0);
    keepRead(room(1), 2);
    expect(keptRead(room(1))).toBe(2);
  });
});
