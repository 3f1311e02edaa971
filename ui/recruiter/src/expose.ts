// What tests and measurements may read from outside: `window.engawa`. It changes nothing.
import type { Desk } from './desk.svelte';
import type { Seat } from './protocol';

export type Engawa = {
  /** The connections of the running call; empty outside one. */
  peers(): { seat: Seat; since: number; attempt: number; pc: RTCPeerConnection }[];
  /** Where the page is. */
  state(): {
    screen: string;
    link: string;
    room: string | null;
    progress: string | null;
    /** The last event folded. */
    last: number;
    seat: Seat | null;
    present: Seat[];
  };
  /** The chat of the running call. */
  posts(): { post: number; text?: string; file?: string }[];
};

declare global {
  interface Window {
    engawa: Engawa;
  }
}

export function expose(desk: Desk): void {
  window.engawa = {
    peers: () => {
      const partners = desk.place.kind === 'call' ? desk.place.visit.partners : [];
      return partners.flatMap(({ seat, since, attempt, pc }) => (pc ? [{ seat, since, attempt, pc }] : []));
    },
    state: () => {
      const visit = desk.place.kind === 'call' ? desk.place.visit : undefined;
      const mine = visit?.room.mine;
      return {
        screen: desk.place.kind,
        link: desk.link.kind,
        room: visit?.id ?? null,
        progress: visit?.room.progress ?? null,
        last: visit?.room.last ?? 0,
        seat: mine?.kind === 'present' ? mine.peer.seat : null,
        present: [...(visit?.room.present.keys() ?? [])],
      };
    },
    posts: () => {
      const posts = desk.place.kind === 'call' ? desk.place.visit.room.posts : [];
      return posts.map(({ seq, body }) => {
        switch (body.kind) {
          case 'text':
            return { post: seq, text: body.text };
          case 'file':
            return { post: seq, file: body.file.name };
          case 'deleted':
            return { post: seq };
        }
      });
    },
  };
}
