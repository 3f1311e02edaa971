// The service of a story: one process with a fresh data folder, which can be killed and started again.
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, run } from './child';
import { NOON } from './noon';
import { PAGE, program } from './paths';

export type Account = {
  account: string; password: string; name: string; title: string;
  /** Empty for the staff of the fair. */
  company: string;
  /** Looks after the company's accounts. */
  admin?: boolean;
};

export type ServiceOptions = {
  booths?: string[];
  hosts?: Account[];
  listen?: string;
  /** A command that runs it, such as `ip netns exec`. */
  wrap?: string[];
  /** Lines for `[policy]`, such as `host_grace = 3`. */
  policy?: string[];
  /** A folder with bundles for booths. */
  updates?: string;
};

const COMPANIES = [
  { id: 'minato', ja: 'みなと精工', ko: '미나토 정공', en: 'Minato Precision' },
  { id: 'hokuto', ja: '北斗食品', ko: '호쿠토 식품', en: 'Hokuto Foods' },
];

export class Service {
  readonly folder: string;
  readonly #config: string;
  readonly #tokens = new Map<string, string>();
  #child: Child | undefined;
  #port = 0;
  #listen = '127.0.0.1';

  private constructor(folder: string) {
    this.folder = folder;
    this.#config = join(folder, 'service.toml');
    mkdirSync(join(folder, 'data'), { recursive: true });
  }

  /** Starts one for the booths with these ids, and makes the hosts' accounts. */
  static async start(folder: string, options: ServiceOptions = {}): Promise<Service> {
    const service = new Service(folder);
    service.#listen = options.listen ?? '127.0.0.1';
    for (const booth of options.booths ?? ['a-01']) service.#tokens.set(booth, randomBytes(32).toString('hex'));
    service.#write(options);
    for (const host of options.hosts ?? []) await service.addHost(host);
    await service.start(options.wrap);
    return service;
  }

  #write({ policy = [], updates }: ServiceOptions): void {
    const booths = [...this.#tokens].map(([id, token]) => {
      const hash = createHash('sha256').update(token).digest('hex');
      return `[[booth]]\nid = "${id}"\nname = "${id.toUpperCase()}"\ntoken_sha256 = "${hash}"\n`;
    });
    const companies = COMPANIES.map(({ id, ja, ko, en }) => `[[company]]\nid = "${id}"\nname = { ja = "${ja}", ko = "${ko}", en = "${en}" }\n`);
    const lines = [
      `listen = "${this.#listen}:0"`,
      `data = "data"`,
      `page = "${PAGE}"`,
      ...(updates ? [`updates = "${updates}"`] : []),
      '[event]',
      'name = { ja = "試験の日", ko = "시험의 날", en = "A day of tests" }',
      `timezone = "${NOON}"`,
      ...companies,
      ...booths,
      '[policy]',
      ...policy,
    ];
    writeFileSync(this.#config, lines.join('\n'));
  }

  async addHost({ account, password, name, title, company, admin }: Account): Promise<void> {
    const place = company ? ['--company', company, ...(admin ? ['--admin'] : [])] : ['--staff'];
    const args = ['--config', this.#config, '--account', account, '--name', name, '--title', title, ...place];
    const log = join(this.folder, 'service.log');
    await run(program('engawa-service'), ['add-host', ...args, '--password-file', '-'], { log, input: `${password}\n` });
  }

  /** Starts it, after a stop on the port it had before. `wrap` is a command that runs it, such as `ip netns exec`. */
  async start(wrap: string[] = []): Promise<void> {
    const own = [program('engawa-service'), 'serve', '--config', this.#config, '--listen', `${this.#listen}:${this.#port}`];
    const [command = '', ...args] = [...wrap, ...own];
    this.#child = new Child('engawa-service', command, args, { log: join(this.folder, 'service.log') });
    const [, port] = await this.#child.line(/^listening on http:\/\/[^ ]*:(\d+)/);
    this.#port = Number(port);
  }

  get url(): string {
    return `http://${this.#listen}:${this.#port}`;
  }

  get child(): Child {
    if (!this.#child) throw new Error('the service was never started');
    return this.#child;
  }

  /** What it logged. */
  log(): string {
    return readFileSync(join(this.folder, 'service.log'), 'utf8');
  }

  token(booth: string): string {
    const token = this.#tokens.get(booth);
    if (!token) throw new Error(`the service has no booth ${booth}`);
    return token;
  }

  /** Makes a one-time token for a booth's card, beside the running service. */
  async enrolToken(booth: string, name: string): Promise<string> {
    const out = join(this.folder, `${booth}.token`);
    const args = ['--config', this.#config, '--booth', booth, '--name', name, '--out', out];
    await run(program('engawa-service'), ['enrol-token', ...args], { log: join(this.folder, 'service.log') });
    return readFileSync(out, 'utf8').trim();
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#child?.stop(signal);
  }
}
