import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WORDS } from './lang';
import { Notices, type Notice } from './notice';

class FakeNotification {
  static permission = 'granted';
  static made: FakeNotification[] = [];
  onclick: (() => void) | null = null;
  closed = false;
  constructor(readonly title: string, readonly options: { tag: string }) {
    FakeNotification.made.push(this);
  }
  close(): void {
    this.closed = true;
  }
}

const knock = (room: string, since = 1): Notice => ({ tag: `${room}-${since}`, title: WORDS.ja.knock.title, text: '佐藤花子' });

const closed = () => FakeNotification.made.map((n) => n.closed);

beforeEach(() => {
  FakeNotification.made = [];
  vi.stubGlobal('Notification', FakeNotification);
  vi.stubGlobal('window', { Notification: FakeNotification, focus: () => undefined });
  vi.stubGlobal('document', { hidden: true });
});
afterEach(() => vi.unstubAllGlobals());

describe('the notices of knocks', () => {
  it('stand for as long as their knocks', () => {
    const notices = new Notices();
    for (const room of ['ab', 'cd']) notices.tell(WORDS.ja, knock(room), () => undefined);
    notices.keep([knock('ab'), knock('cd')]);
    expect(closed()).toEqual([false, false]);
    notices.keep([knock('cd')]);
    expect(closed()).toEqual([true, false]);
    // Taken back and made again: another knock.
    notices.keep([knock('cd', 2)]);
    expect(closed()).toEqual([true, true]);
  });

  it('are all taken back at the end', () => {
    const notices = new Notices();
    notices.tell(WORDS.ja, knock('ab'), () => undefined);
    notices.keep([]);
    expect(closed()).toEqual([true]);
  });

  it('are not made for a page that is looked at', () => {
    vi.stubGlobal('document', { hidden: false });
    new Notices().tell(WORDS.ja, knock('ab'), () => undefined);
    expect(closed()).toEqual([]);
  });
});
