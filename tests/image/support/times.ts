// What the stories measure, kept in one file for the table at the end of `make test-image`.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILT } from './paths';

export const MEASURED = join(BUILT, 'measured.tsv');

/** Notes and prints one measurement. */
export function note(what: string, value: number, unit = 's'): void {
  const shown = unit === 's' ? value.toFixed(1) : Math.round(value).toString();
  appendFileSync(MEASURED, `${what}\t${shown}\t${unit}\n`);
  console.log(`measured: ${what}: ${shown} ${unit}`);
}

/** Runs a step of a story and notes how long it took. */
export async function timed<T>(what: string, step: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await step();
  note(what, (performance.now() - begun) / 1000);
  return result;
}
