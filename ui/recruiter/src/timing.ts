// The slot's time as people in a call see it. Pure; `now` is the service's clock.
import type { Room } from './fold';
import { LIMITS, type Millis } from './protocol';

/** What the clock in the head says; a walk-up has no slot and counts up. */
export type Timing =
  | { readonly kind: 'none' }
  | { readonly kind: 'elapsed'; readonly ms: number }
  | { readonly kind: 'before'; readonly ms: number }
  | { readonly kind: 'left'; readonly ms: number; readonly soon: boolean };

const SOON_MS = 5 * 60_000;

export function timing(room: Pick<Room, 'slot' | 'admittedAt'>, now: Millis): Timing {
  const { slot, admittedAt } = room;
  if (slot) {
    if (now < slot.starts && admittedAt === undefined) return { kind: 'before', ms: slot.starts - now };
    const ms = Math.max(0, slot.ends - now);
    return { kind: 'left', ms, soon: ms <= SOON_MS };
  }
  return admittedAt === undefined ? { kind: 'none' } : { kind: 'elapsed', ms: Math.max(0, now - admittedAt) };
}

/** The announced end, while the notice of it still says the truth and was not closed. */
export function endNotice(room: Pick<Room, 'slot' | 'announced'>, closed: Millis | undefined): Millis | undefined {
  const { slot, announced } = room;
  return announced !== undefined && announced === slot?.ends && announced !== closed ? announced : undefined;
}

/** Minutes by which the slot can be extended at a time. */
export const EXTENSIONS: readonly number[] = [5, 10, 15].filter((minutes) => minutes <= LIMITS.extendMinutes);
