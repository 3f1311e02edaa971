// The venue as the service tells its staff: booths, who calls, and knocks that nobody answers (W14).
import type { Words } from './lang';
import type { Notice } from './notice';
import type { FloorBooth, FloorKnock, Locale, Millis, ServiceMessage } from './protocol';

/** A booth whose guest asks for a person. */
export type Call = FloorBooth & { readonly called_at: Millis };

export class Floor {
  /** The service has told of it. */
  known = $state(false);
  booths = $state.raw<readonly FloorBooth[]>([]);
  knocks = $state.raw<readonly FloorKnock[]>([]);
  /** The oldest first. */
  calls = $derived(calling(this.booths));
  /** What asks for somebody of the staff at this moment. */
  asking = $derived(this.calls.filter((c) => c.attended_by === undefined).length + this.knocks.filter((k) => k.waiting).length);
  #told = new Set<string>();

  /** Takes the whole state; answers what stands, and what of it was not told before. */
  update({ booths, knocks }: Extract<ServiceMessage, { type: 'floor' }>, words: Words, locale: Locale): { standing: Notice[]; fresh: Notice[] } {
    this.known = true;
    this.booths = booths;
    this.knocks = knocks;
    const standing = notices(booths, knocks, words, locale);
    const fresh = standing.filter(({ tag }) => !this.#told.has(tag));
    this.#told = new Set(standing.map(({ tag }) => tag));
    return { standing, fresh };
  }

  clear(): void {
    this.known = false;
    this.booths = [];
    this.knocks = [];
    this.#told = new Set();
  }
}

export function calling(booths: readonly FloorBooth[]): Call[] {
  const calls = booths.flatMap((b): Call[] => (b.called_at === undefined ? [] : [{ ...b, called_at: b.called_at }]));
  return calls.sort((a, b) => a.called_at - b.called_at);
}

/** A call is told once, also when somebody is on the way already; made again, it is another one. */
function notices(booths: readonly FloorBooth[], knocks: readonly FloorKnock[], words: Words, locale: Locale): Notice[] {
  const w = words.floor;
  const calls = calling(booths).map(
    ({ booth, name, called_at }): Notice => ({ tag: `call-${booth}-${called_at}`, title: w.calls, text: w.announceCall(name) }),
  );
  const standing = knocks.filter((k) => k.waiting);
  const unanswered = standing.map(
    ({ room, at, company, booth }): Notice => ({ tag: `staff-${room}-${at}`, title: w.knocks, text: w.announceKnock(company[locale], booth) }),
  );
  return [...calls, ...unanswered];
}

export type BoothLook = 'calling' | 'in_use' | 'free' | 'away';

export function lookOf({ here, in_use, called_at }: FloorBooth): BoothLook {
  if (called_at !== undefined) return 'calling';
  if (!here) return 'away';
  return in_use ? 'in_use' : 'free';
}
