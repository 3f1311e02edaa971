// Processor time and memory of a process and all that come from it, and the machine's own load.
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { tree } from '../browser/support/processes';
import { pause } from './pause';

/** Linux counts processor time in these, whatever the kernel's own tick is. */
const TICKS_A_SECOND = 100;

export type Load = { average: number; busy_percent: number };

/** Over a measurement: percent of one core, the memory at its end, and what else the machine did. */
export type Usage = { cpu: number; memory: number; processes: number; load: Load };

/** Watches the tree under `root` for `ms`. */
export async function usage(root: number, ms: number): Promise<Usage> {
  const began = performance.now();
  const before = spent(root);
  const machine = watch();
  await pause(ms);
  const after = spent(root);
  const seconds = (performance.now() - began) / 1000;
  // A process that came meanwhile began at nothing; one that went is left out.
  const ticks = [...after].reduce((sum, [pid, ticks]) => sum + ticks - (before.get(pid) ?? 0), 0);
  const memory = [...after.keys()].reduce((sum, pid) => sum + proportional(pid), 0);
  return { cpu: ((ticks / TICKS_A_SECOND) * 100) / seconds, memory, processes: after.size, load: machine() };
}

/** Begins to watch the machine; the answer tells of the time in between. */
export function watch(): () => Load {
  const before = busy();
  return () => {
    const after = busy();
    const share = (after.busy - before.busy) / Math.max(1, after.all - before.all);
    return { average: loadavg()[0] ?? 0, busy_percent: Math.round(share * 100) };
  };
}

function busy(): { busy: number; all: number } {
  const [, ...times] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').trim().split(/\s+/).map(Number);
  const all = times.slice(0, 8).reduce((a, b) => a + b, 0);
  return { all, busy: all - (times[3] ?? 0) - (times[4] ?? 0) };
}

function spent(root: number): Map<number, number> {
  const all = new Map<number, number>();
  for (const pid of tree(root)) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      all.set(pid, Number(fields[11]) + Number(fields[12]));
    } catch {
      // It ended while we looked.
    }
  }
  return all;
}

/** Proportional set size in MiB: shared pages are counted once over all who share them. */
export function proportional(pid: number): number {
  try {
    const kib = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').match(/^Pss:\s+(\d+) kB$/m)?.[1];
    return Number(kib ?? 0) / 1024;
  } catch {
    return 0;
  }
}
