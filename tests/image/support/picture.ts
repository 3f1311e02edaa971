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

  constructor(width: number, height: number, rgb: Uint8Array) {
    this.width = width;
    this.height = height;
    this.rgb = rgb;
  }

  /** Reads a PNG of 8 bits a channel, not interlaced, which is what QEMU and the golden pictures are. */
  static read(path: string): Picture {
    const file = readFileSync(path);
    const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
    const [depth, colours, interlaced] = [file[24], file[25], file[28]];
    const channels = colours === 2 ? 3 : colours === 6 ? 4 : 0;
    if (depth !== 8 || channels === 0 || interlaced !== 0) throw new Error(`${path} is of another kind of PNG`);
    const parts: Buffer[] = [];
    for (let at = 8; at < file.length; at += file.readUInt32BE(at) + 12) {
      if (file.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(file.subarray(at + 8, at + 8 + file.readUInt32BE(at)));
    }
    return new Picture(width, height, unfilter(inflateSync(Buffer.concat(parts)), width, height, channels));
  }

  /** The share of blocks outside the masks that look different, 0 to 1; 1 when the sizes differ. */
  differs(other: Picture, masks: readonly Mask[] = []): number {
    if (this.width !== other.width || this.height !== other.height) return 1;
    let [all, different] = [0, 0];
    for (let y = 0; y + BLOCK <= this.height; y += BLOCK) {
      for (let x = 0; x + BLOCK <= this.width; x += BLOCK) {
        if (masks.some(([left, top, wide, high]) => x + BLOCK > left && x < left + wide && y + BLOCK > top && y < top + high)) continue;
        all += 1;
        const [mine, theirs] = [this.#mean(x, y), other.#mean(x, y)];
        if (mine.some((value, channel) => Math.abs(value - (theirs[channel] ?? 0)) > SHADE)) different += 1;
      }
    }
    return different / all;
  }

  #mean(left: number, top: number): number[] {
    const sum = [0, 0, 0];
    for (let y = top; y < top + BLOCK; y++) {
      for (let at = (y * this.width + left) * 3, end = at + BLOCK * 3; at < end; at += 3) {
        for (let channel = 0; channel < 3; channel++) sum[channel]! += this.rgb[at + channel]!;
      }
    }
    return sum.map((value) => value / (BLOCK * BLOCK));
  }
}

/** Undoes PNG's filters (PNG specification, section 9) and leaves out transparency. */
function unfilter(packed: Buffer, width: number, height: number, channels: number): Uint8Array {
  const line = width * channels;
  const bytes = new Uint8Array(line * height);
  for (let y = 0; y < height; y++) {
    const filter = packed[y * (line + 1)];
    for (let x = 0; x < line; x++) {
      const at = y * line + x;
      const left = x >= channels ? bytes[at - channels]! : 0;
      const up = y > 0 ? bytes[at - line]! : 0;
      const corner = x >= channels && y > 0 ? bytes[at - line - channels]! : 0;
      const guess = filter === 1 ? left : filter === 2 ? up : filter === 3 ? (left + up) >> 1 : filter === 4 ? paeth(left, up, corner) : 0;
      bytes[at] = packed[y * (line + 1) + 1 + x]! + guess;
    }
  }
  if (channels === 3) return bytes;
  return bytes.filter((_, at) => at % 4 !== 3);
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
