// A booth of a story, driven like a candidate would: by the actions of its script, one at a time.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from './child';
import { CLIP, program } from './paths';
import type { Service } from './service';
import { until } from './until';

export type Other = { seat: number; name: string; microphone: boolean; camera: boolean; picture: boolean; lost: boolean; hand: number | null };

/** What the booth shows, as it tells it itself. */
export type Shown = {
  screen: string;
  locale: string;
  online: boolean;
  /** The question over the page: whether to leave, or to take over what is open at another booth. */
  dialog: { may_return: boolean } | 'take-over' | null;
  alert: string | null;
  notice: { kind: string; ends?: number; name?: string; microphone?: boolean; camera?: boolean } | null;
  /** What the seconds are counted to; `seconds()` tells them. */
  countdown: 'starts' | 'ends' | 'ends-soon' | null;
  name?: string;
  names?: boolean;
  hand?: boolean;
  /** Name and title of those who will be there. */
  who?: [string, string][];
  /** Why a number opens nothing, or a request was not taken. */
  refused?: string | null;
  asking?: boolean;
  opens?: number;
  slot?: { starts: number; ends: number };
  reason?: string;
  may_return?: boolean;
  others?: Other[];
  enlarged?: number | null;
  note?: string | null;
  place?: number | null;
  can_ask?: boolean;
  hosts?: number;
  microphone?: boolean;
  camera?: boolean;
  end?: string;
  unanswered?: boolean;
  chat?: { lines: number; unread: number; deleted: number; waiting: number; failed: number } | null;
  document?: 'loading' | 'here' | 'failed' | null;
  held?: boolean;
  tiles?: { company: string; here: boolean; waiting: number }[];
};

export type BoothOptions = {
  id?: string;
  encoders?: string[];
  env?: Record<string, string>;
  /** A command that runs it, such as `ip netns exec`. */
  wrap?: string[];
  /** A spoken clip instead of the stamped picture and the tone. */
  clip?: boolean;
  /** This file's pictures instead of the stamped ones. */
  camera?: string;
  /** More lines for `[media]`. */
  media?: string[];
};

export class Booth {
  readonly #folder: string;
  readonly #options: BoothOptions;
  #child: Child | undefined;
  #answers: string[] = [];
  #screens: Shown[] = [];
  /** Where the screens of the program that runs now begin. */
  #begun = 0;

  private constructor(service: Service, options: BoothOptions) {
    const id = options.id ?? 'a-01';
    this.#options = options;
    this.#folder = join(service.folder, id);
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(join(this.#folder, 'token'), service.token(id), { mode: 0o600 });
    const picture = options.camera ?? (options.clip ? CLIP : undefined);
    const encoders = options.encoders ? [`encoders = ${JSON.stringify(options.encoders)}`] : [];
    const lines = [
      `service = "${service.url}"`,
      'token_file = "token"',
      'data = "data"',
      'view = "headless"',
      'locale = "ja"',
      // A booth that looks at itself takes the processor from what is told and measured here.
      'check_minutes = 0',
      '[video]',
      ...(picture ? ['source = "clip"', `file = "${picture}"`] : ['source = "test"']),
      '[audio]',
      ...(options.clip ? ['source = "clip"', `file = "${CLIP}"`] : ['source = "tone"', 'hz = 1000']),
      '[speaker]',
      'sink = "silent"',
      '[media]',
      'listen_hz = 440',
      ...encoders,
      ...(options.media ?? []),
    ];
    writeFileSync(join(this.#folder, 'booth.toml'), lines.join('\n'));
  }

  static start(service: Service, options: BoothOptions = {}): Booth {
    const booth = new Booth(service, options);
    booth.start();
    return booth;
  }

  /** Starts it, also again after a kill, with the same data. */
  start(): void {
    const own = [program('engawa-booth'), '--config', join(this.#folder, 'booth.toml'), '--script', '-'];
    const [command = '', ...args] = [...(this.#options.wrap ?? []), ...own];
    this.#answers = [];
    this.#begun = this.#screens.length;
    const env = { ENGAWA_LOG: 'info', ...this.#options.env };
    this.#child = new Child('engawa-booth', command, args, { log: join(this.#folder, 'booth.log'), env });
    this.#child.onLine = (line) => this.#hear(line);
  }

  #hear(line: string): void {
    const told: unknown = JSON.parse(line);
    if (typeof told !== 'object' || told === null) return;
    if ('screen' in told) this.#screens.push(told as Shown);
    else this.#answers.push(line);
  }

  get child(): Child {
    if (!this.#child) throw new Error('the booth was never started');
    return this.#child;
  }

  /** What it logged; what it tells its script stands in the same file, marked, and is left out. */
  log(): string {
    const lines = readFileSync(join(this.#folder, 'booth.log'), 'utf8').split('\n');
    return lines.filter((line) => !line.startsWith('> ')).join('\n');
  }

  get folder(): string {
    return this.#folder;
  }

  /** What is shown now; nothing before a program that was just started has shown something. */
  get shown(): Shown | undefined {
    return this.#screens.slice(this.#begun).at(-1);
  }

  /** Everything that was shown so far, oldest first. */
  get history(): readonly Shown[] {
    return this.#screens;
  }

  /** Does one action of the script and waits until it is done. */
  async act(action: string, within = 45_000): Promise<Record<string, unknown>[]> {
    this.#answers = [];
    this.child.write(`${action}\n`);
    const answers: Record<string, unknown>[] = [];
    await until(
      `the booth to do "${action}"`,
      () => {
        if (this.child.over !== undefined) throw new Error(`the booth ended with ${this.child.over} at "${action}"`);
        for (const line of this.#answers.splice(0)) answers.push(JSON.parse(line) as Record<string, unknown>);
        const error = answers.find((answer) => 'error' in answer)?.['error'];
        if (error !== undefined) throw new Error(`the booth at "${action}": ${String(error)}`);
        return answers.some((answer) => 'done' in answer);
      },
      { within, every: 20, instead: () => this.shown },
    );
    return answers;
  }

  /** Walks from the first page to the knock. */
  async knock(options: { company?: string; name?: string; language?: string } = {}): Promise<void> {
    const { company = 'minato', name = '홍성우', language = 'ko' } = options;
    await this.act(`language ${language}`);
    await this.act('start');
    await this.act(`company ${company}`);
    await this.act(`name ${name}`);
    await this.act('knock');
  }

  /** The seconds that the page counts. */
  async seconds(): Promise<number> {
    const told = (await this.act('seconds')).find((answer) => 'seconds' in answer)?.['seconds'];
    if (typeof told !== 'number') throw new Error(`the booth counts no seconds: ${JSON.stringify(this.shown)}`);
    return told;
  }

  /** From whatever page without a call back to the first one. */
  async welcome(): Promise<void> {
    if (this.shown?.screen !== 'welcome') await this.act('back');
    await this.screen('welcome');
  }

  /** Waits until what is shown is as wanted. */
  shows(what: string, wanted: (shown: Shown) => boolean, within = 30_000): Promise<Shown> {
    return until(
      `the booth to show ${what}`,
      () => {
        if (this.child.over !== undefined) throw new Error(`the booth ended with ${this.child.over} instead of showing ${what}`);
        return this.shown && wanted(this.shown) ? this.shown : undefined;
      },
      { within, every: 20, instead: () => this.shown },
    );
  }

  /** Waits until just these recruiters are in the call, by their names. */
  with(...names: string[]): Promise<Shown> {
    const all = [...names].sort().join();
    return this.shows(names.join(' and '), ({ others }) => others?.map(({ name }) => name).sort().join() === all);
  }

  screen(name: string, within = 30_000): Promise<Shown> {
    return this.shows(name, (shown) => shown.screen === name, within);
  }

  async figures(): Promise<Figures | null> {
    const answers = await this.act('figures');
    return answers.find((answer) => 'figures' in answer)?.['figures'] as Figures | null;
  }

  /** Waits for stamped pictures of a seat, newer than those at this moment, decoded in the booth. */
  async sees(seat: number, within = 30_000): Promise<void> {
    let last: LinkFigures | undefined;
    let first: LinkFigures | undefined;
    await until(
      `the booth to see seat ${seat}`,
      async () => {
        last = (await this.figures())?.links.find((link) => link.seat === seat);
        if (first === undefined || (last && last.attempt !== first.attempt)) first = last;
        return last && first && last.latency_ms !== null && last.video_decoded > first.video_decoded + 5;
      },
      { within, instead: () => last },
    );
  }

  /** Waits until the tone it listens for is what it plays. */
  async hears(hz: 440): Promise<void> {
    let tone: number | null = null;
    await until(
      `the booth to hear ${hz} Hz`,
      async () => {
        tone = (await this.figures())?.tone ?? null;
        return tone !== null && tone > 0.5;
      },
      { within: 30_000, instead: () => tone },
    );
  }

  /** Waits until the tone is gone. */
  async silent(): Promise<void> {
    await until('the booth to hear no tone', async () => ((await this.figures())?.tone ?? 0) < 0.05, { within: 30_000 });
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#child?.stop(signal);
  }
}

/** The booth's own measurements. */
export type Figures = {
  encoder: string | null;
  bitrate: number;
  bitrate_vp8: number | null;
  captured: number;
  encoded: number;
  encoded_vp8: number;
  /** How much of the tone it listens for is in what it plays, 0 to 1. */
  tone: number | null;
  links: LinkFigures[];
};

export type LinkFigures = {
  seat: number;
  attempt: number;
  codec: string;
  estimate: number;
  video_decoded: number;
  fps: number;
  width: number;
  height: number;
  /** Age of the stamps in the decoded pictures, in ms; null without stamps. */
  latency_ms: number | null;
  latency_p50_ms: number | null;
  latency_p95_ms: number | null;
};
