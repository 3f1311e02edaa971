// The page's address: what it asks for until that is done, and what it names.
import type { RoomId } from './protocol';
import { interviewHash, routeOf, type Route } from './route';

export class Address {
  /** What is asked for and not done yet. */
  route = $state.raw<Route | undefined>(routeOf(location.hash));

  /** `asked` is called when a link or a hand changes the address of a page that stands. */
  constructor(asked: (route: Route) => void) {
    addEventListener('hashchange', () => {
      const route = routeOf(location.hash);
      if (route) asked(route);
    });
  }

  /** Asks once more for what the address names. */
  again(): void {
    this.route = routeOf(location.hash);
  }

  /** Names the interview, or nothing; asks for nothing. */
  name(room: RoomId | undefined): void {
    history.replaceState(null, '', room === undefined ? location.pathname + location.search : interviewHash(room));
  }

  /** Named and asked for. */
  ask(room: RoomId | undefined): void {
    this.name(room);
    this.again();
  }
}
