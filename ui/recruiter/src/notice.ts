// Desktop notices of knocks, only for a page that nobody is looking at.
import type { Words } from './lang';

export type Permission = 'granted' | 'denied' | 'default' | 'unsupported';

/** Something that asks for a person, for as long as it stands. */
export type Notice = {
  /** The same for the same thing: it replaces its earlier notice. */
  readonly tag: string;
  readonly title: string;
  readonly text: string;
};

export function permission(): Permission {
  return 'Notification' in window ? Notification.permission : 'unsupported';
}

/** Asks the browser; only ever from a click. */
export async function askPermission(): Promise<Permission> {
  if (!('Notification' in window)) return 'unsupported';
  return Notification.requestPermission();
}

/** The notices that stand on the desktop, each for as long as its cause does. */
export class Notices {
  #open = new Map<string, Notification>();

  /** Tells of it. A click brings the page back. */
  tell(words: Words, { tag, title, text }: Notice, clicked: () => void): void {
    if (permission() !== 'granted' || !document.hidden) return;
    try {
      const notice = new Notification(title, { body: text, tag, lang: words.tag });
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

  /** Takes back the notices of what stands no more; they name a guest. */
  keep(standing: readonly Notice[]): void {
    const kept = new Set(standing.map(({ tag }) => tag));
    for (const [tag, notice] of this.#open) {
      if (kept.has(tag)) continue;
      notice.close();
      this.#open.delete(tag);
    }
  }
}
