// The eye of the stories: it must tell the pages apart, or it sees nothing.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { differs, nearest, pages, shows } from './support/pages';
import { GOLDEN } from './support/paths';
import { Picture } from './support/picture';

const read = (page: string) => Picture.read(join(GOLDEN, `${page}.png`));

/** The same picture with softer letters and other shades, as another renderer draws it. */
function softened({ width, height, rgb }: Picture): Picture {
  const soft = Uint8ClampedArray.from(rgb, (value, at) => (value + (rgb[at + 3] ?? value) + (rgb[at + width * 3] ?? value)) / 3 + (at % 2 ? 4 : -4));
  return new Picture(width, height, new Uint8Array(soft));
}

test.for(['welcome-ja', 'companies-ja', 'name-empty-ja', 'waiting-ja', 'out-of-order-ja', 'settings-ja', 'disk-broken-ja'])('%s is taken for itself only', (page) => {
  const picture = softened(read(page));
  expect(differs(picture, page)).toBeLessThan(0.01);
  expect(shows(picture, page)).toBe(true);
  const first = (name: string) => name.split('-')[0];
  const mistaken = pages().filter((other) => first(other) !== first(page) && shows(picture, other));
  expect(mistaken).toEqual([]);
  expect(first(nearest(picture).page)).toBe(first(page));
});

test('a black display and a grey one are no page', () => {
  for (const shade of [0, 128, 255]) {
    const blank = new Picture(1280, 800, new Uint8Array(1280 * 800 * 3).fill(shade));
    expect(pages().filter((page) => shows(blank, page))).toEqual([]);
  }
});
