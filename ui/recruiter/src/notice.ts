// Desktop notices of knocks, only for a page that nobody is looking at.
import type { Words } from './lang';
import type { RoomSummary } from './protocol';

export type Permission = 'granted' | 'denied' | 'default' | 'unsupported';

export function permission(): Permission {
  return 'Notification' in window ? Notification.permission : 'unsupported';
}

/** Asks the browser; only ever from a click. */
export async function askPermission(): Promise<Permission> {
  if (!('Notification' in window)) return 'unsupported';
  return Notification.requestPermission();
}

/** The notices that stand on the desktop, each for as long as its knock does. */
export class Notices {
  #open = new Map<string, Notification>();

  /** Tells of a knock; the same knock replaces its earlier notice. A click on it brings the page back. */
  tell(words: Words, knock: RoomSummary, clicked: () => void): void {
    if (permission() !== 'granted' || !document.hidden) return;
    try {
      const tag = tagOf(knock);
      const notice = new Notification(words.knock.title, {
        body: words.knock.announce(knock.guest, knock.booth),
        tag,
        lang: words.tag,
      });
      this.#open.set(tag, notice);
      notice.onclick = () => {
        window.focus();
        clicked();
        notice.close();
      };
    } catch {
      // Some phones allow notices only from a service worker; the sound and the card remain.
    }
  }

  /** Takes back the notices of knocks that stand no more; they name a guest. */
  keep(standing: readonly RoomSummary[]): void {
    const kept = new Set(standing.map(tagOf));
    for (const [tag, notice] of this.#open) {
      if (kept.has(tag)) continue;
      notice.close();
      this.#open.delete(tag);
    }
  }
}

function tagOf(knock: RoomSummary): string {
  return `${knock.room}-${knock.since}`;
}
