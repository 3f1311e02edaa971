import { describe, expect, it } from 'vitest';
import type { Result } from './ask';
import { WORDS } from './lang';
import { linesOf, type Machine, Machines } from './machines.svelte';

const list = (value: readonly Machine[]): Result<readonly Machine[]> => ({ kind: 'ok', value });
const fault: Result<readonly Machine[]> = { kind: 'fault', fault: 'unreachable', what: '' };

describe('the booths as machines', () => {
  // P3
  it('tells version, slot, faults and the last fallback in words', () => {
    const device = { version: '1.4.2', slot: 'B', faults: ['camera', 'call'], fallback: { version: '1.5.0', reason: 'camera, call' } };
    expect(linesOf(device, WORDS.ja.floor, ' ・ ')).toEqual([
      { look: 'plain', text: '1.4.2 ・ スロット B' },
      { look: 'fault', text: '使えません：カメラ、試験通話' },
      { look: 'fallback', text: '版 1.5.0 への更新を取りやめました：カメラ、試験通話' },
    ]);
    const silent = { version: '1.4.2', fallback: { version: '1.5.0', reason: 'its booth does not answer' } };
    expect(linesOf(silent, WORDS.ko.floor, ' · ')).toEqual([
      { look: 'plain', text: '1.4.2' },
      { look: 'fallback', text: '버전 1.5.0 업데이트를 취소했습니다: 부스가 응답하지 않았습니다' },
    ]);
    const strange = { version: '1.4.2', faults: ['antenna'], fallback: { version: '1.5.0', reason: 'slot B did not start any more' } };
    expect(linesOf(strange, WORDS.en.floor, ' · ').map((line) => line.text)).toEqual([
      '1.4.2', 'Not working: antenna', 'Version 1.5.0 was given up: slot B did not start any more',
    ]);
  });

  it('says nothing of a booth that told nothing or is no appliance', () => {
    expect(linesOf(undefined, WORDS.ja.floor, ' ・ ')).toEqual([]);
    expect(linesOf({ version: '', faults: [] }, WORDS.ja.floor, ' ・ ')).toEqual([]);
  });

  it('names every part and every reason in every language', () => {
    const known = Object.keys(WORDS.ja.floor.parts).sort();
    expect(Object.keys(WORDS.ko.floor.parts).sort()).toEqual(known);
    expect(Object.keys(WORDS.en.floor.parts).sort()).toEqual(known);
  });

  it('asks while the venue is looked at, not more often than needed, and keeps what it knew', async () => {
    const answers = [list([{ id: 'a-01', device: { version: '1.4.2' } }, { id: 'a-02' }]), fault, list([{ id: 'a-01', device: { version: '1.5.0' } }])];
    let asked = 0;
    const machines = new Machines(() => Promise.resolve(answers[asked++] ?? fault));
    const version = (): string | undefined => machines.devices.get('a-01')?.version;
    await machines.look(1_000);
    await machines.look(20_000);
    expect([asked, version(), machines.devices.size]).toEqual([1, '1.4.2', 1]);
    await machines.look(21_000);
    expect([asked, version()]).toEqual([2, '1.4.2']);
    await machines.look(41_000);
    expect([asked, version()]).toEqual([3, '1.5.0']);
    machines.clear();
    expect(machines.devices.size).toBe(0);
  });
});
