// Chromium with a page that only calls: the baseline of the measurements.
import { fileURLToPath } from 'node:url';
import { createServer, type Server } from 'node:http';
import { chromium, type BrowserServer, type Page } from 'playwright-core';
import { CHROMIUM } from '../browser/support/paths';
import { FLAGS, PROBE, type Frames } from '../browser/support/recruiter';
import { bounded, until } from '../browser/support/until';
import type { Stage } from './stage';

const BARE = fileURLToPath(new URL('bare.js', import.meta.url));

export type BareOptions = {
  camera?: { width: number; height: number; fps: number };
  /** The browser's own fake camera and microphone rather than the stamped ones. */
  ownDevices?: boolean;
  codec?: 'video/h264' | 'video/vp8';
  maxBitrate?: number;
  /** Whether the received pictures are painted. */
  shown?: boolean;
};

export type Sent = { width: number; height: number; frames: number; encoder: string; limited: string; codec: string };

/** A Chromium for bare pages. */
export class BareBrowser {
  readonly #server: BrowserServer;
  readonly #site: Server;
  readonly #url: string;

  private constructor(server: BrowserServer, site: Server, url: string) {
    this.#server = server;
    this.#site = site;
    this.#url = url;
  }

  /** Opens one; `camera` is a file of JPEGs that it takes for its own camera. */
  static async open(stage: Stage, camera?: string): Promise<BareBrowser> {
    const site = createServer((_, answer) => {
      answer.setHeader('content-type', 'text/html');
      answer.end('<!doctype html><title>bare</title><style>body{margin:0}video{width:50vw}</style>');
    });
    await new Promise<void>((listening) => site.listen(0, '127.0.0.1', listening));
    stage.later(() => new Promise((closed) => site.close(closed)));
    const address = site.address();
    if (address === null || typeof address === 'string') throw new Error('the site has no port');
    const args = camera ? [...FLAGS, `--use-file-for-fake-video-capture=${camera}`] : FLAGS;
    const server = await chromium.launchServer({ executablePath: CHROMIUM, args, chromiumSandbox: false, host: '127.0.0.1' });
    stage.later(() => bounded('closing a browser', 10_000, server.close()).catch(() => server.kill()));
    return new BareBrowser(server, site, `http://127.0.0.1:${address.port}/`);
  }

  get pid(): number {
    const { pid } = this.#server.process();
    if (pid === undefined) throw new Error('the browser has no process');
    return pid;
  }

  async page({ camera = { width: 1280, height: 720, fps: 30 }, codec = 'video/h264', ...more }: BareOptions = {}): Promise<Page> {
    this.#site.closeIdleConnections();
    const browser = await chromium.connect(this.#server.wsEndpoint());
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ['camera', 'microphone'] });
    context.setDefaultTimeout(30_000);
    const bare = { codec, maxBitrate: more.maxBitrate ?? 1_500_000, shown: more.shown ?? true };
    await context.addInitScript(`window.probeOptions = ${JSON.stringify(camera)}; window.bareOptions = ${JSON.stringify(bare)}`);
    if (more.ownDevices) await context.addInitScript('window.ownDevices = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)');
    await context.addInitScript({ path: PROBE });
    if (more.ownDevices) await context.addInitScript('navigator.mediaDevices.getUserMedia = window.ownDevices');
    await context.addInitScript({ path: BARE });
    const page = await context.newPage();
    await page.goto(this.#url);
    return page;
  }
}

/** Calls from one page to another; each knows the other by a number. */
export async function connect(from: Page, fromSeat: number, to: Page, toSeat: number): Promise<void> {
  const evaluate = (page: Page, what: string) => bounded(what.slice(0, 40), 20_000, page.evaluate(what));
  const offer = await evaluate(from, `window.bare.offer(${toSeat})`);
  const answer = await evaluate(to, `window.bare.answer(${fromSeat}, ${JSON.stringify(offer)})`);
  await evaluate(from, `window.bare.accept(${toSeat}, ${JSON.stringify(answer)})`);
  for (const [page, seat] of [[from, toSeat], [to, fromSeat]] as const) {
    await until('a picture at a bare page', async () => {
      const decoded = await page.evaluate<{ frames: number } | undefined>(`window.probe.decoded(${seat})`);
      return (decoded?.frames ?? 0) > 5;
    });
  }
}

export function sent(page: Page, seat: number): Promise<Sent> {
  return page.evaluate(`window.bare.sent(${seat})`);
}

export function frames(page: Page, seat: number, ms: number): Promise<Frames> {
  return bounded('reading frames', ms + 20_000, page.evaluate<Frames>(`window.probe.frames(${seat}, ${ms})`));
}
