// A host's or the staff's requests outside of the page, over the HTTP API.
import type { Address } from './recruiter';
import type { Account } from './service';

const MINUTE = 60_000;

/** What is booked; half an hour that has just begun, unless it says otherwise. */
export type Wish = {
  kind?: 'interview' | 'further_interview' | 'consulting';
  starts?: number;
  minutes?: number;
  guest?: string;
  locale?: 'ja' | 'ko' | 'en';
  hosts?: string[];
  booth?: string;
  reentry?: 'always' | 'network_only';
};

export type Interview = { room: string; ends: number; state: string; booking: { slot: { starts: number; ends: number } } };

export type Booth = {
  id: string; name: string; state: string;
  device?: { version: string; slot: string; fallback?: { version: string; reason: string } };
};

/** A slot of half an hour that ends `ms` from now. */
export function ending(ms: number): { starts: number; minutes: number } {
  return { starts: Date.now() + ms - 30 * MINUTE, minutes: 30 };
}

export class Office {
  readonly #url: string;
  readonly #cookie: string;

  private constructor(url: string, cookie: string) {
    this.#url = url;
    this.#cookie = cookie;
  }

  static async open({ url }: Address, { account, password }: Account): Promise<Office> {
    const body = JSON.stringify({ account, password });
    const answer = await fetch(`${url}/api/sign-in`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const cookie = answer.headers.get('set-cookie')?.split(';')[0];
    if (!answer.ok || !cookie) throw new Error(`${account} was not signed in: ${answer.status}`);
    return new Office(url, cookie);
  }

  /** Any request of the API, with whatever it is answered. */
  request(method: string, path: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = { cookie: this.#cookie };
    if (body !== undefined) headers['content-type'] = 'application/json';
    return fetch(`${this.#url}/api/${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  }

  async #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.request(method, path, body);
    if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  book(wish: Wish = {}): Promise<Interview> {
    return this.#ask('POST', 'interviews', { kind: 'interview', starts: Date.now() - MINUTE, guest: '홍성우', locale: 'ko', ...wish });
  }

  change(room: string, wish: Wish): Promise<Interview> {
    return this.#ask('PATCH', `interviews/${room}`, wish);
  }

  interview(room: string): Promise<Interview> {
    return this.#ask('GET', `interviews/${room}`);
  }

  /** A booth as the staff see it, if there is one with this id. */
  async booth(id: string): Promise<Booth | undefined> {
    return (await this.#ask<Booth[]>('GET', 'v1/booths')).find((one) => one.id === id);
  }

  /** A fresh connection number for it. */
  async number(room: string): Promise<string> {
    return (await this.#ask<{ number: string }>('POST', `interviews/${room}/number`)).number;
  }
}
