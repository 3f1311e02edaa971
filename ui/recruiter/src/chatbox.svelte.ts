// The chat of one visit beyond what the room's log tells: what is on its way, and what was read.
import type { Clock } from './clock';
import { draft } from './chat';
import type { Answer } from './commands';
import type { Command, Refusal, RoomId } from './protocol';
import { Upload, type Source, type UploadFault, type UploadState } from './upload';

/** What did not arrive yet, in the order of sending. */
export type Outgoing = {
  readonly key: number;
  readonly kind: 'text' | 'file';
  /** The words, or the file's name. */
  readonly text: string;
  readonly size: number;
  readonly state: UploadState | { readonly kind: 'posting' } | { readonly kind: 'refused'; readonly reason: Refusal };
};

export type ChatboxOptions = {
  room: RoomId;
  command: (command: Command) => Promise<Answer>;
  fetch: (path: string, init: RequestInit) => Promise<Response>;
  digest: ((bytes: ArrayBuffer) => Promise<ArrayBuffer>) | undefined;
  clock: Clock;
  /** The last event read in an earlier load of the page. */
  read?: number;
  /** Told of every further event read. */
  onRead?: (event: number) => void;
};

/** Uploads at a time; the next ones are refused until there is room. */
const MOST = 8;

export class Chatbox {
  /** The last event read. */
  seen = $state(0);
  written = $state('');
  outgoing = $state.raw<readonly Outgoing[]>([]);
  #options: ChatboxOptions;
  #uploads = new Map<number, Upload>();
  #sources = new Map<number, Source>();
  #keys = 0;

  constructor(options: ChatboxOptions) {
    this.#options = options;
    this.seen = options.read ?? 0;
  }

  read(last: number): void {
    if (last <= this.seen) return;
    this.seen = last;
    this.#options.onRead?.(last);
  }

  /** Sends what is written; answers false when that cannot be sent as it is. */
  say(): boolean {
    const { text, sendable } = draft(this.written);
    if (!sendable) return false;
    this.written = '';
    const key = this.#add('text', text, 0, { kind: 'posting' });
    void this.#post(key, { type: 'say', text });
    return true;
  }

  attach(file: Source): void {
    if (this.#uploads.size >= MOST) return;
    const key = this.#add('file', file.name, file.size, { kind: 'hashing' });
    this.#sources.set(key, file);
    void this.#upload(key, file);
  }

  /** Once more what failed. */
  again(key: number): void {
    const item = this.outgoing.find((o) => o.key === key);
    if (!item) return;
    const file = this.#sources.get(key);
    if (item.kind === 'file' && file) void this.#upload(key, file);
    if (item.kind === 'text') void this.#post(key, { type: 'say', text: item.text });
  }

  /** Takes back what is on its way, or puts away what failed. */
  drop(key: number): void {
    this.#uploads.get(key)?.cancel();
    this.#uploads.delete(key);
    this.#sources.delete(key);
    this.outgoing = this.outgoing.filter((o) => o.key !== key);
  }

  online(): void {
    for (const upload of this.#uploads.values()) upload.online();
  }

  /** The visit is over: nothing goes on behind it. */
  close(): void {
    for (const { key } of this.outgoing) this.drop(key);
  }

  #add(kind: Outgoing['kind'], text: string, size: number, state: Outgoing['state']): number {
    const key = ++this.#keys;
    this.outgoing = [...this.outgoing, { key, kind, text, size, state }];
    return key;
  }

  #set(key: number, state: Outgoing['state']): void {
    this.outgoing = this.outgoing.map((o) => (o.key === key ? { ...o, state } : o));
  }

  async #upload(key: number, file: Source): Promise<void> {
    const { room, fetch, digest, clock } = this.#options;
    const upload = new Upload({ room, file, fetch, digest, clock, changed: (state) => this.#set(key, state) });
    this.#uploads.set(key, upload);
    const id = await upload.run();
    this.#uploads.delete(key);
    if (id) await this.#post(key, { type: 'send_file', file: id });
  }

  async #post(key: number, command: Command): Promise<void> {
    this.#set(key, { kind: 'posting' });
    const answer = await this.#options.command(command);
    if (answer.kind === 'refused') this.#set(key, { kind: 'refused', reason: answer.reason });
    else this.drop(key);
  }
}

/** It failed for a reason that trying again does not change. */
export function isFinal(why: UploadFault): boolean {
  return why !== 'unreachable' && why !== 'unreadable';
}
