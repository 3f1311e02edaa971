// Where the image is, and where its stories leave their traces.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, TARGET } from '../../browser/support/paths';

/** The folder that tests/image/build.sh wrote. */
export const BUILT = process.env['ENGAWA_IMAGE'] ?? join(TARGET, 'image');
export const IMAGE = join(BUILT, 'engawa-booth-test-amd64.img.zst');
export const FLASH = join(ROOT, 'flash.sh');
export const GOLDEN = join(ROOT, 'src/screen/tests/golden');
/** The firmware; its variables are each machine's own. */
export const OVMF = process.env['OVMF'] ?? '/usr/share/OVMF';

/** A fresh folder for one story; what is in it can be looked at afterwards. */
export function traces(story: string): string {
  const path = join(BUILT, 'stories', story.replaceAll(/[^a-z0-9-]+/gi, '-').slice(0, 60));
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
}
