// What a display shows, and whether it is the page it should be. The golden pictures are drawn by another
// renderer, whose letters differ by shades: blocks are compared rather than pixels.
import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

/** A part that changes, such as the clock: left, top, width, height in pixels. */
export type Mask = readonly [number, number, number, number];

const BLOCK = 16;
/** A block whose mean differs by more than this in a channel is another picture's. */
const SHADE = 20;

export class Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
  #blocks: Float32Array | undefined;

  constructor(width: number, height: number, rgb: Uint8Array) {
    this.width = width;
    this.height = height;
    this.rgb = rgb;
  }

  /** Reads a PNG that is not interlaced, of 8 bits a channel or with a palette. */
  static read(path: string): Picture {
    const file = readFileSync(path);
    const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
    const [depth = 0, colours = 0, interlaced] = [file[24], file[25], file[28]];
    const channels = { 2: 3, 3: 1, 6: 4 }[colours];
    if (!channels || (depth !== 8 && colours !== 3) || interlaced !== 0) throw new Error(`${path} is of another kind of PNG`);
    const chunks = new Map<string, Buffer[]>();
    for (let at = 8; at < file.length; at += file.readUInt32BE(at) + 12) {
      const kind = file.toString('latin1', at + 4, at + 8);
      chunks.set(kind, [...(chunks.get(kind) ?? []), file.subarray(at + 8, at + 8 + file.readUInt32BE(at))]);
    }
    const bytes = unfilter(inflateSync(Buffer.concat(chunks.get('IDAT') ?? [])), Math.ceil((width * channels * depth) / 8), height, channels);
    const palette = chunks.get('PLTE')?.[0];
    return new Picture(width, height, palette ? painted(bytes, width, height, depth, palette) : channels === 4 ? opaque(bytes) : bytes);
  }

  /** The share of blocks outside the masks that look different, 0 to 1; 1 when the sizes differ. */
  differs(other: Picture, masks: readonly Mask[] = []): number {
    if (this.width !== other.width || this.height !== other.height) return 1;
    const [mine, theirs] = [this.#means(), other.#means()];
    let [all, different, block] = [0, 0, 0];
    for (let y = 0; y + BLOCK <= this.height; y += BLOCK) {
      for (let x = 0; x + BLOCK <= this.width; x += BLOCK, block += 3) {
        if (masks.some(([left, top, wide, high]) => x + BLOCK > left && x < left + wide && y + BLOCK > top && y < top + high)) continue;
        all += 1;
        if ([0, 1, 2].some((channel) => Math.abs(mine[block + channel]! - theirs[block + channel]!) > SHADE)) different += 1;
      }
    }
    return different / all;
  }

  /** Only what is compared, without the pixels. */
  reckoned(): Picture {
    const blocks = new Picture(this.width, this.height, new Uint8Array());
    blocks.#blocks = this.#means();
    return blocks;
  }

  /** How light it is as a whole, 0 to 1. */
  light(): number {
    return this.#means().reduce((sum, value) => sum + value / 255, 0) / this.#means().length;
  }

  /** Mean colours of the blocks, row by row; reckoned once. */
  #means(): Float32Array {
    if (this.#blocks) return this.#blocks;
    const [wide, high, rgb] = [Math.floor(this.width / BLOCK), Math.floor(this.height / BLOCK), this.rgb];
    const means = new Float32Array(wide * high * 3);
    for (let y = 0; y < high * BLOCK; y++) {
      const row = Math.floor(y / BLOCK) * wide;
      for (let x = 0, from = y * this.width * 3; x < wide * BLOCK; x++, from += 3) {
        const to = (row + Math.floor(x / BLOCK)) * 3;
        means[to]! += rgb[from]!;
        means[to + 1]! += rgb[from + 1]!;
        means[to + 2]! += rgb[from + 2]!;
      }
    }
    return (this.#blocks = means.map((sum) => sum / BLOCK ** 2));
  }
}

/** Undoes PNG's filters (PNG specification, section 9) of lines with this many bytes, `step` a pixel. */
function unfilter(packed: Buffer, line: number, height: number, step: number): Uint8Array {
  const bytes = new Uint8Array(line * height);
  for (let y = 0; y < height; y++) {
    const [filter, from, to] = [packed[y * (line + 1)], y * (line + 1) + 1, y * line];
    if (filter === 0) {
      bytes.set(packed.subarray(from, from + line), to);
      continue;
    }
    for (let x = 0; x < line; x++) {
      const at = to + x;
      const left = x >= step ? bytes[at - step]! : 0;
      const up = y > 0 ? bytes[at - line]! : 0;
      const corner = x >= step && y > 0 ? bytes[at - line - step]! : 0;
      const guess = filter === 1 ? left : filter === 2 ? up : filter === 3 ? (left + up) >> 1 : paeth(left, up, corner);
      bytes[at] = packed[from + x]! + guess;
    }
  }
  return bytes;
}

/** The colours of numbers of `depth` bits each, the first in the highest. */
function painted(bytes: Uint8Array, width: number, height: number, depth: number, palette: Buffer): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  const [line, most] = [Math.ceil((width * depth) / 8), (1 << depth) - 1];
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0, bit = 0; x < width; x++, bit += depth, to += 3) {
      const from = ((bytes[y * line + (bit >> 3)]! >> (8 - depth - (bit & 7))) & most) * 3;
      rgb[to] = palette[from]!;
      rgb[to + 1] = palette[from + 1]!;
      rgb[to + 2] = palette[from + 2]!;
    }
  }
  return rgb;
}

function opaque(rgba: Uint8Array): Uint8Array {
  return rgba.filter((_, at) => at % 4 !== 3);
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const a = Math.abs(guess - left);
  const b = Math.abs(guess - up);
  const c = Math.abs(guess - corner);
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
