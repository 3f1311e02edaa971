// A process of ours: started, listened to, and ended by its own id, also when a test fails.
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { bounded, until } from './until';

const running = new Set<ChildProcess>();

// A test run that is itself cut short leaves nothing behind.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

export class Child {
  readonly name: string;
  /** Everything said on standard output, by lines. */
  readonly lines: string[] = [];
  readonly #process: ChildProcess;
  readonly #log: WriteStream;
  readonly #exited: Promise<number | string>;
  #over: number | string | undefined;
  onLine: (line: string) => void = () => {};

  constructor(name: string, program: string, args: string[], options: { log: string; env?: Record<string, string> }) {
    this.name = name;
    this.#log = createWriteStream(options.log, { flags: 'a' });
    this.#process = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...options.env } });
    running.add(this.#process);
    this.#process.stderr?.pipe(this.#log, { end: false });
    this.#process.stdin?.on('error', () => {}); // it may be gone already; its exit tells
    createInterface({ input: this.#process.stdout! }).on('line', (line) => {
      this.#log.write(`> ${line}\n`);
      this.lines.push(line);
      this.onLine(line);
    });
    this.#exited = new Promise((resolve) => {
      const over = (how: number | string) => {
        running.delete(this.#process);
        this.#over ??= how;
        resolve(how);
      };
      this.#process.on('error', (error) => over(error.message));
      this.#process.on('close', (code, signal) => over(code ?? signal ?? 'gone'));
    });
  }

  get pid(): number {
    const { pid } = this.#process;
    if (pid === undefined) throw new Error(`${this.name} did not start: ${this.#over}`);
    return pid;
  }

  /** Exit code or signal; undefined while it runs. */
  get over(): number | string | undefined {
    return this.#over;
  }

  write(text: string): void {
    this.#process.stdin?.write(text);
  }

  endInput(): void {
    this.#process.stdin?.end();
  }

  /** Waits for a line on standard output; fails at once when the process ends before. */
  line(pattern: RegExp, within = 30_000): Promise<RegExpMatchArray> {
    return until(
      `${this.name} to say ${pattern}`,
      () => {
        const found = this.lines.map((line) => line.match(pattern)).find((match) => match !== null);
        if (!found && this.#over !== undefined) throw new Error(`${this.name} ended with ${this.#over} before it said ${pattern}`);
        return found;
      },
      { within, every: 20, instead: () => this.lines.at(-1) },
    );
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  exited(within = 20_000): Promise<number | string> {
    return bounded(`the end of ${this.name}`, within, this.#exited);
  }

  /** Ends it and waits; by force when it does not go. Gives back how it ended. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    if (this.#over === undefined) this.#process.kill(signal);
    try {
      return await this.exited();
    } catch (error) {
      this.#process.kill('SIGKILL');
      await this.exited();
      throw error;
    } finally {
      this.#log.end();
    }
  }
}

/** Runs a program to its end with `input` on its standard input; fails unless it ends well. */
export async function run(program: string, args: string[], options: { log: string; input?: string }): Promise<string> {
  const child = new Child(program, program, args, options);
  child.write(options.input ?? '');
  child.endInput();
  const code = await child.exited(60_000);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}; see ${options.log}`);
  return child.lines.join('\n');
}
