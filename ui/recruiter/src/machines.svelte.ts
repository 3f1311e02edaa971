// What the booths told of themselves as machines, to the staff who look at the venue: version, slot, faults, last fallback.
import type { Result } from './ask';
import { ask } from './ask';
import type { FloorWords } from './lang/floor';
import type { BoothId, Device, Millis } from './protocol';

/** A booth as the service lists it; more of it is another page's. */
export type Machine = { readonly id: BoothId; readonly device?: Device };

/** One line of a tile: what it says, and how it looks. */
export type Line = { readonly look: 'plain' | 'fault' | 'fallback'; readonly text: string };

/** A list that is looked at is no older than this. */
const LOOK_MS = 20_000;

export function machines(): Promise<Result<readonly Machine[]>> {
  return ask('GET', '/api/v1/booths');
}

export class Machines {
  devices = $state.raw<ReadonlyMap<BoothId, Device>>(new Map());
  #list: () => Promise<Result<readonly Machine[]>>;
  #asking = false;
  #asked = -Infinity;

  constructor(list: () => Promise<Result<readonly Machine[]>>) {
    this.#list = list;
  }

  /** The venue is looked at: asks again when what is known is old. What was known stays while nobody answers. */
  async look(now: Millis): Promise<void> {
    if (this.#asking || now - this.#asked < LOOK_MS) return;
    this.#asked = now;
    this.#asking = true;
    const listed = await this.#list();
    this.#asking = false;
    if (listed.kind === 'ok') this.devices = new Map(listed.value.flatMap(({ id, device }) => (device ? [[id, device] as const] : [])));
  }

  clear(): void {
    this.devices = new Map();
    this.#asked = -Infinity;
  }
}

/** A booth's machine in words; nothing for a booth that is no appliance and has told of no fault. */
export function linesOf(device: Device | undefined, words: FloorWords, between: string): Line[] {
  if (device === undefined) return [];
  const name = (part: string): string => words.parts[part] ?? part;
  const lines: Line[] = [];
  const { version, slot, faults = [], fallback } = device;
  if (version !== '') {
    lines.push({ look: 'plain', text: slot === undefined ? version : `${version}${between}${words.slot(slot)}` });
  }
  if (faults.length > 0) lines.push({ look: 'fault', text: words.faults(faults.map(name)) });
  if (fallback) {
    lines.push({ look: 'fallback', text: words.fallback(fallback.version, fallback.reason.split(', ').map(name)) });
  }
  return lines;
}
