// Two machines on a line of their own: network namespaces with a wire between them, made and removed
// by whoever measures or tells a story. Nothing outside of them is touched.
import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHROMIUM } from './paths';

export type Side = 'booth' | 'recruiter';

const ADDRESS: Record<Side, string> = { booth: '10.213.0.1', recruiter: '10.213.0.2' };
const SIDES = ['booth', 'recruiter'] as const;

const standing = new Set<Network>();

// Namespaces outlive their maker, also one that was cut short.
process.on('exit', () => standing.forEach((network) => network.close()));

export class Network {
  readonly #id = `engawa-${process.pid}`;

  /** Needs root: namespaces, wires and queues belong to it. */
  constructor() {
    if (process.getuid?.() !== 0) throw new Error('network namespaces need root');
    standing.add(this);
    for (const side of SIDES) ip('netns', 'add', this.#name(side));
    // The wire is made inside, so that its ends never show up among the machine's own interfaces.
    ip('-n', this.#name('booth'), 'link', 'add', 'wire', 'type', 'veth', 'peer', 'name', 'wire', 'netns', this.#name('recruiter'));
    for (const side of SIDES) {
      const other = side === 'booth' ? 'recruiter' : 'booth';
      ip('-n', this.#name(side), 'address', 'add', `${ADDRESS[side]}/24`, 'dev', 'wire');
      ip('-n', this.#name(side), 'link', 'set', 'lo', 'up');
      ip('-n', this.#name(side), 'link', 'set', 'wire', 'up');
      // A browser asks for its default route to learn its own address.
      ip('-n', this.#name(side), 'route', 'add', 'default', 'via', ADDRESS[other]);
    }
  }

  #name(side: Side): string {
    return `${this.#id}-${side}`;
  }

  address(side: Side): string {
    return ADDRESS[side];
  }

  /** Before a command, to run it on this side. */
  wrap(side: Side): string[] {
    return ['ip', 'netns', 'exec', this.#name(side)];
  }

  /** A Chromium on the recruiter's side that takes `url` for secure, as only https:// and localhost are. */
  browser(folder: string, url: string): string {
    const path = join(folder, 'chromium');
    const command = [...this.wrap('recruiter'), CHROMIUM, `--unsafely-treat-insecure-origin-as-secure=${url}`];
    writeFileSync(path, `#!/bin/sh\nexec ${command.join(' ')} "$@"\n`);
    chmodSync(path, 0o755);
    return path;
  }

  /** Loses every so many of a hundred UDP packets, in both directions. */
  lose(percent: number): void {
    for (const side of SIDES) {
      const nft = (...args: string[]) => run(...this.wrap(side), 'nft', ...args);
      nft('add', 'table', 'ip', 'faults');
      nft('add', 'chain', 'ip', 'faults', 'out', '{ type filter hook output priority 0 ; }');
      nft('add', 'rule', 'ip', 'faults', 'out', 'ip', 'protocol', 'udp', 'numgen', 'random', 'mod', '100', '<', String(percent), 'counter', 'drop');
    }
  }

  /** Packets that were lost on purpose so far. */
  lost(): number {
    const counted = SIDES.map((side) => run(...this.wrap(side), 'nft', 'list', 'chain', 'ip', 'faults', 'out'));
    return counted.reduce((sum, text) => sum + Number(/packets (\d+)/.exec(text)?.[1] ?? 0), 0);
  }

  /** Makes the line from one side this narrow, with 200 ms of queue before it. */
  narrow(side: Side, kbit: number): void {
    run('tc', '-n', this.#name(side), 'qdisc', 'replace', 'dev', 'wire', 'root', 'tbf', 'rate', `${kbit}kbit`, 'burst', '8kb', 'latency', '200ms');
  }

  /** Pulls the plug, or puts it back; the route does not survive that by itself. */
  plug(plugged: boolean): void {
    ip('-n', this.#name('booth'), 'link', 'set', 'wire', plugged ? 'up' : 'down');
    if (plugged) ip('-n', this.#name('booth'), 'route', 'replace', 'default', 'via', ADDRESS.recruiter);
  }

  close(): void {
    if (!standing.delete(this)) return;
    for (const side of SIDES) {
      try {
        ip('netns', 'delete', this.#name(side));
      } catch {
        // It was never made.
      }
    }
  }
}

function ip(...args: string[]): void {
  run('ip', ...args);
}

function run(...command: string[]): string {
  const [program = '', ...args] = command;
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 10_000 });
}
