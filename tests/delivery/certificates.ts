import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

/** A CA with a server, a second server and a client certificate for 127.0.0.1, and a CA that nobody knows with its server; by openssl. */
export function certificates(dir: string): (name: string) => string {
  mkdirSync(dir, { recursive: true });
  const file = (name: string) => path.join(dir, name);
  const run = (text: string) => execFileSync('openssl', text.split(' '), { cwd: dir, stdio: 'ignore' });
  const curve = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';
  writeFileSync(file('san'), 'subjectAltName=IP:127.0.0.1');
  for (const [ca, names] of [
    ['ca', ['server', 'second', 'client']],
    ['foreign-ca', ['foreign']],
  ] as const) {
    run(`req -x509 ${curve} -keyout ${ca}.key -out ${ca}.pem -subj /CN=${ca} -days 2`);
    for (const name of names) {
      run(`req ${curve} -keyout ${name}.key -out ${name}.csr -subj /CN=${name}`);
      run(`x509 -req -in ${name}.csr -CA ${ca}.pem -CAkey ${ca}.key -CAcreateserial -out ${name}.pem -days 2 -extfile san`);
    }
  }
  return file;
}

/** SHA-256 of a PEM certificate, hex. */
export const pinOf = (file: string): string =>
  createHash('sha256')
    .update(new X509Certificate(readFileSync(file)).raw)
    .digest('hex');

/** TLS in front of a plain server; its certificate can change at any moment, which ends what is open. `refused` counts broken handshakes. */
export async function createTlsFront(port: number, file: (name: string) => string) {
  const context = (name: string) => ({
    key: readFileSync(file(`${name}.key`)),
    cert: readFileSync(file(`${name}.pem`)),
    minVersion: 'TLSv1.2' as const,
  });
  const counts = { taken: 0, refused: 0 };
  const open = new Set<net.Socket>();
  const server = tls.createServer(context('server'), (client) => {
    counts.taken += 1;
    const up = net.connect(port, '127.0.0.1');
    for (const [one, other] of [
      [client, up],
      [up, client],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  server.on('tlsClientError', () => (counts.refused += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => open.forEach((socket) => void socket.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    counts,
    /** Shows another certificate from now on. */
    show(name: 'server' | 'second' | 'foreign'): void {
      server.setSecureContext(context(name));
      cut();
    },
    async close(): Promise<void> {
      cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
export type TlsFront = Awaited<ReturnType<typeof createTlsFront>>;
