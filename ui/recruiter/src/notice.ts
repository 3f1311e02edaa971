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

/** Tells of a knock; the same knock replaces its earlier notice. A click on it brings the page back. */
export function notify(words: Words, knock: RoomSummary, clicked: () => void): void {
  if (permission() !== 'granted' || !document.hidden) return;
  try {
    const notice = new Notification(words.knock.title, {
      body: words.knock.announce(knock.guest, knock.booth),
      tag: `${knock.room}-${knock.since}`,
      lang: words.tag,
    });
    notice.onclick = () => {
      window.focus();
      clicked();
      notice.close();
    };
  } catch {
    // Some phones allow notices only from a service worker; the sound and the card remain.
  }
}
