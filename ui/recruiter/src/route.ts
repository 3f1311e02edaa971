// What the address asks for behind its `#`: a first sign-in, or an interview to open. Pure.
import type { RoomId } from './protocol';

export type Route =
  | { readonly kind: 'first-sign-in'; readonly token: string }
  /** `guest` when it came from a candidate's notice. */
  | { readonly kind: 'interview'; readonly room: RoomId; readonly guest: boolean };

/** Undefined for what asks for nothing that is known. */
export function routeOf(hash: string): Route | undefined {
  const [, what, which = ''] = /^#\/([a-z-]+)\/([A-Za-z0-9._-]{1,256})$/.exec(hash) ?? [];
  if (what === 'first-sign-in') return { kind: 'first-sign-in', token: which };
  if (what !== 'interview') return undefined;
  const room = isRoom(which) ? which : roomOfCode(which);
  return room === undefined ? undefined : { kind: 'interview', room, guest: room !== which };
}

/** The link that opens an interview with a host's own sign-in. */
export function interviewHash(room: RoomId): string {
  return `#/interview/${room}`;
}

function isRoom(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

/** The room in the text of a booking's QR code: `E1.` and base64url of version, room, end and signature. */
function roomOfCode(text: string): RoomId | undefined {
  const [, coded] = /^E1\.([A-Za-z0-9_-]+)$/.exec(text) ?? [];
  if (coded === undefined) return undefined;
  let bytes: string;
  try {
    bytes = atob(coded.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return undefined;
  }
  if (bytes.length !== 1 + 16 + 4 + 16) return undefined;
  return [...bytes.slice(1, 17)].map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}
