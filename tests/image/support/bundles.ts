// Updates of the built image: signed, unsound, or of a version that never gets healthy.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../browser/support/paths';
import { BUILT, IMAGE } from './paths';

const COMPATIBLE = 'engawa-booth-test-amd64';
const MADE = join(BUILT, 'bundles');

/** Makes a bundle with these words of tests/image/bundle.sh; once for each image. */
export function bundle(name: string, version: string, ...words: string[]): string {
  const path = join(MADE, `${name}.raucb`);
  if (existsSync(path) && statSync(path).mtimeMs > statSync(IMAGE).mtimeMs) return path;
  execFileSync(join(ROOT, 'tests/image/bundle.sh'), ['--version', version, '--to', path, '--image', BUILT, ...words], {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 600_000,
  });
  return path;
}

/** The folder from which a service offers what was put there. */
export class Shelf {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = join(folder, 'updates');
    mkdirSync(join(this.folder, COMPATIBLE), { recursive: true });
  }

  /** Offers this file as a version, and nothing else. */
  offer(path: string, version: string): void {
    this.clear();
    const place = join(this.folder, COMPATIBLE, `${version}.raucb`);
    // Another file each time: the service remembers sums.
    execFileSync('cp', ['--reflink=auto', path, `${place}.part`]);
    renameSync(`${place}.part`, place);
  }

  clear(): void {
    rmSync(join(this.folder, COMPATIBLE), { recursive: true, force: true });
    mkdirSync(join(this.folder, COMPATIBLE));
  }
}
