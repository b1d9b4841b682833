import type { HealthCell } from '../health.ts';
import { createPause } from '../pause.ts';
import { troubleOf, type Connection, type Transport } from './transport.ts';

/**
 * Keeps a line open to a device that only talks when it has something to say (reader, keypad) or only listens (display).
 * Its heartbeat is the transport's own `present`: is the port still there, does the socket still stand. A device that is
 * plugged in again is opened again without a click.
 */
export function createKeeper(options: {
  transport: Transport;
  health: HealthCell;
  heartbeatMs?: number;
  onData?: (bytes: Uint8Array) => void;
  onOpen?: (line: Connection) => void;
}) {
  const { transport, health } = options;
  const heartbeatMs = options.heartbeatMs ?? 2500;
  const stopping = new AbortController();
  let connection: Connection | null = null;
  const { pause, wake } = createPause();

  const run = async () => {
    let wait = Math.min(250, heartbeatMs);
    while (!stopping.signal.aborted) {
      if (!connection) {
        try {
          const line = await transport.open(stopping.signal);
          connection = line;
          line.onData((bytes) => options.onData?.(bytes));
          line.onClose(() => {
            if (connection !== line) return;
            connection = null;
            if (!stopping.signal.aborted) health.set('absent', ['unplugged']);
            wake();
          });
          health.seen();
          health.set('ready');
          options.onOpen?.(line);
          wait = Math.min(250, heartbeatMs);
        } catch (error) {
          if (stopping.signal.aborted) break;
          const trouble = troubleOf(error);
          health.set(trouble.state, [trouble.reason]);
          await pause(wait);
          wait = Math.min(heartbeatMs, wait * 2);
          continue;
        }
      }
      const line: Connection | null = connection;
      if (line && transport.present) {
        if (await transport.present()) health.seen();
        else if (connection === line) {
          connection = null;
          health.set('absent', ['unplugged']);
          await line.close();
        }
      }
      if (!stopping.signal.aborted) await pause(connection ? heartbeatMs : wait);
    }
  };
  const running = run();

  return {
    /** @returns false when nobody is there to hear it */
    async write(bytes: Uint8Array): Promise<boolean> {
      const line = connection;
      if (!line) return false;
      try {
        await line.write(bytes);
        return true;
      } catch {
        return false;
      }
    },
    isOpen: () => connection !== null,
    async close() {
      stopping.abort();
      wake();
      const line = connection;
      connection = null;
      await line?.close();
      await running;
    },
  };
}
