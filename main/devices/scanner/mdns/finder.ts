import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { esclScanner } from '../escl/client.ts';
import type { Scanner, ScannerFinder } from '../types.ts';
import { decodeAnswer, encodeQuery, type DnsRecord } from './dns.ts';

/** eSCL scanners announce themselves so (Mopria eSCL specification, chapter 4), with TLS and without. */
const SERVICES = ['_uscan._tcp.local', '_uscans._tcp.local'];
const GROUP = '224.0.0.251';
const PORT = 5353;
/** Packets get lost and devices sleep: ask three times, ever later. */
const ASK_AT_MS = [0, 400, 1_500];

interface Found {
  readonly id: string;
  readonly url: string;
  readonly name: string;
}

/** What a set of records says about scanners; an instance is whole when its SRV and address are known. */
export function scannersIn(records: readonly DnsRecord[]): Found[] {
  const found = new Map<string, Found>();
  for (const service of SERVICES) {
    for (const instance of records.filter((r) => r.type === 'PTR' && r.name.toLowerCase() === service && r.ttl > 0)) {
      if (instance.type !== 'PTR') continue;
      const same = (r: DnsRecord) => r.name.toLowerCase() === instance.target.toLowerCase();
      const place = records.find((r) => r.type === 'SRV' && same(r));
      if (place?.type !== 'SRV') continue;
      const address = records.find((r) => r.type === 'A' && r.name.toLowerCase() === place.target.toLowerCase());
      if (address?.type !== 'A') continue;
      const text = records.find((r) => r.type === 'TXT' && same(r));
      const entries = text?.type === 'TXT' ? text.entries : {};
      const path = (entries['rs'] ?? 'eSCL').replaceAll(/^\/+|\/+$/g, '');
      const title = entries['ty'] || instance.target.slice(0, -service.length - 1);
      const id = entries['uuid'] ? `escl:${entries['uuid'].toLowerCase()}` : `escl:${instance.target.toLowerCase()}`;
      // The plain service comes first: the same device offers both, and TLS to a self-signed name adds only time.
      if (!found.has(id))
        found.set(id, {
          id,
          name: title,
          url: `${service.startsWith('_uscans') ? 'https' : 'http'}://${address.address}:${place.port}/${path}`,
        });
    }
  }
  return [...found.values()];
}

/**
 * Finds network scanners by multicast DNS on every network of this computer, and yields each once, as it answers.
 * @param options.port, options.group where to ask; tests ask a responder of their own
 */
export function mdnsFinder(options: { port?: number; group?: string; interfaces?: readonly string[] } = {}): ScannerFinder {
  const port = options.port ?? PORT;
  const group = options.group ?? GROUP;
  return {
    async *find(signal) {
      const addresses =
        options.interfaces ??
        Object.values(networkInterfaces()).flatMap((list) =>
          (list ?? []).filter((a) => a.family === 'IPv4' && !a.internal).map((a) => a.address),
        );
      const records = new Map<string, DnsRecord[]>();
      const seen = new Set<string>();
      const waiting: Scanner[] = [];
      let wake: () => void = () => undefined;
      const hear = (message: Buffer, from: { address: string }): void => {
        // Devices send their records in one packet or in several: what one address said is read together.
        const all = [...(records.get(from.address) ?? []), ...decodeAnswer(message)].slice(-500);
        records.set(from.address, all);
        for (const found of scannersIn(all)) {
          if (seen.has(found.id)) continue;
          seen.add(found.id);
          waiting.push(esclScanner(found.url, { id: found.id, name: found.name }));
        }
        wake();
      };
      const sockets: Socket[] = [];
      const query = encodeQuery(SERVICES);
      for (const address of addresses) {
        const socket = createSocket({ type: 'udp4', reuseAddr: true });
        socket.on('message', hear);
        // A network that went away while we ask is not worth a word: the others answer.
        socket.on('error', () => socket.close());
        socket.bind(0, address, () => {
          try {
            socket.setMulticastInterface(address);
            socket.setMulticastTTL(255);
          } catch {
            // The same: this network cannot be asked.
          }
        });
        sockets.push(socket);
      }
      const timers = ASK_AT_MS.map((ms) =>
        setTimeout(() => sockets.forEach((socket) => socket.send(query, port, group, () => undefined)), ms + 20),
      );
      const stop = () => wake();
      signal.addEventListener('abort', stop);
      try {
        for (;;) {
          const scanner = waiting.shift();
          if (scanner) yield scanner;
          else if (signal.aborted) return;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
      } finally {
        signal.removeEventListener('abort', stop);
        timers.forEach(clearTimeout);
        for (const socket of sockets) {
          try {
            socket.close();
          } catch {
            // Closed by its own error before.
          }
        }
      }
    },
  };
}
