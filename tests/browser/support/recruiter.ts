// A recruiter of a story: a whole Chromium of their own with the real page in it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserServer, type Page } from 'playwright-core';
import { NOON } from './noon';
import { CHROMIUM } from './paths';
import { tree } from './processes';
import type { Account } from './service';
import { bounded, until } from './until';

export const PROBE = fileURLToPath(new URL('probe.js', import.meta.url));

export const FLAGS = [
  '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required', '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows',
  // A page that was given a camera names its addresses; ours got none, so it would hide them.
  '--disable-features=WebRtcHideLocalIpsWithMdns',
];

/**
 * Pictures a second at which a call goes on. One that stands still shows none, and a slow machine
 * manages these; only the story of a call as it should be asks for the full rate.
 */
const GOES_ON = 10;

/** What `window.probe.frames` tells. */
export type Frames = { frames: number; stamps: number; wrong: number; ms: number; width: number; height: number; ages: number[] };
export type Tone = { hz: number; share: number; level: number | null };
export type Decoded = { frames: number; codec?: string; width?: number; height?: number };
export type Desk = { screen: string; link: string; room: string | null; progress: string | null; last: number; seat: number | null; present: number[] };

/** A post of the chat: a line, a file's name, or neither when it was taken back. */
export type Post = { post: number; text?: string; file?: string };

/** Where a service is reached. */
export type Address = { readonly url: string };

export type RecruiterOptions = {
  /** Codecs that the page announces. */
  codecs?: string;
  /** The replaced camera. */
  camera?: { width: number; height: number; fps: number };
  /** The browser's own fake camera and microphone rather than the stamped ones. */
  ownDevices?: boolean;
  /** A command that runs the browser, as an executable file. */
  executable?: string;
};

export class Recruiter {
  readonly host: Account;
  readonly page: Page;
  /** Everything that the page complained about. */
  readonly complaints: string[] = [];
  /** Addresses of other hosts that the page asked for. */
  readonly elsewhere: string[] = [];
  readonly #server: BrowserServer;
  readonly #service: Address;
  readonly #options: RecruiterOptions;

  private constructor(server: BrowserServer, page: Page, service: Address, host: Account, options: RecruiterOptions) {
    this.#server = server;
    this.page = page;
    this.#service = service;
    this.host = host;
    this.#options = options;
    page.on('console', (message) => {
      // Asking who is signed in, before anybody is, is answered with 401; Chromium writes that down.
      const expected = message.location().url.endsWith('/api/me') && message.text().includes('401');
      if (['error', 'warning'].includes(message.type()) && !expected) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith('http') && url.origin !== new URL(service.url).origin) this.elsewhere.push(url.origin);
    });
  }

  /** A second window of the same browser, signed in as the first one is. */
  async window(): Promise<Recruiter> {
    const page = await this.page.context().newPage();
    const second = new Recruiter(this.#server, page, this.#service, this.host, this.#options);
    await page.goto(second.#url);
    await second.at('day');
    await until('the link', async () => (await second.desk()).link === 'up');
    return second;
  }

  /** Opens a browser and the page in it, not yet signed in. */
  static async open(service: Address, host: Account, options: RecruiterOptions = {}): Promise<Recruiter> {
    const server = await chromium.launchServer({
      executablePath: options.executable ?? CHROMIUM,
      args: FLAGS,
      chromiumSandbox: false,
      host: '127.0.0.1',
    });
    let browser: Browser | undefined;
    try {
      browser = await chromium.connect(server.wsEndpoint());
      const context = await browser.newContext({ locale: 'ja-JP', timezoneId: NOON, viewport: { width: 1280, height: 800 } });
      context.setDefaultTimeout(30_000);
      if (!options.ownDevices) {
        const { width, height, fps } = options.camera ?? { width: 640, height: 360, fps: 30 };
        await context.addInitScript(`window.probeOptions = ${JSON.stringify({ width, height, fps })}`);
        await context.addInitScript({ path: PROBE });
      }
      const page = await context.newPage();
      const recruiter = new Recruiter(server, page, service, host, options);
      await page.goto(recruiter.#url);
      return recruiter;
    } catch (error) {
      await server.kill();
      throw error;
    }
  }

  get #url(): string {
    const { codecs } = this.#options;
    return `${this.#service.url}/${codecs ? `?codecs=${codecs}` : ''}`;
  }

  /** Signs in and looks at the devices once, so that "let in" goes straight into the call. */
  async signIn(): Promise<void> {
    await this.at('sign-in');
    const form = this.page.getByTestId('sign-in-form');
    await form.locator('input').first().fill(this.host.account);
    await form.locator('input[type=password]').fill(this.host.password);
    await this.page.getByTestId('sign-in').click();
    await this.at(this.host.company ? 'day' : 'floor');
    await until('the link', async () => (await this.desk()).link === 'up');
  }

  /** Lets the one who knocks in; the first time by the page where the devices are looked at. */
  async admit(): Promise<void> {
    await this.page.getByTestId('admit').click();
    await until('the call or the ready page', async () => ['call', 'ready'].includes((await this.desk()).screen));
    if ((await this.desk()).screen === 'ready') await this.enter();
    await this.at('call');
  }

  /** From the ready page into the call. */
  async enter(): Promise<void> {
    await this.page.getByTestId('enter').click();
    await this.at('call');
  }

  /** Joins the running call that stands first in the list. */
  async join(): Promise<void> {
    await this.page.getByTestId('open').first().click();
    await this.at('ready');
    await this.enter();
  }

  async leave(): Promise<void> {
    await this.page.getByTestId('leave').click();
    const confirm = this.page.getByTestId('confirm-leave');
    await until('the end of the call or a question', async () => (await this.desk()).screen !== 'call' || (await confirm.isVisible()));
    if ((await this.desk()).screen === 'call') await confirm.click();
    await this.at('ended');
  }

  async end(): Promise<void> {
    await this.page.getByTestId('end').click();
    await this.page.getByTestId('confirm-end').click();
    await this.at('ended');
  }

  async toDay(): Promise<void> {
    await this.page.getByTestId('to-day').click();
    await this.at('day');
  }

  async at(screen: string, within = 30_000): Promise<void> {
    const shown = this.page.locator('[data-screen]');
    await until(`${this.host.account}'s page to show ${screen}`, async () => (await shown.getAttribute('data-screen')) === screen, {
      within,
      instead: () => shown.getAttribute('data-screen'),
    });
  }

  desk(): Promise<Desk> {
    return this.page.evaluate('window.engawa.state()');
  }

  /** The chat's posts as the page folds them, in order. */
  posts(): Promise<Post[]> {
    return this.page.evaluate('window.engawa.posts()');
  }

  /** Size and SHA-256 of a posted file, as this browser downloads it. */
  async download(post: number): Promise<{ bytes: number; sha256: string }> {
    const { room } = await this.desk();
    return this.page.evaluate(`(async () => {
      const answer = await fetch('/api/rooms/${room}/files/${post}');
      if (!answer.ok) throw new Error('the file was answered with ' + answer.status);
      const bytes = await answer.arrayBuffer();
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      return { bytes: bytes.byteLength, sha256: Array.from(hash, (b) => b.toString(16).padStart(2, '0')).join('') };
    })()`);
  }

  knockCard() {
    return this.page.getByTestId('knock-card');
  }

  /** The line of the day's list with this text in it. */
  row(text: string) {
    return this.page.getByTestId('room').filter({ hasText: text });
  }

  /** Waits until an element says exactly this, spaces aside. */
  async says(testid: string, text: string, within = 20_000): Promise<void> {
    const shown = () => this.page.getByTestId(testid).first().textContent();
    await until(`${this.host.account}'s page to say "${text}"`, async () => plain(await shown()) === text, { within, instead: shown });
  }

  tile(seat: number) {
    return this.page.locator(`[data-testid=tile][data-seat="${seat}"]`);
  }

  /** Decoded pictures of a seat over `ms`; waits until there are any. */
  async frames(seat: number, ms: number): Promise<Frames> {
    await this.sees(seat);
    return this.page.evaluate(`window.probe.frames(${seat}, ${ms})`);
  }

  /**
   * Waits until a seat's stamped pictures come at a rate of at least `fps`, counted over `ms`; each
   * picture counts once, and only with a right checksum. A machine that is busy with other things
   * gets more than one try.
   */
  async flows(seat: number, fps = GOES_ON, ms = 3_000, within = 40_000): Promise<Frames> {
    let seen: Frames | undefined;
    return until(
      `${this.host.account} to see ${fps} pictures a second of seat ${seat}`,
      async () => {
        seen = await this.frames(seat, ms);
        return seen.stamps / (seen.ms / 1000) >= fps ? seen : undefined;
      },
      { within, instead: () => seen && { ...seen, ages: seen.ages.length } },
    );
  }

  decoded(seat: number): Promise<Decoded | undefined> {
    return this.page.evaluate(`window.probe.decoded(${seat})`);
  }

  /** Waits for pictures of a seat newer than those at this moment. */
  async sees(seat: number, within = 30_000): Promise<Decoded> {
    let first: number | undefined;
    return until(
      `${this.host.account} to see seat ${seat}`,
      async () => {
        const decoded = await this.decoded(seat).catch(() => undefined);
        if (!decoded) return undefined;
        first ??= decoded.frames;
        return decoded.frames > first + 5 || decoded.frames < first ? decoded : undefined;
      },
      { within, instead: () => this.page.evaluate('window.probe.connections()') },
    );
  }

  /** Waits until a tone is what is heard of a seat. */
  async hears(seat: number, hz: number, within = 30_000): Promise<Tone> {
    let last: Tone | undefined;
    return until(
      `${this.host.account} to hear ${hz} Hz from seat ${seat}`,
      async () => {
        last = await this.page.evaluate<Tone | undefined>(`window.probe.tone(${seat})`);
        return last && Math.abs(last.hz - hz) < 12 && last.share > 0.5 ? last : undefined;
      },
      { within, instead: () => last },
    );
  }

  /** Waits until nothing is heard of a seat. */
  async silent(seat: number): Promise<void> {
    await until(`${this.host.account} to hear nothing from seat ${seat}`, async () => {
      const tone = await this.page.evaluate<Tone | undefined>(`window.probe.tone(${seat})`);
      return !tone || tone.level === null || tone.level < -80;
    });
  }

  connections(): Promise<{ open: number; made: number; states: string[] }> {
    return this.page.evaluate('window.probe.connections()');
  }

  /** Every process of this browser. */
  processes(): number[] {
    const root = this.#server.process().pid;
    if (root === undefined) throw new Error('the browser has no process');
    return tree(root);
  }

  /** Stops or wakes every process of this browser. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    for (const pid of this.processes()) process.kill(pid, signal);
  }

  async picture(path: string): Promise<void> {
    mkdirSync(join(path, '..'), { recursive: true });
    await this.page.screenshot({ path });
  }

  async close(): Promise<void> {
    try {
      await bounded('closing the browser', 10_000, this.#server.close());
    } catch {
      await this.#server.kill();
    }
  }
}

/** A text with each run of white space as one space. */
export function plain(text: string | null): string {
  return (text ?? '').replaceAll(/\s+/g, ' ').trim();
}
