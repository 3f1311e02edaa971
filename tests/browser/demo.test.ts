// `make demo` without its building: what somebody sees who tries it on a bare terminal.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Child } from './support/child';
import { folder, ROOT, TARGET } from './support/paths';
import { tree } from './support/processes';
import { Recruiter } from './support/recruiter';
import { until } from './support/until';

const alive = (pid: number) => existsSync(`/proc/${pid}`);

function demo(seconds: number, log: string): Child {
  const env = { DEMO_SECONDS: String(seconds), DISPLAY: '' };
  const child = new Child('the demo', join(ROOT, 'assets/demo/demo.sh'), [], { log: join(folder(log), 'demo.log'), env });
  onTestFinished(async () => {
    if (child.over === undefined) await child.stop('SIGINT');
  });
  return child;
}

const picture = (name: string) => join(TARGET, 'demo/screens', name);

function isPng(path: string): boolean {
  return existsSync(path) && statSync(path).size > 10_000 && readFileSync(path).subarray(1, 4).toString() === 'PNG';
}

// E3, W1, W2, W3, P7
test('the demo says where to go, and a recruiter who goes there meets the candidate', async () => {
  // Less than the test may take: whatever becomes of us, it ends.
  const running = demo(280, 'demo');
  const [, url = ''] = await running.line(/^ +Recruiter +(\S+)/, 40_000);
  const [, account = ''] = await running.line(/^ +Account +(\S+)/);
  const [, password = ''] = await running.line(/^ +Password +(\S+)/);
  await running.line(/a clip/);
  const host = { account, password, name: '', title: '', company: 'minato' };
  const recruiter = await Recruiter.open({ url }, host);
  onTestFinished(() => recruiter.close());
  await recruiter.signIn();
  await recruiter.knockCard().getByText('홍성우').waitFor({ timeout: 60_000 });
  await recruiter.admit();
  await recruiter.sees(0);
  await until('a picture of the call', () => isPng(picture('06-call.png')), { within: 60_000 });
  for (const name of ['01-welcome.png', '02-companies.png', '03-name.png', '04-ready.png', '05-waiting.png']) {
    expect(isPng(picture(name)), name).toBe(true);
  }
  await recruiter.end();
  await until('a picture of the end', () => isPng(picture('07-ended.png')));

  // The next candidate comes by themselves, with a booth that starts anew.
  await recruiter.toDay();
  await recruiter.knockCard().waitFor({ timeout: 90_000 });

  const started = tree(running.pid);
  running.signal('SIGINT');
  expect(await running.exited()).toBe(0);
  await until('everything to be gone', () => started.every((pid) => !alive(pid)));
});

// E3
test('the demo ends by itself after DEMO_SECONDS', async () => {
  const running = demo(3, 'demo-bounded');
  await running.line(/Stop +Ctrl-C/, 40_000);
  // The booth is still being started when that is said.
  const started = await until('the service and the booth', () => {
    const all = tree(running.pid);
    return all.length > 3 && all;
  });
  expect(await running.exited(60_000)).toBe(0);
  await running.line(/Stopped/);
  await until('everything to be gone', () => started.every((pid) => !alive(pid)));
});
