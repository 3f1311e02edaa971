import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from './commands';
import { Link, type LinkState } from './link';
import { CLOSE, LIMITS, type ClientMessage, type ServiceMessage } from './protocol';
import { client as clientSamples, service as serviceSamples } from './samples';
import { read, type Socket } from './socket';
import { PretendClock, settle } from './testing';

const ROOM = 'abababababababababababababababab';

/** The service's end of one connection. */
class Line implements Socket {
  sent: ClientMessage[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;
  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientMessage);
  }
  close(): void {
    this.closed = true;
  }
  say(message: ServiceMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  welcome(): void {
    this.onopen?.();
    this.say(serviceSamples[1]!);
  }
  break(code = 1006): void {
    this.onclose?.({ code });
  }
  types(): string[] {
    return this.sent.map((m) => (m.type === 'command' ? `${m.command.type} ${m.n}` : m.type));
  }
}

let clock: PretendClock;
let lines: Line[];
let states: LinkState[];
let link: Link;
let signedIn: boolean;

const latest = () => lines.at(-1)!;

beforeEach(() => {
  clock = new PretendClock();
  lines = [];
  states = [];
  signedIn = true;
  link = new Link({
    connect: () => {
      lines.push(new Line());
      return latest();
    },
    clock,
    client: '01'.repeat(16),
    random: () => 0.5,
    signedIn: () => Promise.resolve(signedIn),
    onState: (state) => states.push(state),
    onMessage: () => undefined,
  });
  link.start();
});

describe('the link', () => {
  it('greets first and follows when it is welcome', () => {
    link.follow(ROOM, () => 0);
    expect(latest().sent).toEqual([]);
    latest().welcome();
    expect(latest().types()).toEqual(['hello', 'follow']);
    expect(link.state).toEqual({ kind: 'up' });
  });

  // N2
  it('comes back by itself, follows from the last event seen and repeats only what was not answered', async () => {
    let last = 0;
    link.follow(ROOM, () => last);
    latest().welcome();
    const answers: Answer[] = [];
    void link.command(ROOM, { type: 'admit' }).then((a) => answers.push(a));
    void link.command(ROOM, { type: 'join', receives: ['vp8'], take_over: false }).then((a) => answers.push(a));
    latest().say({ type: 'done', room: ROOM, n: 1 });
    last = 7;
    latest().break();
    expect(link.state.kind).toBe('down');
    void link.command(ROOM, { type: 'leave' }).then((a) => answers.push(a));
    await clock.pass(6_000);
    expect(lines).toHaveLength(2);
    latest().welcome();
    expect(latest().types()).toEqual(['hello', 'follow', 'join 2', 'leave 3']);
    expect(latest().sent[1]).toMatchObject({ after: 7 });
    expect(latest().sent[0]).toEqual(lines[0]!.sent[0]);
    latest().say({ type: 'refused', room: ROOM, n: 2, reason: 'full' });
    latest().say({ type: 'done', room: ROOM, n: 3 });
    latest().say({ type: 'done', room: ROOM, n: 3 });
    await settle();
    expect(answers).toEqual([{ kind: 'done' }, { kind: 'refused', reason: 'full' }, { kind: 'done' }]);
    latest().break();
    await clock.pass(6_000);
    latest().welcome();
    expect(latest().types()).toEqual(['hello', 'follow']);
  });

  // W12
  it('says a command again that the service could not take just now, and keeps the order behind it', async () => {
    latest().welcome();
    const answers: Answer[] = [];
    const refuse = (n: number) => latest().say({ type: 'refused', room: ROOM, n, reason: 'unavailable' });
    void link.command(ROOM, { type: 'admit' }).then((a) => answers.push(a));
    refuse(1);
    void link.command(ROOM, { type: 'leave' }).then((a) => answers.push(a));
    void link.command('cd'.repeat(16), { type: 'end' });
    await clock.pass(999);
    expect(latest().types().slice(1)).toEqual(['admit 1', 'end 3']);
    expect(answers).toEqual([]);
    latest().say({ type: 'done', room: 'cd'.repeat(16), n: 3 });
    await clock.pass(1);
    expect(latest().types().slice(1)).toEqual(['admit 1', 'end 3', 'admit 1', 'leave 2']);
    latest().say({ type: 'done', room: ROOM, n: 1 });
    latest().say({ type: 'done', room: ROOM, n: 2 });
    await clock.pass(1_900);
    expect(answers).toEqual([{ kind: 'done' }, { kind: 'done' }]);
    expect(latest().types()).toHaveLength(5);
  });

  it('tells of a service that stays busy after five tries, and repeats once after a reconnection', async () => {
    latest().welcome();
    const answers: Answer[] = [];
    const admits = () => latest().types().filter((t) => t === 'admit 1').length;
    void link.command(ROOM, { type: 'admit' }).then((a) => answers.push(a));
    for (let tries = 1; tries < 4; tries++) {
      latest().say({ type: 'refused', room: ROOM, n: 1, reason: 'unavailable' });
      await clock.pass(1_000);
      expect(admits()).toBe(tries + 1);
    }
    latest().say({ type: 'refused', room: ROOM, n: 1, reason: 'unavailable' });
    latest().break(CLOSE.restart);
    await clock.pass(0);
    latest().welcome();
    await clock.pass(1_500);
    expect(admits()).toBe(1);
    expect(answers).toEqual([]);
    latest().say({ type: 'refused', room: ROOM, n: 1, reason: 'unavailable' });
    await clock.pass(1_500);
    expect(answers).toEqual([{ kind: 'refused', reason: 'unavailable' }]);
    expect(admits()).toBe(1);
  });

  it('waits longer with every failure, up to five seconds, and not at all when the network is back', async () => {
    latest().break();
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      const before = clock.now();
      const known = lines.length;
      for (let step = 0; step < 600 && lines.length === known; step++) await clock.pass(10);
      waits.push(clock.now() - before);
      latest().break();
    }
    expect(waits[0]).toBeLessThan(waits[2]!);
    expect(Math.max(...waits)).toBeLessThanOrEqual(5_010);
    expect(waits.at(-1)).toBeGreaterThan(2_400);
    const known = lines.length;
    link.online();
    expect(lines).toHaveLength(known + 1);
  });

  it('comes back at once when the service says that it restarts', async () => {
    latest().welcome();
    latest().break(CLOSE.restart);
    await clock.pass(0);
    expect(lines).toHaveLength(2);
  });

  it('gives up a connection that has gone silent', async () => {
    latest().welcome();
    await clock.pass(LIMITS.pingEveryMs * 2);
    latest().say({ type: 'pong', n: 1, now: 0 });
    await clock.pass(LIMITS.silenceMs - 1);
    expect(lines[0]!.closed).toBe(false);
    await clock.pass(LIMITS.pingEveryMs + 1);
    expect(lines[0]!.closed).toBe(true);
    expect(lines[0]!.types().filter((t) => t === 'ping').length).toBeGreaterThanOrEqual(3);
    await clock.pass(5_000);
    expect(lines.length).toBeGreaterThan(1);
  });

  it.each([
    [CLOSE.signedOut, 'signed_out'],
    [CLOSE.replaced, 'replaced'],
    [CLOSE.version, 'version'],
  ] as const)('stops at close code %i and drops what was asked', async (code, cause) => {
    latest().welcome();
    const answer = link.command(ROOM, { type: 'end' });
    latest().break(code);
    expect(link.state).toEqual({ kind: 'stopped', cause });
    expect(await answer).toEqual({ kind: 'dropped' });
    await clock.pass(60_000);
    expect(lines).toHaveLength(1);
    link.start();
    expect(lines).toHaveLength(2);
  });

  it('asks whether the sign-in still holds when a connection never opened', async () => {
    signedIn = false;
    latest().break();
    await settle();
    expect(link.state).toEqual({ kind: 'stopped', cause: 'signed_out' });
  });

  it('keeps signals for the return of the line, but not for rooms it left', async () => {
    link.follow(ROOM, () => 3);
    latest().welcome();
    latest().break();
    const other = 'cd'.repeat(16);
    link.follow(other, () => 0);
    link.signal(ROOM, { seat: 0, since: 2 }, 1, { type: 'rebuild' });
    link.signal(other, { seat: 0, since: 2 }, 1, { type: 'rebuild' });
    link.unfollow(other);
    await clock.pass(6_000);
    latest().welcome();
    expect(latest().types()).toEqual(['hello', 'follow', 'signal']);
  });

  it('says the messages as the samples have them', () => {
    latest().welcome();
    void link.command(ROOM, { type: 'wait', message: 'あと5分で始めます。' });
    link.signal(ROOM, { seat: 1, since: 4 }, 1, { type: 'rebuild' });
    const [, command, signal] = latest().sent;
    const wait = clientSamples.find((m) => m.type === 'command' && m.command.type === 'wait');
    expect(command).toEqual({ ...wait, n: 1 });
    expect(clientSamples).toContainEqual(signal);
  });

  it('reads every sample and nothing that is no message', () => {
    for (const sample of serviceSamples) expect(read(JSON.stringify(sample))).toEqual(sample);
    for (const wrong of ['', '{', '7', 'null', '{"kind":"done"}', new ArrayBuffer(2)]) expect(read(wrong)).toBeUndefined();
  });
});
