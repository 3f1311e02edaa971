import { describe, expect, it } from 'vitest';
import type { Progress, RoomSummary } from './protocol';
import { byDay, counts, dayKey, monthKey, passes, rowsOf, weeks } from './rows';
import type { Interview } from './schedule';

const interview = (room: string, starts: number, state: Progress = 'booked', booth?: string): Interview => ({
  room, ends: starts + 30, contact: '', state,
  booking: {
    company: 'minato', kind: 'interview', slot: { starts, ends: starts + 30 }, guest: '佐藤花子', hosts: [],
    reentry: 'network_only', name: 'required', ...(booth ? { booth } : {}),
  },
});
const summary = (room: string, opened: number, progress: Progress, rest: Partial<RoomSummary> = {}): RoomSummary => ({
  room, opened, progress, booth: 'A-03', guest: '森', locale: 'ja', since: opened, hosts: [], lost: false, held: false,
  ring: { type: 'all' }, ...rest,
});
const booths = [{ booth: 'a-03', name: 'A-03', here: true, taken: false }];

describe('the day', () => {
  // E5
  it('lists booked interviews and walk-ups by time, with what the lobby knows newer', () => {
    const rows = rowsOf(
      [interview('b', 200, 'booked', 'a-03'), interview('a', 100)],
      [
        summary('a', 90, 'knocking', { slot: { starts: 100, ends: 145 }, kind: 'consulting' }),
        summary('w', 150, 'missed'),
        summary('tomorrow', 900, 'booked', { slot: { starts: 900, ends: 930 } }),
      ],
      booths,
    );
    expect(rows.map((r) => [r.room, r.at, r.ends, r.progress, r.booth])).toEqual([
      ['a', 100, 145, 'knocking', 'A-03'], ['w', 150, undefined, 'missed', 'A-03'], ['b', 200, 230, 'booked', 'A-03'],
    ]);
    expect(rows[0]).toMatchObject({ guest: '森', kind: 'consulting' });
  });

  it('shows a booked room of another day when somebody knocks for it now', () => {
    const far = summary('x', 1, 'knocking', { slot: { starts: 900, ends: 930 }, kind: 'interview' });
    expect(rowsOf([], [far], []).map((r) => r.room)).toEqual(['x']);
  });

  // E5, W14
  it('is filtered by kind and by state, and counted without what was cancelled', () => {
    const rows = rowsOf(
      [interview('a', 1, 'ended'), interview('b', 2, 'cancelled'), interview('c', 3)],
      [summary('w', 4, 'missed')], booths,
    );
    const shown = (kind?: 'interview' | 'walk_up', state?: 'coming' | 'done' | 'missed') =>
      rows.filter((r) => passes(r, { kind, state })).map((r) => r.room).join('');
    expect([shown(), shown('interview'), shown('walk_up'), shown(undefined, 'done'), shown('interview', 'missed'), shown(undefined, 'coming')])
      .toEqual(['abcw', 'abc', 'w', 'ab', '', 'c']);
    expect(counts(rows)).toEqual({ total: 3, done: 1, missed: 1 });
  });
});

describe('the month', () => {
  it('stands in whole weeks from Sunday', () => {
    const november = weeks('2026-11');
    expect(november).toHaveLength(5);
    expect(november[0]![0]).toBe('2026-11-01');
    expect(november[4]!.slice(0, 3)).toEqual(['2026-11-29', '2026-11-30', undefined]);
    expect(weeks('2026-02')).toHaveLength(4);
    expect(weeks('2028-02').flat().filter(Boolean)).toHaveLength(29);
  });

  it('counts each day without what was cancelled', () => {
    const at = (d: number) => new Date(2026, 10, d, 9).getTime();
    const days = byDay([interview('a', at(5)), interview('b', at(5), 'cancelled'), interview('c', at(5)), interview('d', at(6))]);
    expect([...days].map(([key, list]) => [key, list.map((i) => i.room).join('')])).toEqual([['2026-11-05', 'ac'], ['2026-11-06', 'd']]);
  });

  it('goes over the year, and names days in the reader’s zone', () => {
    expect([monthKey(2026, 13), monthKey(2026, 0)]).toEqual(['2027-01', '2025-12']);
    expect(dayKey(new Date(2026, 10, 5, 23, 59).getTime())).toBe('2026-11-05');
  });
});
