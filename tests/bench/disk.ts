// What the disk itself can do: lines appended to a bare file, each synced before the next.
import { closeSync, fdatasyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const MEASURE = 3_000;

/** Lines of `bytes` a second that a file in `folder` takes. */
export function synced(folder: string, bytes: number): number {
  const path = join(folder, 'bare');
  const file = openSync(path, 'w');
  try {
    const line = Buffer.alloc(bytes, 'x');
    const begun = performance.now();
    let lines = 0;
    while (performance.now() - begun < MEASURE) {
      writeSync(file, line);
      fdatasyncSync(file);
      lines += 1;
    }
    return (lines * 1000) / (performance.now() - begun);
  } finally {
    closeSync(file);
    unlinkSync(path);
  }
}
