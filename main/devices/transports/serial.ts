import { access } from 'node:fs/promises';
import { SerialPort } from 'serialport';
import { createPlug, type Connection, type Transport } from './transport.ts';

/**
 * A serial port or a USB adapter. Neither this nor the system tells when a cable is pulled from a plain port: drivers find
 * that by heartbeat. A missing or busy port is an error of `open`.
 */
export function serialTransport(address: {
  path: string;
  baud: number;
  flow?: 'none' | 'rtscts' | 'xonxoff' | undefined;
  serialNumber?: string | undefined;
}): Transport {
  const { baud } = address;
  let path = address.path;
  /** A USB adapter in another socket gets another name; its serial number stays. */
  const locate = async () => {
    if (!address.serialNumber) return;
    const found = (await SerialPort.list()).find((port) => port.serialNumber === address.serialNumber);
    if (found) path = found.path;
  };
  /** A USB adapter's node goes with it; on Windows the list of ports tells. */
  const present = async () => {
    if (process.platform === 'win32') return (await SerialPort.list()).some((port) => port.path === path);
    return access(path).then(
      () => true,
      () => false,
    );
  };
  return {
    description: `serial ${address.path} ${baud}`,
    bitsPerSecond: baud,
    present,
    open: async (signal) => {
      await locate();
      return new Promise<Connection>((resolve, reject) => {
        const port = new SerialPort({
          path,
          baudRate: baud,
          autoOpen: false,
          rtscts: address.flow === 'rtscts',
          xon: address.flow === 'xonxoff',
          xoff: address.flow === 'xonxoff',
        });
        const plug = createPlug();
        port.on('data', (bytes: Buffer) => plug.data(bytes));
        port.on('error', () => undefined); // each call reports its own
        port.on('close', () => plug.closed());
        port.open((error) => {
          if (error) return reject(error);
          if (signal.aborted) {
            port.close(() => undefined);
            return reject(new Error('aborted'));
          }
          resolve({
            ...plug.listen,
            write: (bytes) =>
              new Promise<void>((done, fail) => {
                const ended = () => fail(new Error('port closed'));
                if (!port.isOpen) return ended();
                port.once('close', ended);
                const settle = (failure: Error | null | undefined) => {
                  port.off('close', ended);
                  if (failure) fail(failure);
                  else done();
                };
                port.write(Buffer.from(bytes), (failure) => (failure ? settle(failure) : port.drain(settle)));
              }),
            close: () =>
              new Promise<void>((done) => {
                if (!port.isOpen) return done();
                // What is still in the buffer of a dead wire must not hold the close back.
                port.flush(() => port.close(() => done()));
              }),
          });
        });
      });
    },
  };
}
