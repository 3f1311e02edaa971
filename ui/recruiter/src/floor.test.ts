import { describe, expect, it } from 'vitest';
import { calling, Floor, lookOf } from './floor.svelte';
import { WORDS } from './lang';
import type { FloorBooth, FloorKnock } from './protocol';

const booth = (id: string, change: Partial<FloorBooth> = {}): FloorBooth => ({ booth: id, name: id.toUpperCase(), here: true, in_use: false, ...change });
const company = { ja: 'みなと精工', ko: '미나토 정공', en: 'Minato' };
const knock = (at: number, waiting = true): FloorKnock => ({ room: 'ab'.repeat(16), company, booth: 'A-03', at, waiting });

/** The texts that are new in this state of the floor. */
function heard(floor: Floor, booths: FloorBooth[], knocks: FloorKnock[]): string[] {
  return floor.update({ type: 'floor', booths, knocks }, WORDS.ja, 'ja').fresh.map((n) => n.text);
}

describe('the staff’s floor', () => {
  // W14
  it('tells of a call and of an unanswered knock once, and again when it is made again', () => {
    const floor = new Floor();
    const call = booth('a-03', { called_at: 5 });
    expect(heard(floor, [call], [knock(7)])).toEqual([
      'ブース A-03 でスタッフが呼ばれています', 'みなと精工へのノックに応答がありません。ブース A-03',
    ]);
    expect(heard(floor, [{ ...call, attended_by: '石川' }], [knock(7)])).toEqual([]);
    expect(floor.asking).toBe(1);
    expect(heard(floor, [booth('a-03')], [knock(7, false)])).toEqual([]);
    expect(floor.asking).toBe(0);
    expect(heard(floor, [booth('a-03', { called_at: 9 })], [knock(11)])).toHaveLength(2);
  });

  it('lists the oldest call first', () => {
    expect(calling([booth('a', { called_at: 9 }), booth('b'), booth('c', { called_at: 2 })]).map((c) => c.booth)).toEqual(['c', 'a']);
  });

  it('shows of a booth what matters most', () => {
    expect(lookOf(booth('a', { here: false, in_use: true }))).toBe('away');
    expect(lookOf(booth('a', { in_use: true }))).toBe('in_use');
    expect(lookOf(booth('a'))).toBe('free');
    expect(lookOf(booth('a', { in_use: true, called_at: 1 }))).toBe('calling');
  });
});
