import net from 'node:net';
import type { AddressInfo } from 'node:net';

export interface ProxyFaults {
  /** Share of replies (first piece after a request) that never come: the connection is reset instead. */
  dropReplies: number;
  /** Share of connections that are reset after a random number of bytes, in either direction. */
  resets: number;
  /** Up to this many bytes pass before such a reset. */
  resetWithinBytes: number;
  /** Share of replies that are cut in the middle. */
  halfReplies: number;
  /** Up to this long is every piece held back, ms. */
  delayMs: number;
  /** Bits per second towards the province; 0: as fast as it goes. */
  bitsPerSecond: number;
  /** Nothing passes, new connections are reset. */
  down: boolean;
}
export const CALM: ProxyFaults = {
  dropReplies: 0,
  resets: 0,
  resetWithinBytes: 65_536,
  halfReplies: 0,
  delayMs: 0,
  bitsPerSecond: 0,
  down: false,
};

/** A TCP proxy with faults between two real processes. @param random seeded, so that a run can be repeated */
export async function createFaultProxy(target: { port: number; host?: string }, random: () => number) {
  let faults: ProxyFaults = { ...CALM };
  const counts = { connections: 0, cuts: 0, bytesUp: 0, bytesDown: 0 };
  const open = new Set<net.Socket>();
  let freeAt = 0;
  const hit = (share: number) => share > 0 && random() < share;

  const server = net.createServer((client) => {
    counts.connections += 1;
    open.add(client);
    client.setNoDelay(true);
    client.on('error', () => undefined);
    client.on('close', () => open.delete(client));
    if (faults.down) return void client.resetAndDestroy();
    const up = net.connect(target.port, target.host ?? '127.0.0.1');
    up.setNoDelay(true);
    open.add(up);
    up.on('error', () => client.destroy());
    up.on('close', () => {
      open.delete(up);
      client.end();
    });
    client.on('close', () => up.destroy());
    let budget = hit(faults.resets) ? Math.floor(random() * faults.resetWithinBytes) : Infinity;
    let asked = false;
    const cut = () => {
      counts.cuts += 1;
      client.resetAndDestroy();
      // What was on its way still arrives over there, as on a real line.
      up.end();
    };
    const later = (work: () => void) => (faults.delayMs > 0 ? void setTimeout(work, random() * faults.delayMs) : work());

    client.on('data', (piece: Buffer) => {
      asked = true;
      const part = piece.length > budget ? piece.subarray(0, budget) : piece;
      budget -= piece.length;
      counts.bytesUp += part.length;
      client.pause();
      const send = () => {
        if (part.length > 0 && !up.destroyed) up.write(part);
        if (budget < 0) return cut();
        client.resume();
      };
      if (faults.bitsPerSecond > 0) {
        const now = performance.now();
        freeAt = Math.max(freeAt, now) + (part.length * 8000) / faults.bitsPerSecond;
        setTimeout(send, Math.max(0, freeAt - now));
      } else later(send);
    });
    client.on('end', () => up.end());
    up.on('data', (piece: Buffer) => {
      const first = asked;
      asked = false;
      if (first && hit(faults.dropReplies)) return cut();
      const half = first && hit(faults.halfReplies);
      const part = half
        ? piece.subarray(0, Math.floor(piece.length * random()))
        : piece.length > budget
          ? piece.subarray(0, budget)
          : piece;
      budget -= piece.length;
      counts.bytesDown += part.length;
      up.pause();
      later(() => {
        if (client.destroyed) return;
        client.write(part, () => (half || budget < 0 ? cut() : undefined));
        up.resume();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    counts,
    set: (patch: Partial<ProxyFaults>) => void (faults = { ...faults, ...patch }),
    /** Resets everything that is open now. */
    cutAll(): void {
      for (const socket of open) socket.resetAndDestroy();
    },
    async close(): Promise<void> {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
export type FaultProxy = Awaited<ReturnType<typeof createFaultProxy>>;
