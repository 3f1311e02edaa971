// The company's interviews over HTTP: the lists, booking, connection numbers, and records to take along.
import { ask, type Result } from './ask';
import type { AccountId, Booking, InterviewKind, Locale, Millis, Progress, RoomId } from './protocol';

/** A booked interview as the service answers it. */
export type Interview = {
  readonly room: RoomId;
  readonly booking: Booking;
  /** The end of the slot, as extended. */
  readonly ends: Millis;
  readonly contact: string;
  readonly state: Progress;
};

export type Interviews = { readonly interviews: readonly Interview[]; readonly today: number };

/** What is booked; a change says all of it. */
export type Wish = {
  readonly kind: InterviewKind;
  readonly starts: Millis;
  readonly minutes: number;
  readonly guest: string;
  readonly locale?: Locale;
  readonly hosts: readonly AccountId[];
  /** Empty for any booth. */
  readonly booth: string;
  readonly contact: string;
};

export type ConnectionNumber = { readonly number: string; readonly expires: Millis };

/** What of an ended interview can be taken along. */
export type Part = 'participants' | 'chat' | 'files';

/** An ended interview of which something was not taken along yet. */
export type Waiting = {
  readonly room: RoomId;
  readonly guest: string;
  readonly ended: Millis;
  /** Numbers of the posts whose files stand in the chat. */
  readonly files: readonly number[];
  readonly missing: readonly Part[];
  readonly until: Millis;
};

/** Which interviews: of a month as `2026-11`, or of the event's day. */
export function interviews(month?: string): Promise<Result<Interviews>> {
  return ask('GET', `/api/interviews${month ? `?month=${month}` : ''}`);
}

/** One interview; another company's is answered as if it were not there. */
export function interview(room: RoomId): Promise<Result<Interview>> {
  return ask('GET', `/api/interviews/${room}`);
}

export function book({ booth, ...wish }: Wish): Promise<Result<Interview>> {
  return ask('POST', '/api/interviews', booth ? { ...wish, booth } : wish);
}

export function change(room: RoomId, wish: Wish): Promise<Result<Interview>> {
  return ask('PATCH', `/api/interviews/${room}`, wish);
}

export function cancel(room: RoomId): Promise<Result<undefined>> {
  return ask('DELETE', `/api/interviews/${room}`);
}

export function issueNumber(room: RoomId): Promise<Result<ConnectionNumber>> {
  return ask('POST', `/api/interviews/${room}/number`);
}

export function waitingRecords(): Promise<Result<readonly Waiting[]>> {
  return ask('GET', '/api/records');
}

/** The address of a record. */
export function recordUrl(room: RoomId, part: 'participants' | 'chat'): string {
  return `/api/records/${room}/${part}.csv`;
}
