// What the chat panel shows and lets through. Pure.
import { cleanLine, lineLength } from './line';
import { same, type Post } from './posts';
import { LIMITS, type AccountId, type Actor } from './protocol';

/** One's own actor in every room. */
export function me(account: AccountId): Actor {
  return { type: 'host', account };
}

/** Posts of others after the one seen last; what was taken back asks for nobody's attention. */
export function unread(posts: readonly Post[], seen: number, own: Actor): Post[] {
  return posts.filter((post) => post.seq > seen && post.body.kind !== 'deleted' && !same(post.by, own));
}

/** The badge's digits. */
export function badge(count: number): string {
  return count > 9 ? '9+' : String(count);
}

/** A line being written, as the service will take it. */
export type Draft = { readonly text: string; readonly length: number; readonly sendable: boolean; readonly tooLong: boolean };

export function draft(written: string): Draft {
  const text = cleanLine(written);
  const length = lineLength(text);
  return { text, length, sendable: length > 0 && length <= LIMITS.textChars, tooLong: length > LIMITS.textChars };
}

/** Why a file is not even begun. */
export type FileFault = 'too_large' | 'empty';

/** Exactly the limit is accepted, one byte more is not. */
export function fileFault(size: number): FileFault | undefined {
  if (size === 0) return 'empty';
  return size > LIMITS.fileBytes ? 'too_large' : undefined;
}

/** `640 B`, `12 KB`, `1.1 MB`; the units of the limit, 1024 each. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kilo = bytes / 1024;
  if (Math.round(kilo) < 1024) return `${Math.round(kilo)} KB`;
  return `${(kilo / 1024).toFixed(1)} MB`;
}

/** The address of a posted file. */
export function fileUrl(room: string, post: number): string {
  return `/api/rooms/${room}/files/${post}`;
}
