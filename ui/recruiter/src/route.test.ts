import { describe, expect, it } from 'vitest';
import { interviewHash, routeOf } from './route';

const ROOM = '000102030405060708090a0b0c0d0e0f';
const code = (bytes: number[]) => `E1.${btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;

describe('the address', () => {
  // E10
  it('names a first sign-in by its token', () => {
    expect(routeOf('#/first-sign-in/aB-_9')).toEqual({ kind: 'first-sign-in', token: 'aB-_9' });
  });

  // E10
  it('names an interview by its room or by the code of its notice', () => {
    expect(routeOf(interviewHash(ROOM))).toEqual({ kind: 'interview', room: ROOM, guest: false });
    const bytes = [1, ...Array.from({ length: 16 }, (_, i) => i), 0, 0, 0, 0, ...Array<number>(16).fill(0xff)];
    expect(routeOf(`#/interview/${code(bytes)}`)).toEqual({ kind: 'interview', room: ROOM, guest: true });
  });

  it.each(['', '#', '#/', '#/interview/', '#/interview/zz', '#/interview/E1.@', '#/interview/E1.AAAA', '#/first-sign-in/a b', '#/else/x'])(
    'asks for nothing by %j',
    (hash) => expect(routeOf(hash)).toBeUndefined(),
  );
});
