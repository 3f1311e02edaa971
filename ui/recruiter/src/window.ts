// When a booked interview can be entered (E7). Pure; `now` is the service's clock.
import type { Room } from './fold';
import type { Millis, Progress, Slot } from './protocol';

/** The service opens a room so long before its slot. */
const EARLY_MS = 60 * 60_000;

export type JoinWindow =
  /** `ms` until it opens. */
  | { readonly kind: 'early'; readonly opens: Millis; readonly ms: number }
  /** `before` until the slot begins; 0 from then on. */
  | { readonly kind: 'open'; readonly before: number }
  | { readonly kind: 'over'; readonly opens: Millis; readonly closes: Millis };

/** A walk-up has no slot and is always open. */
export function joinWindow(slot: Slot | undefined, now: Millis): JoinWindow {
  if (!slot) return { kind: 'open', before: 0 };
  const opens = slot.starts - EARLY_MS;
  if (now < opens) return { kind: 'early', opens, ms: opens - now };
  if (now >= slot.ends) return { kind: 'over', opens, closes: slot.ends };
  return { kind: 'open', before: Math.max(0, slot.starts - now) };
}

/** Where the guest of an interview to come is. */
export type GuestAt = 'away' | 'here' | 'knocking' | 'in_call';

/** None once the interview is over. Seat 0 is the guest's; one may sit there before the knock and after taking it back. */
export function guestOf(progress: Progress, room: Pick<Room, 'present'>): GuestAt | undefined {
  switch (progress) {
    case 'booked':
      return room.present.has(0) ? 'here' : 'away';
    case 'open':
      return 'here';
    case 'knocking':
    case 'in_call':
      return progress;
    default:
      return undefined;
  }
}
