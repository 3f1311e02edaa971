// One booth, one call after another.
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
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
test('ten calls in a row leave no threads, files or GStreamer objects behind', { timeout: 900_000 }, async () => {
  const fair = await Fair.open('ten-calls');
  const traces = join(fair.folder, 'leaks.log');
  const booth = fair.booth({
    env: { GST_TRACERS: 'leaks', GST_LEAKS_TRACER_SIG: '1', GST_DEBUG: 'GST_TRACER:7,leaks:6', GST_DEBUG_FILE: traces, GST_DEBUG_NO_COLOR: '1' },
  });
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
  /** GStreamer objects alive now by type, as the leaks tracer lists them at SIGUSR1. */
  const objects = async () => {
    const from = existsSync(traces) ? statSync(traces).size : 0;
    booth.child.signal('SIGUSR1');
    // The tracer marks no end: the list is whole when three looks in a row find it equally long.
    let [length, equal] = [0, 1];
    const list = await until('the list of objects', () => {
      const text = readFileSync(traces, 'utf8').slice(from);
      equal = text.length > 0 && text.length === length ? equal + 1 : 1;
      length = text.length;
      return equal === 3 ? text : undefined;
    }, { every: 500 });
    const types = new Map<string, number>();
    for (const [, type = ''] of list.matchAll(/object-alive, type-name=\(string\)(\w+)/g)) types.set(type, (types.get(type) ?? 0) + 1);
    // The registry loads a plugin's description when it is first asked for, and keeps it.
    for (const kept of ['GstElementFactory', 'GstPlugin', 'GstPadTemplate', 'GstTypeFindFactory', 'GstDeviceProviderFactory']) types.delete(kept);
    return types;
  };

  // What is made once and kept (caches, thread pools) is there after two.
  for (let i = 0; i < 2; i++) await call();
  const [before, objectsBefore] = [held(booth.child.pid), await objects()];
  for (let i = 0; i < 10; i++) await call();
  const after = await until('threads and files to be as before', () => {
    const now = held(booth.child.pid);
    return now.threads <= before.threads + 1 && now.files <= before.files + 2 ? now : undefined;
  }, { within: 30_000, instead: () => ({ before, now: held(booth.child.pid) }) });
  expect(after.threads).toBeLessThanOrEqual(before.threads + 1);
  // Every type by itself: one element left of each call would be ten of them.
  const grown = [...(await objects())].filter(([type, count]) => count > (objectsBefore.get(type) ?? 0) + 2);
  expect(grown, JSON.stringify([...objectsBefore])).toEqual([]);
});
