import { describe, expect, it, vi } from 'vitest';
import { PretendClock, settle } from './testing';
import { Upload, type UploadState } from './upload';

const PART = 256 * 1024;

/** A service that keeps one upload, and can be cut off. */
class FakeStore {
  bytes: number[] = [];
  size = 0;
  sha = '';
  asked: string[] = [];
  /** Requests that are answered before the line goes away; endless when undefined. */
  answers: number | undefined;
  status: number | undefined;

  fetch = async (path: string, init: RequestInit): Promise<Response> => {
    this.asked.push(`${init.method} ${path}`);
    if (this.answers !== undefined && this.answers-- <= 0) throw new TypeError('no line');
    if (this.status) return new Response('{}', { status: this.status });
    if (init.method === 'POST') {
      const { size, sha256 } = JSON.parse(String(init.body)) as { size: number; sha256: string };
      this.size = size;
      this.sha = sha256;
      const whole = this.bytes.length === size;
      return Response.json({ upload: 'u1', offset: this.bytes.length, size, name: 'x', whole }, { status: 201 });
    }
    const offset = Number(new Headers(init.headers).get('upload-offset'));
    if (offset !== this.bytes.length) return new Response('{}', { status: 409, headers: { 'upload-offset': String(this.bytes.length) } });
    this.bytes = this.bytes.concat([...new Uint8Array(await (init.body as Blob).arrayBuffer())]);
    return new Response(null, { status: 204, headers: { 'upload-offset': String(this.bytes.length) } });
  };
}

function begin(store: FakeStore, size: number, secure = true) {
  const clock = new PretendClock();
  const states: UploadState[] = [];
  const bytes = new Uint8Array(size).map((_, i) => (i * 7) % 251);
  const upload = new Upload({
    room: 'ab', file: new File([bytes], '履歴書.pdf'), fetch: store.fetch, clock,
    digest: secure ? (b) => crypto.subtle.digest('SHA-256', b) : undefined,
    changed: (state) => states.push(state),
  });
  return { clock, states, bytes, upload };
}

/** Compares a whole file at once: asserting every byte takes most of a second. */
function same(kept: number[], bytes: Uint8Array): boolean {
  return kept.length === bytes.length && bytes.every((byte, i) => byte === kept[i]);
}

/** Waits for a condition over real turns of the event loop: hashing and blobs take some. */
function until(holds: () => boolean): Promise<unknown> {
  return vi.waitUntil(holds, { timeout: 5_000, interval: 1 });
}

describe('an upload', () => {
  // T2
  it('sends a file in parts, under its hash, and tells how far it is', async () => {
    const store = new FakeStore();
    const { upload, states, bytes } = begin(store, PART + 10);
    const id = await upload.run();
    expect(same(store.bytes, bytes)).toBe(true);
    expect(store.sha).toMatch(/^[0-9a-f]{64}$/);
    expect(id).toBe(store.sha);
    expect(states).toEqual([
      { kind: 'hashing' }, { kind: 'sending', sent: 0 }, { kind: 'sending', sent: PART },
      { kind: 'sending', sent: PART + 10 }, { kind: 'whole', file: id },
    ]);
  });

  it('sends nothing at all of a file that is too large, empty, or cannot be hashed', async () => {
    const store = new FakeStore();
    const large = begin(store, 5 * 1024 * 1024 + 1);
    expect(await large.upload.run()).toBeUndefined();
    expect(large.states).toEqual([{ kind: 'failed', why: 'too_large' }]);
    const empty = begin(store, 0);
    await empty.upload.run();
    const insecure = begin(store, 5, false);
    await insecure.upload.run();
    expect([...empty.states, ...insecure.states]).toEqual([{ kind: 'failed', why: 'empty' }, { kind: 'failed', why: 'insecure' }]);
    expect(store.asked).toEqual([]);
  });

  it('goes on where it was when the line returns, and sends no byte twice', async () => {
    const store = new FakeStore();
    store.answers = 2;
    const { upload, states, bytes, clock } = begin(store, 3 * PART);
    const run = upload.run();
    await until(() => states.at(-1)?.kind === 'waiting');
    expect(states.at(-1)).toEqual({ kind: 'waiting', sent: PART });
    store.answers = undefined;
    await clock.pass(500);
    await run;
    expect(same(store.bytes, bytes)).toBe(true);
    expect(store.asked.filter((a) => a.startsWith('POST'))).toHaveLength(2);
    expect(states.at(-1)?.kind).toBe('whole');
  });

  it('does not wait out its time when the line is known to be back', async () => {
    const store = new FakeStore();
    store.answers = 0;
    const { upload, states } = begin(store, 10);
    const run = upload.run();
    await until(() => states.at(-1)?.kind === 'waiting');
    store.answers = undefined;
    upload.online();
    await run;
    expect(states.at(-1)?.kind).toBe('whole');
  });

  it('tells apart why the service does not take it', async () => {
    for (const [status, why] of [[413, 'too_many'], [422, 'refused'], [404, 'over'], [409, 'over']] as const) {
      const store = new FakeStore();
      store.status = status;
      const { upload, states } = begin(store, 10);
      await upload.run();
      expect(states.at(-1)).toEqual({ kind: 'failed', why });
    }
  });

  it('gives up after a bounded number of tries, and stops at once when it is cancelled', async () => {
    const store = new FakeStore();
    store.answers = 0;
    const { upload, states, clock } = begin(store, 10);
    const run = upload.run();
    await until(() => states.at(-1)?.kind === 'waiting');
    await clock.pass(3_600_000);
    await run;
    expect(states.at(-1)).toEqual({ kind: 'failed', why: 'unreachable' });
    expect(store.asked).toHaveLength(120);

    const other = begin(store, 10);
    const ended = other.upload.run();
    await until(() => other.states.at(-1)?.kind === 'waiting');
    other.upload.cancel();
    await ended;
    await settle();
    expect(other.states.at(-1)).toEqual({ kind: 'cancelled' });
  });
});
