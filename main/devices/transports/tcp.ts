import { connect } from 'node:net';
import { createPlug, type Connection, type Transport } from './transport.ts';

const CONNECT_MS = 3000;

/** Raw TCP, as network printers listen on 9100 and serial device servers on a port of their own. */
export function tcpTransport(address: { host: string; port: number; baud?: number | undefined }): Transport {
  const { host, port, baud } = address;
  return {
    description: `tcp ${host}:${port}`,
    ...(baud === undefined ? {} : { bitsPerSecond: baud }),
    open: (signal) =>
      new Promise<Connection>((resolve, reject) => {
        const socket = connect({ host, port, signal });
        const plug = createPlug();
        const timer = setTimeout(() => socket.destroy(new Error(`tcp ${host}:${port} does not answer`)), CONNECT_MS);
        socket.setNoDelay(true);
        socket.once('connect', () => {
          clearTimeout(timer);
          resolve({
            ...plug.listen,
            write: (bytes) =>
              new Promise<void>((done, fail) => {
                if (plug.isClosed()) return fail(new Error('connection closed'));
                const ended = () => fail(new Error('connection closed'));
                socket.once('close', ended);
                socket.write(bytes, (error) => {
                  socket.off('close', ended);
                  if (error) fail(error);
                  else done();
                });
              }),
            close: () =>
              new Promise<void>((done) => {
                if (socket.closed) return done();
                socket.once('close', () => done());
                socket.destroy();
              }),
          });
        });
        socket.on('data', (bytes) => plug.data(bytes));
        socket.on('error', (error) => {
          clearTimeout(timer);
          reject(error);
        });
        socket.on('close', () => {
          clearTimeout(timer);
          plug.closed();
          reject(new Error(`tcp ${host}:${port} closed`));
        });
      }),
  };
}
