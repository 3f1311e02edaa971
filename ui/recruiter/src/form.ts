// The form of an interview: what its fields say, and what is booked by it. Pure; times are the reader's.
import { cleanLine, lineLength } from './line';
import { LIMITS, type AccountId, type InterviewKind, type Locale, type Millis } from './protocol';
import { dayKey } from './rows';
import type { Interview, Wish } from './schedule';
import { hourMinute } from './time';

export type Form = {
  kind: InterviewKind;
  /** As `<input type=date>` and `<input type=time>` have them. */
  date: string;
  time: string;
  minutes: number;
  guest: string;
  /** Empty until it is known. */
  locale: Locale | '';
  /** In the order in which they are rung; empty for everybody. */
  hosts: readonly AccountId[];
  /** Empty for any. */
  booth: string;
  contact: string;
};

export const KINDS: readonly InterviewKind[] = ['interview', 'further_interview', 'consulting'];
const HALF_HOUR = 30 * 60_000;
/** Of one interview. */
export const MOST_MINUTES = LIMITS.slotMs / 60_000;

/** A new one: half an hour from the next half hour on. */
export function blank(now: Millis): Form {
  const starts = Math.ceil((now + 1) / HALF_HOUR) * HALF_HOUR;
  return {
    kind: 'interview', date: dayKey(starts), time: hourMinute(starts), minutes: 30, guest: '', locale: '', hosts: [], booth: '', contact: '',
  };
}

export function formOf({ booking, contact }: Interview): Form {
  const { kind, slot, guest, locale, hosts, booth } = booking;
  return {
    kind, date: dayKey(slot.starts), time: hourMinute(slot.starts), minutes: Math.round((slot.ends - slot.starts) / 60_000),
    guest, locale: locale ?? '', hosts, booth: booth ?? '', contact,
  };
}

export type FormFault = 'time' | 'past' | 'minutes' | 'guest' | 'hosts' | 'contact';

/** What is booked by the form, or the field that has to change first. */
export function wishOf(form: Form, now: Millis): { kind: 'ok'; wish: Wish } | { kind: 'fault'; fault: FormFault } {
  const fault = (name: FormFault) => ({ kind: 'fault', fault: name }) as const;
  const starts = new Date(`${form.date}T${form.time}`).getTime();
  if (!Number.isFinite(starts)) return fault('time');
  const { minutes } = form;
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > MOST_MINUTES) return fault('minutes');
  if (starts + minutes * 60_000 <= now) return fault('past');
  const guest = oneLine(form.guest);
  if (lineLength(guest) > LIMITS.nameChars) return fault('guest');
  const contact = oneLine(form.contact);
  if (lineLength(contact) > LIMITS.textChars) return fault('contact');
  if (form.hosts.length > LIMITS.bookingHosts) return fault('hosts');
  const { kind, hosts, booth, locale } = form;
  return { kind: 'ok', wish: { kind, starts, minutes, guest, hosts, booth, contact, ...(locale ? { locale } : {}) } };
}

function oneLine(text: string): string {
  return cleanLine(text).replace(/\n/g, ' ');
}

/** A host named in the order of ringing, or taken out of it. */
export function toggled(hosts: readonly AccountId[], account: AccountId): readonly AccountId[] {
  return hosts.includes(account) ? hosts.filter((h) => h !== account) : [...hosts, account];
}
