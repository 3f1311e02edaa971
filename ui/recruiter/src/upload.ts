// One file on its way into a room's chat: hashed, sent in parts, taken up again after a lost line.
//
// Owns: the requests of one file (the parts follow tus: `upload-offset`).
// Never does: post it; whoever began the upload says `send_file` once it is whole.
import type { Clock, Timer } from './clock';
import { fileFault, type FileFault } from './chat';
import type { FileId, RoomId } from './protocol';

/** Why a file was given up. */
export type UploadFault = FileFault | 'unreadable' | 'insecure' | 'too_many' | 'over' | 'refused' | 'unreachable';

export type UploadState =
  | { readonly kind: 'hashing' }
  | { readonly kind: 'sending'; readonly sent: number }
  /** The line is away; it goes on from `sent`. */
  | { readonly kind: 'waiting'; readonly sent: number }
  | { readonly kind: 'whole'; readonly file: FileId }
  | { readonly kind: 'failed'; readonly why: UploadFault }
  | { readonly kind: 'cancelled' };

/** As much of a file as is used. */
export type Source = Pick<File, 'name' | 'size' | 'slice' | 'arrayBuffer'>;

export type UploadOptions = {
  room: RoomId;
  file: Source;
  fetch: (path: string, init: RequestInit) => Promise<Response>;
  /** SHA-256; undefined on a page that is not secure. */
  digest: ((bytes: ArrayBuffer) => Promise<ArrayBuffer>) | undefined;
  clock: Clock;
  changed: (state: UploadState) => void;
};

const PART_BYTES = 256 * 1024;
const PART_MS = 30_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;
/** In a row and without a byte of progress; about ten minutes. */
const MOST_TRIES = 120;

type Begun = { upload: string; offset: number; whole: boolean };

/** What a request came to: go on, or begin again after a while, or give up. */
type Step<T> = { kind: 'ok'; value: T } | { kind: 'again' } | { kind: 'failed'; why: UploadFault };

export class Upload {
  #options: UploadOptions;
  #stop = new AbortController();
  #wake: { timer: Timer; go: () => void } | undefined;
  #sent = 0;

  constructor(options: UploadOptions) {
    this.#options = options;
  }

  /** Sends the file; answers its id once the service has all of it. */
  async run(): Promise<FileId | undefined> {
    const state = await this.#send();
    const last: UploadState = this.#stop.signal.aborted ? { kind: 'cancelled' } : state;
    this.#options.changed(last);
    return last.kind === 'whole' ? last.file : undefined;
  }

  cancel(): void {
    this.#stop.abort();
    this.#nudge();
  }

  /** The line is back: waiting longer would be idle. */
  online(): void {
    this.#nudge();
  }

  async #send(): Promise<UploadState> {
    const { file, digest, changed } = this.#options;
    const fault = fileFault(file.size);
    if (fault) return { kind: 'failed', why: fault };
    if (!digest) return { kind: 'failed', why: 'insecure' };
    changed({ kind: 'hashing' });
    let id: FileId;
    try {
      id = hex(await digest(await file.arrayBuffer()));
    } catch {
      return { kind: 'failed', why: 'unreadable' };
    }
    for (let tries = 0; tries < MOST_TRIES && !this.#stop.signal.aborted; tries++) {
      const before = this.#sent;
      const step = await this.#once(id);
      if (step.kind === 'ok') return { kind: 'whole', file: id };
      if (step.kind === 'failed') return { kind: 'failed', why: step.why };
      if (this.#sent > before) tries = 0;
      if (this.#stop.signal.aborted) break;
      changed({ kind: 'waiting', sent: this.#sent });
      await this.#wait(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries, 8)));
    }
    return { kind: 'failed', why: 'unreachable' };
  }

  /** Begins, or finds where it was, and sends until the end or the next break. */
  async #once(id: FileId): Promise<Step<undefined>> {
    const { file, changed } = this.#options;
    const begun = await this.#begin(id);
    if (begun.kind !== 'ok') return begun;
    const { upload, whole } = begun.value;
    this.#sent = begun.value.offset;
    changed({ kind: 'sending', sent: this.#sent });
    let done = whole;
    while (!done) {
      const part = await this.#part(upload, this.#sent);
      if (part.kind !== 'ok') return part;
      // A service that answers without taking anything would be asked forever.
      if (part.value <= this.#sent && part.value < file.size) return { kind: 'again' };
      this.#sent = part.value;
      changed({ kind: 'sending', sent: this.#sent });
      done = this.#sent >= file.size;
    }
    return { kind: 'ok', value: undefined };
  }

  /** The same file is the same upload: the answer tells how far it already is. */
  async #begin(sha256: FileId): Promise<Step<Begun>> {
    const { room, file } = this.#options;
    const body = JSON.stringify({ name: file.name, size: file.size, sha256 });
    const answer = await this.#request(`/api/rooms/${room}/files`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body,
    });
    if (!answer?.ok) return this.#problem(answer);
    try {
      return { kind: 'ok', value: (await answer.json()) as Begun };
    } catch {
      return { kind: 'again' };
    }
  }

  async #part(upload: string, offset: number): Promise<Step<number>> {
    const { room, file } = this.#options;
    const answer = await this.#request(`/api/rooms/${room}/files/${upload}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) },
      body: file.slice(offset, offset + PART_BYTES),
    });
    const at = answer?.headers.get('upload-offset');
    if (answer?.ok && at) return { kind: 'ok', value: Number(at) };
    // Another offset than was thought: beginning again tells which.
    if (answer?.status === 409 && at) return { kind: 'again' };
    return this.#problem(answer);
  }

  #problem(answer: Response | undefined): Extract<Step<never>, { kind: 'again' | 'failed' }> {
    switch (answer?.status) {
      case 401:
      case 403:
      case 404:
      case 409:
        return { kind: 'failed', why: 'over' };
      case 413:
        return { kind: 'failed', why: 'too_many' };
      case 422:
        return { kind: 'failed', why: 'refused' };
      default:
        return { kind: 'again' };
    }
  }

  async #request(path: string, init: RequestInit): Promise<Response | undefined> {
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(PART_MS)]);
    try {
      return await this.#options.fetch(path, { ...init, credentials: 'same-origin', signal });
    } catch {
      return undefined;
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((go) => {
      this.#wake = { timer: this.#options.clock.after(ms, go), go };
    });
  }

  #nudge(): void {
    this.#wake?.timer.cancel();
    this.#wake?.go();
    this.#wake = undefined;
  }
}

function hex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, '0')).join('');
}
