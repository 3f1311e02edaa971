import { describe, expect, it, vi } from 'vitest';
import { Chatbox } from './chatbox.svelte';
import type { Answer } from './commands';
import type { Command } from './protocol';
import { PretendClock, settle } from './testing';

function open() {
  const said: { command: Command; answer: (answer: Answer) => void }[] = [];
  const box = new Chatbox({
    room: 'ab',
    command: (command) => new Promise((answer) => said.push({ command, answer })),
    fetch: () => Promise.resolve(Response.json({ upload: 'u', offset: 3, whole: true }, { status: 201 })),
    digest: () => Promise.resolve(new Uint8Array(32).buffer),
    clock: new PretendClock(),
  });
  return { box, said };
}

describe('the chat box', () => {
  // T1
  it('shows a line as waiting until the service has it', async () => {
    const { box, said } = open();
    box.written = '  よろしく  ';
    expect(box.say()).toBe(true);
    expect(box.written).toBe('');
    expect(said[0]!.command).toEqual({ type: 'say', text: 'よろしく' });
    expect(box.outgoing.map((o) => [o.text, o.state.kind])).toEqual([['よろしく', 'posting']]);
    said[0]!.answer({ kind: 'done' });
    await settle();
    expect(box.outgoing).toEqual([]);
  });

  it('keeps what cannot be sent in the field', () => {
    const { box, said } = open();
    box.written = 'a'.repeat(256);
    expect(box.say()).toBe(false);
    expect(box.written).toHaveLength(256);
    expect(said).toEqual([]);
  });

  it('keeps a refused line to send it again or to put it away', async () => {
    const { box, said } = open();
    box.written = 'x';
    box.say();
    said[0]!.answer({ kind: 'refused', reason: 'unavailable' });
    await settle();
    expect(box.outgoing[0]!.state).toEqual({ kind: 'refused', reason: 'unavailable' });
    box.again(box.outgoing[0]!.key);
    expect(said).toHaveLength(2);
    said[1]!.answer({ kind: 'refused', reason: 'over' });
    await settle();
    box.drop(box.outgoing[0]!.key);
    expect(box.outgoing).toEqual([]);
  });

  // T2
  it('posts a file once it is whole', async () => {
    const { box, said } = open();
    box.attach(new File(['abc'], 'a.txt'));
    await vi.waitUntil(() => said.length > 0, { timeout: 5_000, interval: 1 });
    expect(said[0]!.command).toEqual({ type: 'send_file', file: '00'.repeat(32) });
    said[0]!.answer({ kind: 'done' });
    await settle();
    expect(box.outgoing).toEqual([]);
  });

  it('remembers the furthest event that was read', () => {
    const { box } = open();
    box.read(4);
    box.read(2);
    expect(box.seen).toBe(4);
  });
});
