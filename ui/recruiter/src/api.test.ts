import { afterEach, describe, expect, it, vi } from 'vitest';
import { signIn, whoAmI } from './api';

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
