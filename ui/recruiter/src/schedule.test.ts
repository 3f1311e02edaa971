import { afterEach, describe, expect, it, vi } from 'vitest';
import { book, cancel, change, interviews, issueNumber, recordUrl } from './schedule';

let asked: { path: string; method: string; body: unknown }[] = [];
function answers(status: number, body: string | null): void {
  asked = [];
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    asked.push({ path, method: init.method ?? '', body: init.body ? JSON.parse(String(init.body)) : undefined });
    return Promise.resolve(new Response(body, { status }));
  });
}
afterEach(() => vi.unstubAllGlobals());

const wish = { kind: 'interview', starts: 1, minutes: 30, guest: 'x', hosts: [], booth: '', contact: '' } as const;

describe('the schedule', () => {
  // E5
  it('asks for the event’s day, or for a month', async () => {
    answers(200, '{"interviews":[],"today":2,"days":{}}');
    expect(await interviews()).toMatchObject({ kind: 'ok', value: { today: 2 } });
    await interviews('2026-11');
    expect(asked.map((a) => a.path)).toEqual(['/api/interviews', '/api/interviews?month=2026-11']);
  });

  it('names no booth in a new interview for any, and takes a booth away with an empty text', async () => {
    answers(201, '{"room":"ab"}');
    await book(wish);
    await change('ab', wish);
    expect(asked[0]!.body).not.toHaveProperty('booth');
    expect(asked[1]).toMatchObject({ method: 'PATCH', path: '/api/interviews/ab', body: { booth: '' } });
  });

  // E2
  it('takes an answer without a body, and a number with its end', async () => {
    answers(204, null);
    expect(await cancel('ab')).toEqual({ kind: 'ok', value: undefined });
    answers(201, '{"number":"0427","expires":9}');
    expect(await issueNumber('ab')).toEqual({ kind: 'ok', value: { number: '0427', expires: 9 } });
  });

  it.each([[401, 'signed_out'], [403, 'not_allowed'], [404, 'not_found'], [409, 'conflict'], [422, 'invalid'], [429, 'too_many'], [503, 'unreachable']] as const)(
    'tells a %d as %s', async (status, fault) => {
      answers(status, '{"error":"x","what":"hosts: y"}');
      expect(await interviews()).toEqual({ kind: 'fault', fault, what: 'hosts: y' });
    },
  );

  it('takes another network’s page for an unreachable service', async () => {
    answers(200, '<!doctype html>');
    expect(await interviews()).toMatchObject({ kind: 'fault', fault: 'unreachable' });
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no line')));
    expect(await interviews()).toMatchObject({ kind: 'fault', fault: 'unreachable' });
  });

  // R1
  it('knows where the records are', () => {
    expect(recordUrl('ab', 'chat')).toBe('/api/records/ab/chat.csv');
  });
});
