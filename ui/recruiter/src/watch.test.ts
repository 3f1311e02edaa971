import { describe, expect, it } from 'vitest';
import type { Recorded } from './protocol';
import { Watch } from './watch.svelte';

describe('watching a room', () => {
  // W9
  it('follows what was set up beforehand, without a seat, and asks again when events are missing', () => {
    const calls: string[] = [];
    const watch = new Watch('ab', {
      follow: (room, after) => calls.push(`follow ${room} ${after()}`),
      refollow: () => calls.push('refollow'),
      unfollow: () => calls.push('unfollow'),
    });
    const preset = (seq: number): Recorded => ({
      seq, at: seq, by: { type: 'service' }, event: { type: 'preset', microphone: false, camera: true, names: false },
    });
    watch.receive({ type: 'events', room: 'cd', events: [preset(1)], last: 1 });
    expect(watch.room.last).toBe(0);
    watch.receive({ type: 'events', room: 'ab', events: [preset(1)], last: 1 });
    expect(watch.room.preset).toEqual({ microphone: false, camera: true, names: false });
    watch.receive({ type: 'events', room: 'ab', events: [preset(4)], last: 4 });
    watch.close();
    expect(calls).toEqual(['follow ab 0', 'refollow', 'unfollow']);
    expect(watch.room.mine).toEqual({ kind: 'outside' });
  });
});
