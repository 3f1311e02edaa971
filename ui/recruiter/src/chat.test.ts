import { describe, expect, it } from 'vitest';
import { badge, draft, fileFault, me, sizeText, unread } from './chat';
import { withdrawn, type Post } from './posts';
import type { Actor } from './protocol';

const guest: Actor = { type: 'guest', booth: 'a-01' };
const post = (seq: number, by: Actor, text = 'x'): Post => ({
  seq, at: seq, by, role: by.type === 'guest' ? 'guest' : 'host', name: 'n', body: { kind: 'text', text }, late: false,
});

describe('the chat', () => {
  // T5
  it('counts what others posted and was not seen, posts from before joining included', () => {
    const posts = [post(3, guest), post(4, me('tanaka')), post(6, me('sato')), post(9, guest)];
    expect(unread(posts, 0, me('sato')).map((p) => p.seq)).toEqual([3, 4, 9]);
    expect(unread(posts, 4, me('sato')).map((p) => p.seq)).toEqual([9]);
    expect(unread(withdrawn(posts, (p) => p.seq === 9), 4, me('sato'))).toEqual([]);
    expect([badge(1), badge(9), badge(10)]).toEqual(['1', '9', '9+']);
  });

  // T1
  it('takes 255 scalar values after composing, and not one more', () => {
    expect(draft('𠮷'.repeat(255))).toMatchObject({ length: 255, sendable: true });
    expect(draft('が'.repeat(255))).toMatchObject({ length: 255, sendable: true });
    expect(draft('a'.repeat(256))).toMatchObject({ length: 256, sendable: false, tooLong: true });
    expect(draft(' \n\t ')).toMatchObject({ length: 0, sendable: false, tooLong: false });
  });

  // T2
  it('accepts a file of exactly 5 MiB and refuses one byte more before anything is sent', () => {
    expect(fileFault(5 * 1024 * 1024)).toBeUndefined();
    expect(fileFault(5 * 1024 * 1024 + 1)).toBe('too_large');
    expect(fileFault(0)).toBe('empty');
  });

  it('writes sizes in the units of the limit', () => {
    expect([640, 1024, 12_700, 1024 * 1024 - 1, 5 * 1024 * 1024].map(sizeText)).toEqual([
      '640 B', '1 KB', '12 KB', '1.0 MB', '5.0 MB',
    ]);
  });
});
