// A fair's service on this machine, and a booth in QEMU that belongs to it.
import { KIM, MORI, TAKAHASHI } from '../../browser/support/fair';
import { Service, type Account } from '../../browser/support/service';
import { card, NAME, type Put } from './card';
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
  /** The address under which the booth finds the service. */
  host?: string;
  service?: { listen?: string; wrap?: string[] };
};

export class Site {
  readonly folder: string;
  readonly service: Service;
  readonly machine: Machine;

  private constructor(folder: string, service: Service, machine: Machine) {
    this.folder = folder;
    this.service = service;
    this.machine = machine;
  }

  /** Opens the service and switches the booth on; `close` must follow, however the story goes. */
  static async open(story: string, options: SiteOptions = {}): Promise<Site> {
    const folder = traces(story);
    const service = await Service.start(folder, { hosts: [TAKAHASHI, KIM, MORI, GUARD], ...options.service });
    try {
      const url = new URL(service.url);
      url.hostname = options.host ?? HOST;
      const settings = [
        `service = "${url.origin}"`, `name = "${NAME}"`, 'locale = "ja"', 'view = "kms"',
        'token_file = "/data/engawa/token"', 'data = "/data/engawa/booth"', ...(options.settings ?? []),
      ];
      const files: Put[] = [
        { path: 'engawa/booth.toml', text: `${settings.join('\n')}\n` },
        { path: 'engawa/token', text: `${service.token('a-01')}\n`, mode: 0o600, owner: 810 },
        ...(options.files ?? []),
      ];
      const machine = await Machine.on(folder, card(folder, files, options.larger), options.machine);
      return new Site(folder, service, machine);
    } catch (error) {
      await service.stop();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.machine.off();
    await this.service.stop();
  }
}
