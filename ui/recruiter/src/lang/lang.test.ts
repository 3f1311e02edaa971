import { describe, expect, it } from 'vitest';
import { LOCALES } from '../keep';
import { WORDS } from '.';

/** Every text of a language, with what stands before it. */
function texts(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    const parts = ['camera', 'call'];
    const first = path.endsWith('.reads')
      ? 'ja'
      : path.endsWith('.numbered')
        ? 'camera'
        : path.endsWith('.monthOf')
          ? new Date(2026, 10, 1)
          : path.endsWith('.faults')
            ? parts
            : 3;
    const second = path.endsWith('.fallback') ? parts : 4;
    return [[path, String((value as (x: unknown, y: unknown) => unknown)(first, second))]];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => texts(inner, `${path}.${key}`));
}

describe('the languages', () => {
  // E9
  it('leave no text empty and none without its names', () => {
    for (const locale of LOCALES) {
      for (const [path, text] of texts(WORDS[locale])) {
        expect(text.trim(), `${locale}${path}`).not.toBe('');
        expect(text, `${locale}${path}`).not.toMatch(/undefined|\[object/);
      }
    }
  });

  // W5, W12, L4
  it('keep the fixed wording', () => {
    expect(WORDS.ja.knock.admit).toBe('許可する');
    expect(WORDS.ja.ready.noise).toBe('周囲の騒音を低減します');
    expect(LOCALES.map((l) => WORDS[l].call.mutedSpeaking)).toEqual([
      'マイクがオフのままです', '마이크가 꺼져 있습니다', 'Your microphone is off',
    ]);
    expect(WORDS.ja.replaced.title).toBe('既に通話画面に接続されています。');
  });

  // X2, E8
  it('keep the wording of the five-minute notice', () => {
    expect(WORDS.ko.room.endsSoon).toEqual({
      title: '면접 종료 5분전입니다.',
      lead: '시간이 되면 모두 퇴장합니다. 종료된 면접은 재진행이 불가하오니 참고하시기 바랍니다.',
    });
    expect(WORDS.ja.knock.refused.already_here).toBe('既に通話画面に接続されています。');
  });

  // E7
  it('say in the same words that it is outside the join window', () => {
    expect(WORDS.ja.coming.outside).toBe('受付可能時間外です');
    for (const locale of LOCALES) {
      const { refused } = WORDS[locale].knock;
      expect(refused.too_early).toContain(WORDS[locale].coming.outside);
      expect(refused.too_late).toContain(WORDS[locale].coming.outside);
    }
  });

  // L12, X4
  it('keep the wording of the hold and of the end of the slot', () => {
    expect(LOCALES.map((l) => WORDS[l].room.held)).toEqual([
      '管理者によって保留中に設定されました', '관리자가 통화를 보류했습니다', 'The host has put the call on hold',
    ]);
    expect(WORDS.ko.ended.cause.slot_over).toContain('종료된 면접은 재진행이 불가하오니 참고하시기 바랍니다.');
  });

  it('offer the guest quick words in every language, within the limit', () => {
    for (const locale of LOCALES) {
      expect(WORDS[locale].knock.quick.map((q) => q.key)).toEqual(['soon', 'later', 'book']);
      for (const q of WORDS[locale].knock.quick) expect([...q.text(15)].length).toBeLessThanOrEqual(255);
    }
    expect(WORDS.en.knock.quick[1]!.text(0)).toContain('12 am');
  });
});
