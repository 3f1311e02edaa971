import { describe, expect, it } from 'vitest';
import { cleanLine, lineLength } from './line';

describe('a line to the guest', () => {
  // T1, W13
  it('is composed before it is counted and sent', () => {
    const typed = 'か\u3099'.repeat(255);
    expect(cleanLine(typed)).toBe('が'.repeat(255));
    expect(lineLength(cleanLine(typed))).toBe(255);
    expect(lineLength(cleanLine('👋'.repeat(9)))).toBe(9);
  });

  it('keeps its breaks, and every other white space is a space', () => {
    expect(cleanLine('\u3000 a\tb\u00a0c\u2028d\u0085e\r\nf\rg\n ')).toBe('a b c d e\nf\ng');
  });

  it('has nothing in it that steers the text or cannot be said', () => {
    expect(cleanLine('\u200ea\u0000\u001b\u007f\u202eb\u2066c\u2069\ufeffd\ud800e\u200f')).toBe('abcde');
    expect(cleanLine('\ufeff \u0007\n')).toBe('');
    // Joiners belong to the sign.
    expect(cleanLine('👩\u200d💻')).toBe('👩\u200d💻');
  });
});
