// Looks at a room from outside: folds its log without taking a seat.
import { EMPTY, fold, type Room } from './fold';
import type { Link } from './link';
import type { RoomId, ServiceMessage } from './protocol';

export class Watch {
  readonly id: RoomId;
  room = $state.raw<Room>(EMPTY);
  #link: Pick<Link, 'follow' | 'refollow' | 'unfollow'>;

  constructor(id: RoomId, link: Pick<Link, 'follow' | 'refollow' | 'unfollow'>) {
    this.id = id;
    this.#link = link;
    link.follow(id, () => this.room.last);
  }

  receive(message: ServiceMessage): void {
    if (message.type !== 'events' || message.room !== this.id) return;
    const { room, gap } = fold(this.room, message.events, () => false);
    this.room = room;
    if (gap) this.#link.refollow(this.id);
  }

  close(): void {
    this.#link.unfollow(this.id);
  }
}
