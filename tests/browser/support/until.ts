// Waiting for a condition, never for a time.

export class Overdue extends Error {
  override name = 'Overdue';
}

/**
 * Asks again and again until the answer is neither undefined, null nor false, and gives it back.
 * After `within` ms it fails and says what was waited for and what was there instead.
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  { within = 20_000, every = 100, instead = () => '' as unknown } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const begun = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer as NonNullable<Exclude<T, false>>;
    if (performance.now() - begun > within) {
      throw new Overdue(`waited ${Math.round(within / 1000)} s for ${what}; instead: ${JSON.stringify(await instead())}`);
    }
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

/** The same promise, but failing when it is not settled after `within` ms. */
export async function bounded<T>(what: string, within: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Overdue(`${what} took more than ${Math.round(within / 1000)} s`)), within);
  });
  try {
    return await Promise.race([promise, overdue]);
  } finally {
    clearTimeout(timer);
  }
}
