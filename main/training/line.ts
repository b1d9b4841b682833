import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A plain line on TCP, as serial device servers give: bytes out to whoever is connected, bytes in to `onData`. */
export async function serveLine(
  options: { port?: number; host?: string; onData?: (bytes: Buffer, reply: (bytes: Uint8Array) => void) => void } = {},
) {
  const sockets = new Set<Socket>();
  let unplugged = false;
  const server = createServer((socket) => {
    if (unplugged) return void socket.destroy();
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => options.onData?.(bytes, (answer) => void socket.write(answer)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    isUnplugged: () => unplugged,
    /** Cable out: connections drop and none is taken. */
    set(change: { unplugged?: boolean }) {
      unplugged = change.unplugged ?? unplugged;
      if (unplugged) for (const socket of sockets) socket.destroy();
    },
    /** @returns how many hosts heard it */
    send(bytes: Uint8Array): number {
      for (const socket of sockets) socket.write(bytes);
      return sockets.size;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
