// The company's interviews over HTTP: the lists, booking, connection numbers, and records to take along.
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

export type Account = { readonly id: AccountId; readonly name: string; readonly title: string; readonly company?: string | null; readonly active: boolean };

/** Why a request was not carried out, for a sentence of one's own. */
export type Fault = 'signed_out' | 'not_allowed' | 'not_found' | 'invalid' | 'conflict' | 'too_many' | 'unreachable';

export type Result<T> = { readonly kind: 'ok'; readonly value: T } | { readonly kind: 'fault'; readonly fault: Fault; readonly what: string };

/** Which interviews: of a month as `2026-11`, or of the event's day. */
export function interviews(month?: string): Promise<Result<Interviews>> {
  return ask('GET', `/api/interviews${month ? `?month=${month}` : ''}`);
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

/** Accounts that the caller looks after; a plain host looks after none. */
export function accounts(): Promise<Result<readonly Account[]>> {
  return ask('GET', '/api/accounts');
}

export function waitingRecords(): Promise<Result<readonly Waiting[]>> {
  return ask('GET', '/api/records');
}

/** The address of a record. */
export function recordUrl(room: RoomId, part: 'participants' | 'chat'): string {
  return `/api/records/${room}/${part}.csv`;
}

const PATIENCE_MS = 10_000;

async function ask<T>(method: string, path: string, body?: unknown): Promise<Result<T>> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch {
    return { kind: 'fault', fault: 'unreachable', what: '' };
  }
  const value = await read(answer);
  if (answer.status === 204) return { kind: 'ok', value: undefined as T };
  // A network that asks for a login of its own answers with a page.
  if (answer.ok) return value === undefined ? { kind: 'fault', fault: 'unreachable', what: '' } : { kind: 'ok', value: value as T };
  return { kind: 'fault', fault: faultOf(answer.status), what: whatOf(value) };
}

async function read(answer: Response): Promise<unknown> {
  try {
    const value: unknown = await answer.json();
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function whatOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'what' in value && typeof value.what === 'string' ? value.what : '';
}

function faultOf(status: number): Fault {
  switch (status) {
    case 401:
      return 'signed_out';
    case 403:
      return 'not_allowed';
    case 404:
      return 'not_found';
    case 409:
      return 'conflict';
    case 413:
    case 429:
      return 'too_many';
    case 400:
    case 422:
      return 'invalid';
    default:
      return 'unreachable';
  }
}
