// A hand on a page's line to the service.
import type { WebSocketRoute } from 'playwright-core';
import type { Recruiter } from './recruiter';
import { until } from './until';

export class Line {
  #open = true;
  readonly #ways = new Set<() => Promise<unknown>>();

  /** Loads the page anew, with its line in our hand. */
  static async of(recruiter: Recruiter): Promise<Line> {
    const line = new Line();
    await recruiter.page.routeWebSocket(/\/ws$/, (socket) => line.#take(socket));
    await recruiter.page.reload();
    await recruiter.at('day');
    await until('the link', async () => (await recruiter.desk()).link === 'up');
    return line;
  }

  #take(socket: WebSocketRoute): void {
    if (!this.#open) return void socket.close();
    const service = socket.connectToServer();
    this.#ways.add(() => Promise.all([service.close(), socket.close()]));
  }

  /** Cuts it, and every try to make a new one. */
  async cut(): Promise<void> {
    this.#open = false;
    const ways = [...this.#ways];
    this.#ways.clear();
    await Promise.allSettled(ways.map((way) => way()));
  }

  mend(): void {
    this.#open = true;
  }
}
