// Clients that do not keep to the protocol, while an interview is running.
import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { expect, test } from 'vitest';
import { Fair, KIM } from './support/fair';
import type { Service } from './support/service';
import { bounded, until } from './support/until';

type Message = Record<string, unknown> & { type: string };

/** As much of a session description as every reader takes. */
const SDP = 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n';

class Client {
  readonly messages: Message[] = [];
  closed: number | undefined;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.messages.push(JSON.parse(String(data)) as Message));
    socket.on('close', (code) => (this.closed = code));
    socket.on('error', () => {});
  }

  static async open(service: Service, headers: Record<string, string>): Promise<Client> {
    const socket = new WebSocket(`${service.url.replace('http', 'ws')}/ws`, { headers, maxPayload: 1 << 22 });
    const client = new Client(socket);
    await bounded('opening a socket', 10_000, new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    }));
    return client;
  }

  /** The account's cookie by the page's own door. */
  static async host(service: Service, account: { account: string; password: string }): Promise<Client> {
    const response = await fetch(`${service.url}/api/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: service.url },
      body: JSON.stringify({ account: account.account, password: account.password }),
    });
    expect(response.status).toBe(200);
    const cookie = response.headers.getSetCookie().map((one) => one.split(';')[0]).join('; ');
    return Client.open(service, { cookie, origin: service.url });
  }

  send(message: unknown): void {
    this.#socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  hello(): void {
    this.send({ type: 'hello', protocol: 1, client: randomBytes(16).toString('hex') });
  }

  until(what: string, wanted: (message: Message) => boolean): Promise<Message> {
    return until(what, () => this.messages.find(wanted), { every: 20, instead: () => ({ closed: this.closed, last: this.messages.at(-1) }) });
  }

  close(): void {
    this.#socket.terminate();
  }
}

// N4
test('bad messages are refused by name and the running call does not notice', async () => {
  const fair = await Fair.open('hostile');
  const { booth, recruiter } = await fair.call();
  const { room } = await recruiter.desk();

  // A wrong token and no token.
  await expect(Client.open(fair.service, { authorization: `Bearer ${'0'.repeat(64)}` })).rejects.toThrow(/401/);
  await expect(Client.open(fair.service, { origin: fair.service.url })).rejects.toThrow(/401/);
  // A page of somebody else's, with whatever cookie.
  await expect(Client.open(fair.service, { origin: 'http://elsewhere.example' })).rejects.toThrow(/403/);

  const client = await Client.host(fair.service, KIM);
  client.hello();
  await client.until('a welcome', (message) => message.type === 'welcome');

  client.send('{"type":"open_the_door"}');
  await client.until('a word about an unknown message', (message) => message['fault'] === 'unknown_message');
  client.send('this is not JSON');
  await client.until('a word about a malformed message', (message) => message['fault'] === 'malformed');

  // Speaking for the booth: the sender is who the service knows, so there is no such peer to speak as.
  client.send({ type: 'signal', room, to: { seat: 1, since: 1 }, from: { seat: 0, since: 1 }, attempt: 1, signal: { type: 'answer', sdp: SDP } });
  await client.until('a word about no such peer', (message) => message['fault'] === 'no_such_peer' || message['fault'] === 'not_allowed');
  client.send({ type: 'command', room, n: 1, command: { type: 'knock', company: 'minato', name: 'not me', locale: 'en' } });
  await client.until('a refusal', (message) => message.type === 'refused' && message['n'] === 1);

  // Far too large.
  client.send(JSON.stringify({ type: 'still', room, jpeg: 'A'.repeat(300_000) }));
  await until('the socket to be closed', () => client.closed, { instead: () => client.messages.at(-1) });
  expect(client.closed).toBe(1009);

  await recruiter.flows(0);
  await booth.hears(440);
  expect((await recruiter.desk()).link).toBe('up');
  expect((await booth.screen('call')).others).toHaveLength(1);
});

// L18
test('a recruiter with broken SDP does not disturb the call of the others', async () => {
  const fair = await Fair.open('broken-sdp');
  const { booth, recruiter } = await fair.call();
  const { room } = await recruiter.desk();
  const client = await Client.host(fair.service, KIM);
  client.hello();
  await client.until('a welcome', (message) => message.type === 'welcome');
  client.send({ type: 'follow', room, after: 0 });
  client.send({ type: 'command', room, n: 1, command: { type: 'join', receives: ['h264', 'vp8'] } });
  await client.until('a seat', (message) => message.type === 'done' && message['n'] === 1);
  const offer = await client.until("the booth's offer", (message) => message.type === 'signal' && (message['from'] as { seat: number }).seat === 0);
  // The first is refused by the service, the others reach the booth.
  for (const sdp of ['m=video', SDP, `${SDP}m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:nothing\r\n`, `v=0\r\n${'a=x\r\n'.repeat(2_000)}`]) {
    client.send({ type: 'signal', room, to: offer['from'], attempt: offer['attempt'], signal: { type: 'answer', sdp } });
  }
  client.send({ type: 'signal', room, to: offer['from'], attempt: offer['attempt'], signal: { type: 'candidate', candidate: 'candidate:nonsense', line: 99 } });

  await recruiter.flows(0);
  await booth.hears(440);
  client.close();
  await booth.shows('the good recruiter', (shown) => shown.screen === 'call' && (shown.others?.some((other) => other.seat === 1 && other.picture && !other.lost) ?? false));
});
