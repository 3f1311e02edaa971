// A fair's service on this machine, and a booth in QEMU that belongs to it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { KIM, MORI, TAKAHASHI } from '../../browser/support/fair';
import type { Network } from '../../browser/support/network';
import { Recruiter, type RecruiterOptions } from '../../browser/support/recruiter';
import { Service, type Account } from '../../browser/support/service';
import { broken, card, flash, FLASHED, NAME, type Put } from './card';
import { Front } from './front';
import { Machine, type MachineOptions } from './machine';
import { traces } from './paths';

export const GUARD: Account = { account: 'staff', password: 'en-no-shita-no', name: '係', title: '', company: '' };
/** This machine's own loopback, as QEMU's network shows it to the guest. */
export const HOST = '10.0.2.2';

export type SiteOptions = {
  /** More lines of the booth's settings. */
  settings?: string[];
  files?: Put[];
  machine?: MachineOptions;
  /** MiB that the card is larger than its table says. */
  larger?: number;
  /** A network with the booth at one end, the service and recruiters at the other. */
  network?: Network;
  /** A folder with bundles for booths. */
  updates?: string;
  /** Nothing of the data partition is left. */
  broken?: boolean;
  /** A booth that is not known yet: flash.sh writes its card with a one-time token, and the service speaks TLS. */
  enrols?: { id: string; name: string };
};

export class Site {
  readonly folder: string;
  readonly service: Service;
  readonly machine: Machine;
  /** The card that the booth's own one started from; a story's files are not on it. */
  readonly from: string;
  /** What the booth was given besides the image. */
  readonly files: Put[];
  readonly #network: Network | undefined;
  readonly #front: Front | undefined;
  readonly #recruiters: Recruiter[] = [];

  private constructor(folder: string, service: Service, machine: Machine, from: string, files: Put[], network?: Network, front?: Front) {
    this.folder = folder;
    this.service = service;
    this.machine = machine;
    this.from = from;
    this.files = files;
    this.#network = network;
    this.#front = front;
  }

  /** One for all tests of a file, which go on where the last one ended. */
  static shared(story: string, options: () => SiteOptions): () => Site {
    let site: Site | undefined;
    beforeAll(async () => {
      site = await Site.open(story, options());
    });
    afterEach(async (context) => {
      if (context.task.result?.state === 'fail') await site?.remember(context.task.name);
    });
    afterAll(() => site?.close());
    return () => {
      if (!site) throw new Error('the site is not open yet');
      return site;
    };
  }

  /** Opens the service and switches the booth on; `close` must follow, however the story goes. */
  static async open(story: string, options: SiteOptions = {}): Promise<Site> {
    const folder = traces(story);
    const { network, updates } = options;
    const there = network && { listen: network.address('recruiter'), wrap: network.wrap('recruiter') };
    const service = await Service.start(folder, {
      hosts: [TAKAHASHI, KIM, MORI, GUARD], ...there, ...(updates ? { updates } : {}), ...(options.enrols ? { booths: [] } : {}),
    });
    let front: Front | undefined;
    try {
      front = options.enrols && (await Front.open(folder, service.url, HOST));
      const from = front && options.enrols ? await personal(folder, service, front, options.enrols) : FLASHED;
      const files = [...(front ? further(options) : known(service, options)), ...(options.files ?? [])];
      const place = network && { wrap: network.wrap('booth') };
      const own = options.broken ? broken(folder, from) : card(folder, files, options.larger, from);
      const machine = await Machine.on(folder, own, { ...options.machine, ...place });
      return new Site(folder, service, machine, from, files, network, front);
    } catch (error) {
      front?.close();
      await service.stop();
      throw error;
    }
  }

  /** A recruiter who is signed in. */
  async recruiter(host: Account = TAKAHASHI, options: RecruiterOptions = {}): Promise<Recruiter> {
    const there = this.#network && { executable: this.#network.browser(this.folder, this.service.url) };
    const recruiter = await Recruiter.open(this.service, host, { ...options, ...there });
    this.#recruiters.push(recruiter);
    await recruiter.signIn();
    return recruiter;
  }

  /** Keeps what tells why a test failed. */
  async remember(test: string): Promise<void> {
    const name = `failed-${test.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 40)}`;
    const told = await this.machine.agent.try('journalctl -b -o short-monotonic --no-pager | tail -n 400; ps axf; free -m', 20_000).catch(String);
    writeFileSync(join(this.folder, `${name}.txt`), typeof told === 'string' ? told : told.text);
    await this.machine.look(name).catch(() => {});
    await Promise.allSettled(this.#recruiters.map((recruiter) => recruiter.picture(join(this.folder, `${name}-${recruiter.host.account}.png`))));
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#recruiters.map((recruiter) => recruiter.close()));
    await this.machine.off();
    this.#front?.close();
    await this.service.stop();
    this.#network?.close();
  }
}

/** Settings of a booth that the service's configuration names, instead of what flash.sh put there. */
function known(service: Service, { network, settings = [] }: SiteOptions): Put[] {
  const url = new URL(service.url);
  if (!network) url.hostname = HOST;
  const lines = [
    `service = "${url.origin}"`, `name = "${NAME}"`, 'locale = "ja"', 'view = "kms"',
    'token_file = "/data/engawa/token"', 'data = "/data/engawa/booth"', ...settings,
  ];
  return [
    { path: 'engawa/booth.toml', text: `${lines.join('\n')}\n` },
    { path: 'engawa/token', text: `${service.token('a-01')}\n`, mode: 0o600, owner: 810 },
  ];
}

/** Settings behind those of flash.sh. */
function further({ settings = [] }: SiteOptions): Put[] {
  return [{ path: 'engawa/booth.toml', more: `${settings.join('\n')}\n` }];
}

/** The card of a booth that enrols by itself. */
async function personal(folder: string, service: Service, front: Front, { id, name }: { id: string; name: string }): Promise<string> {
  const token = await service.enrolToken(id, name);
  return flash(folder, { service: `https://${HOST}:${front.port}`, name, token, more: ['--ca-file', front.ca] });
}
