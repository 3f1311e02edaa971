// What the stories of updates share: a booth with a shelf of bundles, and how far it is with them.
import { expect } from 'vitest';
import { until } from '../../browser/support/until';
import { Shelf } from './bundles';
import { FILES, SETTINGS } from './devices';
import { traces } from './paths';
import { Site } from './site';

type State = { good?: { version: string; slot: string }; trial?: { stage: string } | null; fallback?: { version: string; reason: string } | null };

/** Variables of the updater's units, on the data partition. */
const ENVIRONMENT = 'stories/environment';
const MARK = 'kept through everything';

/** A booth that looks for updates when a story says so. */
export class Updates {
  readonly shelf: Shelf;
  readonly site: () => Site;

  constructor(story: string) {
    const shelf = new Shelf(traces(`${story}-bundles`));
    this.shelf = shelf;
    this.site = Site.shared(story, () => ({
      settings: SETTINGS,
      files: [
        ...FILES,
        // A line of this machine is fast.
        { path: ENVIRONMENT, text: 'ENGAWA_UPDATE=--rate 100000000\n' },
      ],
      larger: 1536,
      updates: shelf.folder,
    }));
  }

  get machine() {
    return this.site().machine;
  }

  async state(): Promise<State> {
    return JSON.parse(await this.machine.sh('cat /data/update/state.json')) as State;
  }

  version(): Promise<string> {
    return this.machine.sh('sed -n s/^IMAGE_VERSION=//p /etc/os-release');
  }

  slot(): Promise<string> {
    return this.machine.sh("sed 's/.*rauc.slot=\\([AB]\\).*/\\1/' /proc/cmdline");
  }

  /** The first start, called good. */
  async begun(): Promise<void> {
    await this.machine.up();
    await this.quiet();
    await this.machine.active('engawa-booth.service');
    await this.proven();
    await this.machine.sh(`printf '%s' '${MARK}' > /data/engawa/booth/mark; sync`);
  }

  /** The story looks for updates itself. */
  async quiet(): Promise<void> {
    await this.machine.sh('systemctl stop engawa-update.timer');
  }

  /** From its next start on a version that does not get healthy is given up soon. */
  async impatient(): Promise<void> {
    await this.machine.sh(`echo 'ENGAWA_PATIENCE=--limit 240' >> /data/${ENVIRONMENT}; sync`);
  }

  /** Waits until what runs is called good. */
  async proven(within = 420_000): Promise<void> {
    let now: unknown;
    await until(
      'the running version to be called good',
      async () => {
        const running = await this.version().catch(() => undefined);
        const told = await this.state().catch(() => undefined);
        now = { running, told };
        return running !== undefined && told?.good?.version === running && !told.trial;
      },
      { within, every: 2_000, instead: () => now },
    );
  }

  /** Starts an update that goes on by itself. */
  async start(): Promise<void> {
    await this.machine.sh('systemctl reset-failed engawa-update.service; systemctl start --no-block engawa-update.service');
  }

  /** Runs an update to its end, unless the machine starts anew under it; gives back what it logged. */
  async update(within = 900_000): Promise<string> {
    const resets = this.machine.qmp.count('RESET');
    await this.start();
    await until(
      'the update to end, or the machine to start anew',
      async () => {
        if (this.machine.qmp.count('RESET') > resets) return true;
        const { text } = await this.machine.agent.try('systemctl show -P ActiveState engawa-update.service', 5_000).catch(() => ({ text: '' }));
        return text === 'inactive' || text === 'failed';
      },
      { within, every: 1_000 },
    );
    if (this.machine.qmp.count('RESET') > resets) return '';
    return this.machine.sh('journalctl -b -u engawa-update.service -o cat --no-pager | tail -n 20');
  }

  /** A booth that works, with everything that it was given. */
  async works(): Promise<void> {
    await this.machine.up();
    await this.quiet();
    await this.machine.active('engawa-booth.service');
    expect(await this.machine.sh('cat /data/engawa/booth/mark')).toBe(MARK);
    expect(await this.machine.sh('grep -c ^service /data/engawa/booth.toml')).toBe('1');
  }
}
