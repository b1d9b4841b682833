import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/**
 * A network cable between browsers and the hub. Pulled, it does what a pulled cable does: nothing is answered and nobody is
 * told; no connection ends, new ones hang. Put back, what hung is gone and new connections work.
 */
export async function layCable(hub: number) {
  const ends = new Set<Socket>();
  let pulled = false;
  const server = createServer((near) => {
    ends.add(near);
    near.on('error', () => near.destroy());
    if (pulled) return;
    const far = connect(hub, '127.0.0.1');
    ends.add(far);
    far.on('error', () => far.destroy());
    const carry = (from: Socket, to: Socket) => {
      from.on('data', (bytes) => {
        if (!pulled) to.write(bytes);
      });
      from.on('close', () => {
        ends.delete(from);
        if (!pulled) to.destroy();
      });
    };
    carry(near, far);
    carry(far, near);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const drop = () => {
    for (const end of ends) end.destroy();
    ends.clear();
  };
  return {
    port: (server.address() as AddressInfo).port,
    pull() {
      pulled = true;
    },
    plug() {
      pulled = false;
      drop();
    },
    async close() {
      drop();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
export type Cable = Awaited<ReturnType<typeof layCable>>;
