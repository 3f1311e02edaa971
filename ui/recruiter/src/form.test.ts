import { describe, expect, it } from 'vitest';
import { blank, formOf, toggled, wishOf } from './form';
import type { Interview } from './schedule';

const at = (h: number, m: number) => new Date(2026, 10, 21, h, m).getTime();

describe('the form of an interview', () => {
  // E4, E5
  it('begins with half an hour from the next half hour on', () => {
    expect(blank(at(13, 5))).toMatchObject({ date: '2026-11-21', time: '13:30', minutes: 30, kind: 'interview' });
    expect(blank(at(13, 30))).toMatchObject({ time: '14:00' });
    expect(blank(at(23, 50))).toMatchObject({ date: '2026-11-22', time: '00:00' });
  });

  it('says what is booked, in the reader’s own zone', () => {
    const form = { ...blank(at(13, 5)), guest: ' 佐藤  花子 ', hosts: ['tanaka', 'sato'], booth: 'a-01' };
    expect(wishOf(form, at(13, 5))).toEqual({
      kind: 'ok',
      wish: { kind: 'interview', starts: at(13, 30), minutes: 30, guest: '佐藤  花子', hosts: ['tanaka', 'sato'], booth: 'a-01', contact: '' },
    });
  });

  it('shows again what was booked, and says it unchanged', () => {
    const interview: Interview = {
      room: 'ab', ends: at(15, 0), contact: 'x@example.jp', state: 'booked',
      booking: {
        company: 'minato', kind: 'consulting', slot: { starts: at(14, 0), ends: at(14, 45) }, guest: '홍성우', locale: 'ko',
        hosts: ['sato'], booth: 'a-03', reentry: 'network_only', name: 'required',
      },
    };
    const said = wishOf(formOf(interview), at(13, 0));
    expect(said).toEqual({
      kind: 'ok',
      wish: { kind: 'consulting', starts: at(14, 0), minutes: 45, guest: '홍성우', locale: 'ko', hosts: ['sato'], booth: 'a-03', contact: 'x@example.jp' },
    });
  });

  it('names the field that cannot be booked', () => {
    const good = blank(at(13, 5));
    const fault = (change: Partial<typeof good>) => {
      const said = wishOf({ ...good, ...change }, at(13, 5));
      return said.kind === 'fault' ? said.fault : undefined;
    };
    expect(fault({ date: '' })).toBe('time');
    expect(fault({ date: '2026-11-20' })).toBe('past');
    expect(fault({ minutes: 0 })).toBe('minutes');
    expect(fault({ minutes: 481 })).toBe('minutes');
    expect(fault({ guest: 'あ'.repeat(41) })).toBe('guest');
    expect(fault({ contact: 'a'.repeat(256) })).toBe('contact');
    expect(fault({ hosts: Array.from({ length: 17 }, (_, i) => `h${i}`) })).toBe('hosts');
    expect(fault({ guest: 'あ'.repeat(40), minutes: 480 })).toBeUndefined();
  });

  it('keeps hosts in the order in which they were named', () => {
    expect(toggled(toggled(toggled([], 'a'), 'b'), 'c')).toEqual(['a', 'b', 'c']);
    expect(toggled(['a', 'b', 'c'], 'b')).toEqual(['a', 'c']);
  });
});
