// How a knock reaches a person: by sound, by a desktop notice, and in words for a screen reader.
import * as keep from './keep';
import type { Words } from './lang';
import { Notices, type Notice } from './notice';
import { Sound } from './sound';

export class Bell {
  loudness = $state<keep.Loudness>(keep.keptLoudness());
  /** The browser plays nothing before the page was touched. */
  blocked = $state(true);
  /** The newest knock in words, for a screen reader. */
  announced = $state('');
  readonly sound: Sound;
  #notices = new Notices();

  constructor() {
    this.sound = new Sound(() => (this.blocked = this.sound.blocked));
  }

  unlock(): Promise<void> {
    return this.sound.unlock();
  }

  /** Chooses a loudness and lets it be heard. */
  choose(loudness: keep.Loudness): void {
    this.loudness = loudness;
    keep.keepLoudness(loudness);
    void this.sound.unlock().then(() => this.sound.knock(loudness));
  }

  /** Tells of what is new; `standing` is all that still asks for somebody. */
  ring(words: Words, standing: readonly Notice[], fresh: readonly (Notice & { clicked: () => void })[], silent: boolean): void {
    this.#notices.keep(standing);
    if (fresh.length > 0 && !silent) this.sound.knock(this.loudness);
    for (const notice of fresh) {
      this.announced = notice.text;
      this.#notices.tell(words, notice, notice.clicked);
    }
    if (standing.length === 0) this.announced = '';
  }

  /** Nobody is signed in any more. */
  clear(): void {
    this.announced = '';
    this.#notices.keep([]);
  }
}
