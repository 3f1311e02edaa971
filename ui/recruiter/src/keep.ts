// What this browser remembers of the recruiter's habits. Nothing of a candidate is ever kept.
import type { Locale, RoomId } from './protocol';

export type Loudness = 'small' | 'medium' | 'large' | 'mute';
export const LOUDNESS: readonly Loudness[] = ['small', 'medium', 'large', 'mute'];
export const LOCALES: readonly Locale[] = ['ja', 'ko', 'en'];

/** A storage that forgets is no reason to fail. */
function get(storage: Storage, key: string): string | null {
  try {
    return storage.getItem(key);
  } catch {
    return null;
  }
}

function set(storage: Storage, key: string, value: string | undefined): void {
  try {
    if (value === undefined) storage.removeItem(key);
    else storage.setItem(key, value);
  } catch {
    // Kept for this page's life only.
  }
}

export function keptLocale(): Locale {
  const kept = get(localStorage, 'engawa.locale');
  const wished = [kept, ...navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase())];
  return LOCALES.find((locale) => locale === wished.find((w) => LOCALES.some((l) => l === w))) ?? 'ja';
}

export function keepLocale(locale: Locale): void {
  set(localStorage, 'engawa.locale', locale);
}

export function keptLoudness(): Loudness {
  const kept = get(localStorage, 'engawa.knock');
  return LOUDNESS.find((l) => l === kept) ?? 'medium';
}

export function keepLoudness(loudness: Loudness): void {
  set(localStorage, 'engawa.knock', loudness);
}

/** The devices were looked at in this window's session: "let in" need not stop at the ready page. */
export function keptReady(): boolean {
  return get(sessionStorage, 'engawa.ready') === 'yes';
}

export function keepReady(ready: boolean): void {
  set(sessionStorage, 'engawa.ready', ready ? 'yes' : undefined);
}

/** The room this window is in, for coming back after a reload. */
export function keptRoom(): RoomId | undefined {
  return get(sessionStorage, 'engawa.room') ?? undefined;
}

export function keepRoom(room: RoomId | undefined): void {
  set(sessionStorage, 'engawa.room', room);
}

/** Which inputs the recruiter had on, for coming back after a reload. */
export function keptOn(): { microphone: boolean; camera: boolean } {
  const kept = get(sessionStorage, 'engawa.on');
  return { microphone: !kept?.includes('no-microphone'), camera: !kept?.includes('no-camera') };
}

export function keepOn(on: { microphone: boolean; camera: boolean }): void {
  set(sessionStorage, 'engawa.on', `${on.microphone ? '' : 'no-microphone '}${on.camera ? '' : 'no-camera'}`);
}

/** Rooms whose chat this window remembers as read. */
const MOST_MARKS = 8;

/** The last event of a room that was read here, over a reload (T5); numbers and nothing else. */
export function keptRead(room: RoomId): number {
  return marks().get(room) ?? 0;
}

/** The latest rooms are kept; the mark of one that is over goes with it. */
export function keepRead(room: RoomId, event: number | undefined): void {
  const kept = marks();
  if (event === undefined && !kept.has(room)) return;
  kept.delete(room);
  if (event !== undefined) kept.set(room, event);
  const latest = [...kept].slice(-MOST_MARKS);
  set(sessionStorage, 'engawa.read', latest.length > 0 ? JSON.stringify(latest) : undefined);
}

function marks(): Map<RoomId, number> {
  try {
    const kept: unknown = JSON.parse(get(sessionStorage, 'engawa.read') ?? '[]');
    const isMark = (mark: unknown): mark is [RoomId, number] =>
      Array.isArray(mark) && typeof mark[0] === 'string' && Number.isSafeInteger(mark[1]);
    return new Map(Array.isArray(kept) ? kept.filter(isMark) : []);
  } catch {
    return new Map();
  }
}
