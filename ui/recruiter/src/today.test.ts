import { describe, expect, it } from 'vitest';
import type { RoomSummary } from './protocol';
import type { Result } from './ask';
import type { Interviews } from './schedule';
import { settle } from './testing';
import { Today } from './today.svelte';

const room = (progress: RoomSummary['progress'], lost = false): RoomSummary => ({
  room: 'a', progress, lost, booth: 'A-01', guest: 'x', locale: 'ja', since: 1, opened: 1, hosts: [], held: false, ring: { type: 'all' },
});

describe('today', () => {
  // E5, R5
  it('is asked for again when the lobby tells of something new, one question at a time', async () => {
    const answers: ((answer: Result<Interviews>) => void)[] = [];
    const today = new Today({
      interviews: () => new Promise((answer) => answers.push(answer)),
      records: () => Promise.resolve({ kind: 'ok', value: [] }),
    });
    today.lobby([room('booked')]);
    today.lobby([room('booked', true)]);
    expect(answers).toHaveLength(1);
    today.lobby([room('knocking')]);
    today.lobby([room('in_call')]);
    expect(answers).toHaveLength(1);
    expect(today.known).toBe(false);
    answers[0]!({ kind: 'ok', value: { interviews: [], today: 0 } });
    await settle();
    expect(today.known).toBe(true);
    expect(answers).toHaveLength(2);
    answers[1]!({ kind: 'fault', fault: 'unreachable', what: '' });
    await settle();
    expect(answers).toHaveLength(2);
    expect(today.failed).toBe(true);
  });

  // E5
  it('is asked for at once when the lobby is empty, as what is booked stands in the list alone', async () => {
    let asked = 0;
    const today = new Today({
      interviews: () => {
        asked += 1;
        return Promise.resolve({ kind: 'ok', value: { interviews: [], today: 0 } });
      },
      records: () => Promise.resolve({ kind: 'ok', value: [] }),
    });
    today.lobby([]);
    await settle();
    today.lobby([]);
    await settle();
    expect(asked).toBe(1);
  });

  // E5
  it('is asked for again after a while on a page that is looked at, for what other hosts book', async () => {
    let asked = 0;
    const today = new Today({
      interviews: () => {
        asked += 1;
        return Promise.resolve({ kind: 'ok', value: { interviews: [], today: 0 } });
      },
      records: () => Promise.resolve({ kind: 'ok', value: [] }),
    });
    for (let now = 100_000; now <= 140_000; now += 1_000) {
      today.look(now);
      await settle();
    }
    expect(asked).toBe(3);
  });
});
