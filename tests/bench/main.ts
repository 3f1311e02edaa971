// Measures, prints a table and writes target/bench/report.json. A missed aim is told, and is no
// failure of the bench; what could not be measured is.
import { latency } from './latency';
import { ledger } from './ledger';
import { line } from './line';
import { load } from './load';
import { outbox } from './outbox';
import { Report, type Measured } from './report';
import { service } from './service';
import { start } from './start';

/** A bench that hangs ends all the same. */
const LONGEST = 45 * 60_000;

const PARTS: Record<string, () => Promise<Measured[]>> = { latency, start, load, line, service, ledger, outbox };

// Children and namespaces are put away at `exit`, which a signal alone would not bring about.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
setTimeout(() => {
  console.error('bench: took too long');
  process.exit(1);
}, LONGEST).unref();

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  console.error(`bench: there is no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}

const report = new Report();
let failed = false;
for (const [name, measure] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`bench: ${name} …`);
  const begun = performance.now();
  try {
    for (const measured of await measure()) report.add(measured);
  } catch (error) {
    failed = true;
    console.error(`bench: ${name} could not be measured:`, error);
    report.add({ name, value: null, unit: '', note: `not measured: ${error instanceof Error ? error.message : String(error)}` });
  }
  console.log(`bench: ${name} took ${Math.round((performance.now() - begun) / 1000)} s`);
}
console.log(`\n${report.table()}`);
console.log(`\n${report.write()}`);
process.exit(failed ? 1 : 0);
