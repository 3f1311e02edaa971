// The booth's pages as the screen's own tests know them, and which of them a display shows.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../browser/support/until';
import type { Machine } from './machine';
import { GOLDEN } from './paths';
import { Picture, type Mask } from './picture';

/** Booth, steps and clock: they differ from day to day. */
const HEADER: Mask = [200, 0, 1080, 80];
/** What of a page is a story's own: companies, names, numbers. */
const OWN: Record<string, readonly Mask[]> = {
  companies: [[40, 144, 1200, 440]],
  name: [[340, 80, 900, 96]],
  ready: [[40, 80, 1200, 440]],
  // All but the row of buttons.
  call: [[0, 0, 1280, 704]],
  waiting: [[40, 528, 520, 160], [790, 96, 460, 320]],
};
/** Of all blocks that may differ. The same page in another renderer is below 0.01, see pages.test.ts. */
const SAME = 0.03;

export type Page = { page: string; differs: number };

/** The pages of a display that lies, such as `welcome-ja`. */
export function pages(): string[] {
  const names = readdirSync(GOLDEN).filter((name) => name.endsWith('.png') && !/^(upright|large)-/.test(name));
  return names.map((name) => name.slice(0, -4)).sort();
}

/** Read before a machine starts: that takes seconds, and a story measures when a page is shown. */
const goldens = new Map(pages().map((page) => [page, Picture.read(join(GOLDEN, `${page}.png`)).reckoned()]));

function golden(page: string): Picture {
  const picture = goldens.get(page);
  if (!picture) throw new Error(`there is no golden picture of ${page}`);
  return picture;
}

function masks(page: string): readonly Mask[] {
  return [HEADER, ...(OWN[page.replace(/-[a-z]{2}$/, '')] ?? [])];
}

/** How much of a picture differs from a page. */
export function differs(picture: Picture, page: string): number {
  return picture.differs(golden(page), masks(page));
}

/** How much of one part of a picture differs from that of a page. */
export function part(picture: Picture, page: string, [left, top, width, height]: Mask): number {
  const [right, bottom] = [left + width, top + height];
  const around: Mask[] = [[0, 0, 1280, top], [0, bottom, 1280, 800 - bottom], [0, top, left, height], [right, top, 1280 - right, height]];
  return picture.differs(golden(page), around);
}

/** Whether it is this page, and no other page, nor this one in another language, fits as well. */
export function shows(picture: Picture, page: string): boolean {
  const own = differs(picture, page);
  if (own >= SAME) return false;
  return [...goldens.keys()].every((other) => kin(other) === kin(page) || picture.differs(golden(other), masks(page)) > own);
}

/** Page and language: pages that differ only in what is a story's own are kin. */
function kin(page: string): string {
  return `${page.split('-')[0]}-${page.slice(-2)}`;
}

/** The page that fits best. */
export function nearest(picture: Picture): Page {
  const all = [...goldens.keys()].map((page) => ({ page, differs: differs(picture, page) }));
  return all.reduce((best, one) => (one.differs < best.differs ? one : best));
}

/** A finger on one page, which leads to another; once more while the first one stays. */
export async function go(machine: Machine, [from, x, y]: readonly [string, number, number], to: string, within = 90_000): Promise<void> {
  let tapped: number | undefined;
  await until(
    `a finger on ${from} to lead to ${to}`,
    async () => {
      const picture = await machine.look(to);
      if (shows(picture, to)) return true;
      if (shows(picture, from) && (tapped === undefined || performance.now() - tapped > 30_000)) {
        await machine.tap(x, y);
        tapped = performance.now();
      }
      return false;
    },
    { within, every: 500, instead: async () => nearest(await machine.look(to)) },
  );
}

/** Waits until the display shows a page; a picture of it is kept under its name. */
export async function page(machine: Machine, wanted: string, within = 60_000): Promise<void> {
  await until(`the display to show ${wanted}`, async () => shows(await machine.look(wanted), wanted), {
    within,
    every: 500,
    instead: async () => nearest(await machine.look(wanted)),
  });
}
