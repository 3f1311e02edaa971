// A cluster of three NATS servers on the loopback.
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Child } from '../browser/support/child';
import type { Stage } from './stage';

const COUNT = 3;

/** Starts them and gives back their addresses; the stage ends them. Their election takes a while yet. */
export async function cluster(stage: Stage): Promise<string[]> {
  const ports = await free(2 * COUNT);
  const clients = ports.slice(0, COUNT);
  const routes = ports.slice(COUNT).map((port) => `nats://127.0.0.1:${port}`);
  for (const [at, port] of clients.entries()) {
    const name = `n${at}`;
    const args = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', join(stage.folder, name), '-n', name];
    const joined = ['--cluster_name', 'c', '--cluster', routes[at] ?? '', '--routes', routes.join(',')];
    const child = new Child(name, 'nats-server', [...args, ...joined], { log: join(stage.folder, `${name}.log`) });
    stage.later(() => child.stop());
  }
  return clients.map((port) => `nats://127.0.0.1:${port}`);
}

/** Ports that were free a moment ago, all at once. */
export async function free(count: number): Promise<number[]> {
  const held = await Promise.all(
    Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
      const server = createServer().once('error', reject);
      server.listen(0, '127.0.0.1', () => resolve(server));
    })),
  );
  const ports = held.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
