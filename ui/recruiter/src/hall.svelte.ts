// What the service tells of everything outside the one interview: the company's rooms, the venue, the day.
//
// Never does: decide which page stands.
import { Bell } from './bell.svelte';
import { Floor } from './floor.svelte';
import { isPast } from './fold';
import * as keep from './keep';
import { noticeOf } from './knocks';
import type { Words } from './lang';
import { Lobby } from './lobby.svelte';
import { Machines, machines } from './machines.svelte';
import type { AccountId, Locale, RoomId, RoomSummary, ServiceMessage } from './protocol';
import { summaryOf } from './rows';
import { interview, interviews, waitingRecords } from './schedule';
import { Today } from './today.svelte';

/** Who hears of it, and how. */
export type Listener = {
  account: AccountId;
  words: Words;
  locale: Locale;
  /** Nothing sounds in a call but the people in it. */
  silent: boolean;
  /** A notice of the venue was clicked. */
  toFloor: () => void;
};

export class Hall {
  readonly lobby = new Lobby();
  readonly floor = new Floor();
  readonly machines = new Machines(machines);
  readonly today = new Today({ interviews: () => interviews(), records: waitingRecords });
  readonly bell = new Bell();

  /** The rooms of a host's company. */
  hosts(message: Extract<ServiceMessage, { type: 'lobby' }>, { account, words, silent }: Listener): void {
    const fresh = this.lobby.update(message, account);
    const notices = fresh.map((knock) => ({ ...noticeOf(words, knock), clicked: () => this.#choose(knock.room) }));
    this.bell.ring(words, this.lobby.rung.map((knock) => noticeOf(words, knock)), notices, silent);
    this.today.lobby(message.rooms);
    for (const { room, progress } of message.rooms) if (isPast(progress)) keep.keepRead(room, undefined);
  }

  /** The venue, to its staff. */
  staff(message: Extract<ServiceMessage, { type: 'floor' }>, { words, locale, silent, toFloor }: Listener): void {
    const { standing, fresh } = this.floor.update(message, words, locale);
    this.bell.ring(words, standing, fresh.map((notice) => ({ ...notice, clicked: toFloor })), silent);
  }

  /** An interview by its room, whether the lobby tells of it or not; none when it is another company's. */
  async summary(room: RoomId): Promise<RoomSummary | undefined> {
    const known = this.lobby.find(room);
    if (known) return known;
    const asked = await interview(room);
    return asked.kind === 'ok' ? summaryOf(asked.value, this.lobby.booths) : undefined;
  }

  clear(): void {
    this.lobby.clear();
    this.floor.clear();
    this.machines.clear();
    this.today.clear();
    this.bell.clear();
  }

  #choose(room: RoomId): void {
    this.lobby.chosen = room;
  }
}
