// One booth, one call after another.
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Fair } from './support/fair';
import { until } from './support/until';

/** Threads and open files of a process. */
function held(pid: number): { threads: number; files: number; names: string[] } {
  const names = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).replace(/\d+/g, 'n');
    } catch {
      return 'gone';
    }
  });
  const threads = Number(/^Threads:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  return { threads, files: names.length, names: names.sort() };
}

// P7
test('ten calls in a row leave no threads, files or GStreamer objects behind', { timeout: 300_000 }, async () => {
  const fair = await Fair.open('ten-calls');
  const traces = join(fair.folder, 'leaks.log');
  const booth = fair.booth({ env: { GST_TRACERS: 'leaks', GST_LEAKS_TRACER_SIG: '1', GST_DEBUG: 'GST_TRACER:7', GST_DEBUG_FILE: traces, GST_DEBUG_NO_COLOR: '1' } });
  const recruiter = await fair.recruiter();
  const call = async () => {
    await booth.knock();
    await recruiter.admit();
    await booth.act('wait picture 30');
    await recruiter.sees(0);
    await recruiter.end();
    await booth.act('finish');
    await recruiter.toDay();
    await until('the media to be closed', async () => (await booth.figures()) === null);
  };
  /** GStreamer objects alive now, as the leaks tracer counts them at SIGUSR1. */
  const objects = async () => {
    writeFileSync(traces, '', { flag: 'w' });
    booth.child.signal('SIGUSR1');
    const text = await until('the list of objects', () => {
      const log = readFileSync(traces, 'utf8');
      return /listing currently alive objects/.test(log) && /listed \d+ alive objects/.test(log) ? log : undefined;
    });
    return Number(/listed (\d+) alive objects/.exec(text)?.[1]);
  };

  // What is made once and kept (caches, thread pools) is there after two.
  for (let i = 0; i < 2; i++) await call();
  const [before, objectsBefore] = [held(booth.child.pid), await objects()];
  for (let i = 0; i < 10; i++) await call();
  const after = await until('threads and files to be as before', () => {
    const now = held(booth.child.pid);
    return now.threads <= before.threads + 1 && now.files <= before.files + 2 ? now : undefined;
  }, { within: 10_000, instead: () => ({ before, now: held(booth.child.pid) }) });
  expect(after.threads).toBeLessThanOrEqual(before.threads + 1);
  expect(await objects()).toBeLessThanOrEqual(objectsBefore + 2);
});
