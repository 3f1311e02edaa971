// Whatever one measurement starts; all of it is put away afterwards, the last first.
import { Booth, type BoothOptions } from '../browser/support/booth';
import { Recruiter, type RecruiterOptions } from '../browser/support/recruiter';
import { folder } from '../browser/support/paths';
import { Service, type Account } from '../browser/support/service';
import { Overdue, until } from '../browser/support/until';

const host = (account: string, name: string): Account => ({
  account, password: `the-bench-of-${account}`, name, title: 'Bench', company: 'minato',
});

/** As many recruiters as a call is measured with. */
export const HOSTS = [host('one', '山田 一'), host('two', '鈴木 二'), host('three', '김 삼'), host('four', 'Four Ives')];

export class Stage {
  readonly folder: string;
  readonly #closers: (() => Promise<unknown>)[] = [];

  constructor(name: string) {
    this.folder = folder(`bench-${name}`);
  }

  /** Has `close` done at the end. */
  later(close: () => Promise<unknown>): void {
    this.#closers.push(close);
  }

  async service(options: { listen?: string; wrap?: string[] } = {}): Promise<Service> {
    const service = await Service.start(this.folder, { hosts: HOSTS, ...options });
    this.later(() => service.stop());
    return service;
  }

  booth(service: Service, options: BoothOptions = {}): Booth {
    const booth = Booth.start(service, options);
    this.later(() => booth.stop());
    return booth;
  }

  async recruiter(service: Service, options: RecruiterOptions = {}, which = 0): Promise<Recruiter> {
    const account = HOSTS[which];
    if (!account) throw new Error(`there is no host ${which}`);
    const recruiter = await Recruiter.open(service, account, options);
    this.later(() => recruiter.close());
    await recruiter.signIn();
    return recruiter;
  }

  /** Puts everything away, also after a failure; one that does not go holds up no other. */
  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) {
      await close().catch((error: unknown) => console.error(`bench: ${String(error)}`));
    }
  }
}

/** Brings a booth and a recruiter into a call in which both see the other. */
export async function call(booth: Booth, recruiter: Recruiter): Promise<void> {
  await booth.knock();
  await recruiter.knockCard().waitFor();
  await recruiter.admit();
  await booth.act('wait picture 30');
  await recruiter.sees(0);
}

/** Waits until the line has found its width: the picture that the booth receives is this wide. */
export async function widened(booth: Booth, seat: number, width: number, within: number): Promise<boolean> {
  const wide = async () => ((await booth.figures())?.links.find((link) => link.seat === seat)?.width ?? 0) >= width;
  try {
    return await until('the full picture', wide, { within, every: 250 });
  } catch (error) {
    if (error instanceof Overdue) return false;
    throw error;
  }
}
