// Where things are.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const TARGET = process.env['CARGO_TARGET_DIR'] ?? join(ROOT, 'target');

/** One of our programs; `ENGAWA_PROFILE=release` takes the optimised ones. */
export function program(name: 'engawa-service' | 'engawa-booth'): string {
  return join(TARGET, process.env['ENGAWA_PROFILE'] ?? 'debug', name);
}

/** One of our shared libraries. */
export function library(name: string): string {
  return join(TARGET, process.env['ENGAWA_PROFILE'] ?? 'debug', `lib${name}.so`);
}

export const PAGE = join(ROOT, 'ui/recruiter/dist');
export const CLIP = join(ROOT, 'assets/clip/introduction.webm');
export const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** A fresh folder under target/ for a story's configuration, data and logs; kept for looking at afterwards. */
export function folder(...names: string[]): string {
  const path = join(TARGET, 'tests', ...names.map((name) => name.replaceAll(/[^a-z0-9-]+/gi, '-').slice(0, 80)));
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
}

export const REPORT = join(TARGET, 'bench');
