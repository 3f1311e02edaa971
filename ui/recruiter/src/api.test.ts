import { afterEach, describe, expect, it, vi } from 'vitest';
import { firstSignIn, signIn, whoAmI } from './api';

const me = { account: 'sato', name: '佐藤', title: '', company: 'minato' };
const answers = (body: string, status = 200) => vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { status })));

afterEach(() => vi.unstubAllGlobals());

describe('signing in', () => {
  it('tells who one is', async () => {
    answers(JSON.stringify(me));
    expect(await signIn({ account: 'sato', password: 'x' })).toEqual({ kind: 'in', me });
    expect(await whoAmI()).toEqual(me);
    answers('', 401);
    expect(await signIn({ account: 'sato', password: 'x' })).toEqual({ kind: 'wrong' });
    expect(await whoAmI()).toBeNull();
  });

  it.each(['<!doctype html><title>Welcome to the Wi-Fi</title>', '{"portal":true}', 'null', ''])(
    'takes the answer %j of a network in between for an unreachable service',
    async (body) => {
      answers(body);
      expect(await signIn({ account: 'sato', password: 'x' })).toEqual({ kind: 'unreachable' });
      expect(await whoAmI()).toBeUndefined();
    },
  );
});

describe('the first sign-in', () => {
  // E10
  it('answers who one is and which interview the link opens', async () => {
    const room = 'ab'.repeat(16);
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(me), { headers: { 'x-engawa-room': room } })));
    expect(await firstSignIn('token', 'long enough')).toEqual({ kind: 'in', me, room });
    answers(JSON.stringify(me));
    expect(await firstSignIn('token', 'long enough')).toEqual({ kind: 'in', me, room: undefined });
  });

  it('tells a link that is over from a password that is too short', async () => {
    answers('{"error":"signed_out"}', 401);
    expect(await firstSignIn('token', 'long enough')).toEqual({ kind: 'over' });
    answers('{"error":"invalid"}', 422);
    expect(await firstSignIn('token', 'long enough')).toEqual({ kind: 'short' });
    expect(await firstSignIn('token', 'seven77')).toEqual({ kind: 'short' });
    answers('', 503);
    expect(await firstSignIn('token', 'long enough')).toEqual({ kind: 'unreachable' });
  });
});
