// Accounts over HTTP: what staff and a company's admin look after.
import { ask, type Fault, type Result } from './ask';
import { cleanLine, lineLength } from './line';
import { LIMITS, type AccountId, type AccountRole, type CompanyId, type Localized, type Millis, type RoomId } from './protocol';

export type Account = {
  readonly id: AccountId;
  readonly name: string;
  readonly title: string;
  readonly role: AccountRole;
  /** None for staff. */
  readonly company?: CompanyId | null;
  /** It has set its password. */
  readonly active: boolean;
};

export type Company = { readonly id: CompanyId; readonly name: Localized };

/** An account as it is filled in. */
export type Entry = { readonly id: string; readonly name: string; readonly title: string; readonly role: AccountRole; readonly company: string };

/** Why an account was not saved, for a sentence of one's own. */
export type AccountFault = Fault | 'id' | 'name' | 'title' | 'company' | 'taken';

export type Link = { readonly link: string; readonly expires: Millis };

/** Accounts that the caller looks after; a plain host looks after none. */
export function accounts(): Promise<Result<readonly Account[]>> {
  return ask('GET', '/api/accounts');
}

/** The companies that the caller sees. */
export function companies(): Promise<Result<readonly Company[]>> {
  return ask('GET', '/api/companies');
}

export function add({ company, ...entry }: Entry): Promise<Result<Account>> {
  return ask('POST', '/api/accounts', entry.role === 'staff' ? entry : { ...entry, company });
}

/** What changes; the account is signed out by it. */
export function change(id: AccountId, { name, title, role }: Entry): Promise<Result<Account>> {
  return ask('PATCH', `/api/accounts/${id}`, { name, title, role });
}

export function remove(id: AccountId): Promise<Result<undefined>> {
  return ask('DELETE', `/api/accounts/${id}`);
}

/** A link by which the account sets its password, and then opens `room`. */
export function makeLink(id: AccountId, room?: RoomId): Promise<Result<Link>> {
  return ask('POST', `/api/accounts/${id}/link`, room === undefined ? {} : { room });
}

/** An empty form; who has a company adds to that one. */
export function blank(company: CompanyId | null | undefined): Entry {
  return { id: '', name: '', title: '', role: 'host', company: company ?? '' };
}

export function entryOf({ id, name, title, role, company }: Account): Entry {
  return { id, name, title, role, company: company ?? '' };
}

/** The entry as the service will take it, or the field that has to change first. */
export function checked(entry: Entry): { kind: 'ok'; entry: Entry } | { kind: 'fault'; fault: AccountFault } {
  const fault = (name: AccountFault) => ({ kind: 'fault', fault: name }) as const;
  const id = entry.id.trim();
  if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(id)) return fault('id');
  const name = cleanLine(entry.name).replace(/\n/g, ' ');
  const length = lineLength(name);
  if (length === 0 || length > LIMITS.nameChars) return fault('name');
  const title = cleanLine(entry.title).replace(/\n/g, ' ');
  if (lineLength(title) > LIMITS.textChars) return fault('title');
  if (entry.role !== 'staff' && entry.company === '') return fault('company');
  return { kind: 'ok', entry: { ...entry, id, name, title } };
}

/** Whose name, account or title holds the words that were looked for. */
export function found(all: readonly Account[], words: string): Account[] {
  const wanted = words.normalize('NFKC').toLowerCase().trim();
  const text = ({ id, name, title }: Account) => `${id} ${name} ${title}`.normalize('NFKC').toLowerCase();
  return all.filter((account) => text(account).includes(wanted));
}
