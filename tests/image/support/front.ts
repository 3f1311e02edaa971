// The proxy that speaks TLS before a service, with an authority of the story's own.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';

/** Makes an authority and a certificate of it for this address; gives back the authority's file. */
function certificates(folder: string, address: string): string {
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...key, '-days', '2', '-subj', '/CN=Engawa stories', '-keyout', path('ca.key'), '-out', path('ca.pem'),
    '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign');
  openssl('req', ...key, '-subj', '/CN=the service', '-keyout', path('front.key'), '-out', path('front.csr'));
  writeFileSync(path('front.ext'), `subjectAltName=IP:${address}\nbasicConstraints=critical,CA:FALSE\n`);
  openssl('x509', '-req', '-in', path('front.csr'), '-CA', path('ca.pem'), '-CAkey', path('ca.key'), '-CAcreateserial', '-days', '2',
    '-extfile', path('front.ext'), '-out', path('front.pem'));
  return path('ca.pem');
}

export class Front {
  /** The authority's certificate, for those who shall trust it. */
  readonly ca: string;
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor(ca: string, server: Server) {
    this.ca = ca;
    this.#server = server;
  }

  /** Stands before the service on this machine's port, under the address by which others reach it. */
  static async open(folder: string, service: string, address: string): Promise<Front> {
    const ca = certificates(folder, address);
    const port = Number(new URL(service).port);
    const server = createServer({ key: readFileSync(join(folder, 'front.key')), cert: readFileSync(join(folder, 'front.pem')) });
    const front = new Front(ca, server);
    server.on('secureConnection', (outer) => {
      const inner = connect(port, '127.0.0.1');
      for (const [one, other] of [[outer, inner], [inner, outer]] as const) {
        front.#open.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          front.#open.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
    server.on('tlsClientError', () => {}); // who does not trust us leaves
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return front;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    for (const one of this.#open) one.destroy();
  }
}
