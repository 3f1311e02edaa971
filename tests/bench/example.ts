// The measuring programs beside our crates: each says what it found as JSON, one object a line.
import { join } from 'node:path';
import { Child } from '../browser/support/child';
import { TARGET } from '../browser/support/paths';

export type Found = Record<string, number | string | null>;

export function example(name: 'crowd' | 'durable' | 'outbox'): string {
  return join(TARGET, 'release/examples', name);
}

/** A program with as many open files as the machine allows. */
export function roomy(name: string, program: string, args: string[], options: ConstructorParameters<typeof Child>[3]): Child {
  return new Child(name, '/bin/sh', ['-c', 'ulimit -n "$(ulimit -Hn)"; exec "$@"', 'sh', program, ...args], options);
}

/** Runs one to its end and gives back everything it found. */
export async function found(name: 'crowd' | 'durable' | 'outbox', args: string[], log: string, within = 240_000): Promise<Found[]> {
  const child = roomy(name, example(name), args, { log });
  child.endInput();
  try {
    const code = await child.exited(within);
    if (code !== 0) throw new Error(`${name} ${args[0] ?? ''} ended with ${code}; see ${log}`);
    return child.lines.map((line) => JSON.parse(line) as Found);
  } finally {
    if (child.over === undefined) child.signal('SIGKILL');
  }
}

export function number(found: Found | undefined, key: string): number {
  const value = found?.[key];
  if (typeof value !== 'number') throw new Error(`no ${key} in ${JSON.stringify(found)}`);
  return value;
}
