// What was measured: one object a figure, as a table and as JSON.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { REPORT, ROOT } from '../browser/support/paths';
import type { Load } from './processes';

/** What is wished for: of the value itself or of its ratio to the baseline. */
export type Aim = { of: 'value' | 'ratio'; most: number } | { of: 'value' | 'ratio'; least: number };

export type Figure = {
  name: string;
  value: number | null;
  unit: string;
  baseline: number | null;
  ratio: number | null;
  aim: string | null;
  holds: boolean | null;
  /** How it was measured, or why it could not be. */
  note: string;
  machine: string;
  commit: string;
  /** The machine's load while it was measured. */
  load: Load | null;
};

export type Measured = {
  name: string;
  value: number | null;
  unit: string;
  baseline?: number | null;
  aim?: Aim;
  note?: string;
  /** Why the value says little, such as a machine that could not do what was asked of it. */
  doubt?: string | null;
  load?: Load | null;
};

export class Report {
  readonly figures: Figure[] = [];
  readonly #machine = machine();
  readonly #commit = commit();

  add({ name, value, unit, baseline = null, aim, note = '', doubt = null, load = null }: Measured): void {
    const ratio = value === null || baseline === null || baseline === 0 ? null : round(value / baseline);
    const judged = aim?.of === 'ratio' ? ratio : value;
    this.figures.push({
      name,
      value: value === null ? null : round(value),
      unit,
      baseline: baseline === null ? null : round(baseline),
      ratio,
      aim: aim ? wording(aim, unit) : null,
      // What could not be measured well does not hold.
      holds: aim ? judged !== null && !doubt && ('most' in aim ? judged <= aim.most : judged >= aim.least) : null,
      note: doubt ? `${doubt}; ${note}` : note,
      machine: this.#machine,
      commit: this.#commit,
      load,
    });
  }

  /** Writes the list; gives back where. */
  write(): string {
    mkdirSync(REPORT, { recursive: true });
    const path = join(REPORT, 'report.json');
    writeFileSync(path, `${JSON.stringify(this.figures, null, 2)}\n`);
    return path;
  }

  table(): string {
    const head = ['figure', 'value', 'baseline', 'ratio', 'aim', 'holds'];
    const rows = this.figures.map(({ name, value, unit, baseline, ratio, aim, holds }) => [
      name,
      value === null ? 'not measured' : `${value} ${unit}`,
      baseline === null ? '' : `${baseline} ${unit}`,
      ratio === null ? '' : String(ratio),
      aim ?? '',
      holds === null ? '' : holds ? 'yes' : 'NO',
    ]);
    const widths = head.map((title, at) => Math.max(...[head, ...rows].map((row) => (row[at] ?? title).length)));
    const line = (row: string[]) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ').trimEnd();
    const rule = widths.map((width) => '-'.repeat(width));
    const notes = this.figures.filter(({ note }) => note).map(({ name, note }) => `  ${name}: ${note}`);
    return [`${this.#machine}; ${this.#commit}`, '', ...[head, rule, ...rows].map(line), '', ...notes].join('\n');
  }
}

function wording(aim: Aim, unit: string): string {
  const bound = 'most' in aim ? `≤ ${aim.most}` : `≥ ${aim.least}`;
  return aim.of === 'ratio' ? `ratio ${bound}` : `${bound} ${unit}`;
}

function round(value: number): number {
  return Number(value.toPrecision(value >= 1000 ? 4 : 3));
}

function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const system = readFileSync('/etc/os-release', 'utf8').match(/^PRETTY_NAME="(.*)"$/m)?.[1] ?? 'unknown system';
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${cpus().length} × ${model} (${arch()}), ${memory}, ${system}, Linux ${release()}`;
}

function commit(): string {
  const git = (...args: string[]) => execFileSync('git', ['-C', ROOT, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    return git('rev-parse', '--short=12', 'HEAD') + (git('status', '--porcelain') ? ' with changes' : '');
  } catch {
    return 'not a git checkout';
  }
}
