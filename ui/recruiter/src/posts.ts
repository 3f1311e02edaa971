// The chat of a room as its log tells it: what stands, and what was taken back. Pure.
import type { Actor, FileCard, Millis, Role } from './protocol';

export type Body =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly file: FileCard }
  /** It was taken back; nothing of it is left. */
  | { readonly kind: 'deleted' };

export type Post = {
  /** Number of the event that posted it: its name. */
  readonly seq: number;
  readonly at: Millis;
  readonly by: Actor;
  readonly role: Role;
  /** The author's shown name at that time. */
  readonly name: string;
  readonly body: Body;
  /** It came after the end. */
  readonly late: boolean;
};

/** The posts without the words of those that `gone` names. */
export function withdrawn(posts: readonly Post[], gone: (post: Post) => boolean): Post[] {
  return posts.map((post) => (gone(post) ? { ...post, body: { kind: 'deleted' } } : post));
}

/** Two actors are the same one. */
export function same(a: Actor, b: Actor): boolean {
  switch (a.type) {
    case 'guest':
      return b.type === 'guest' && b.booth === a.booth;
    case 'host':
      return b.type === 'host' && b.account === a.account;
    case 'staff':
      return b.type === 'staff' && b.account === a.account;
    case 'service':
      return b.type === 'service';
    default:
      return unknownActor(a);
  }
}

function unknownActor(_actor: never): boolean {
  return false;
}
