import path from 'node:path';
import type { Caller } from './contract/context.ts';
import { readConfig } from './counter/config.ts';
import { lockDataDir } from './counter/lock.ts';
import { createLog } from './counter/log.ts';
import { MIGRATIONS, SCREENS, openRooms, type HostParts, type Rooms } from './counter/rooms.ts';
import { prepareDataDir } from './counter/start.ts';
import { startServer, type PairedDevice, type Server } from './server/index.ts';
import { openStore, systemClock, type Clock } from './store/index.ts';

export interface CounterOptions {
  readonly dataDir: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly lan: boolean;
  readonly clock?: Clock;
  /** PKCS#11 modules beside the known names and those of the settings. */
  readonly pkcs11Modules?: readonly string[];
  /** What Electron's shell brings. */
  readonly host?: HostParts;
  /** Sees the bytes of every slip as they go to the printer; the walkthrough keeps them. */
  readonly onPrintBytes?: (key: string, bytes: Uint8Array) => void;
}

export interface Counter {
  /** Loopback address with its one-time token. */
  readonly address: string;
  readonly server: Server;
  readonly files: Rooms['files'];
  /** The virtual neighbours, in training mode. */
  readonly neighbours: Rooms['neighbours'];
  /** Makes a code for a further screen, as the Devices page does. */
  readonly pairing: Rooms['pairing'];
  /** The rooms, for the doctor, the walkthrough and tests; screens go through the contract. */
  readonly rooms: Rooms;
  /** Who sits at this machine. */
  caller(): Caller;
  /** Closes every room in order; safe to call twice. */
  close(): Promise<void>;
}

/** Prepares the data folder, builds the rooms and opens the door. */
export async function openCounter(options: CounterOptions): Promise<Counter> {
  const clock = options.clock ?? systemClock;
  prepareDataDir(options.dataDir);
  const unlock = lockDataDir(options.dataDir);
  // What is open so far, newest last; closed in the opposite order, also when a later room fails to open.
  const open: { name: string; close: () => void | Promise<void> }[] = [{ name: 'lock', close: unlock }];
  const opened = (name: string, close: () => void | Promise<void>) => void open.push({ name, close });
  const log = createLog(path.join(options.dataDir, 'logs'));
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      for (const room of open.reverse()) {
        try {
          await room.close();
        } catch (error) {
          log(`closing ${room.name}: ${String(error)}`);
        }
      }
    })();
    return closing;
  };
  try {
    const config = readConfig(options.dataDir);
    // Rehearsals have a database of their own: nothing invented ever stands among real dossiers.
    const dataDir = path.join(options.dataDir, config.training ? 'training' : 'station');
    const store = openStore({
      file: path.join(dataDir, 'quay.sqlite'),
      clock,
      migrations: MIGRATIONS,
      onError: (error) => log(`listener: ${String(error)}`),
    });
    opened('store', () => store.close());
    const rooms = await openRooms({
      config,
      store,
      clock,
      dataDir,
      log,
      opened,
      pkcs11Modules: options.pkcs11Modules ?? [],
      host: options.host ?? {},
      ...(options.onPrintBytes ? { onPrintBytes: options.onPrintBytes } : {}),
    });
    const { officers, pairing, files, neighbours } = rooms;

    const callerOf = (device: Pick<PairedDevice, 'deviceId' | 'role' | 'counterId'>): Caller => {
      const at = { deviceId: device.deviceId, ...(device.counterId ? { counterId: device.counterId } : {}) };
      const session = device.role === 'station' ? officers.current(device.deviceId) : undefined;
      return session ? { ...at, role: 'officer', officer: session.officer } : { ...at, role: device.role };
    };
    let addresses: readonly string[] = [];
    const server = await startServer({
      router: rooms.router(() => addresses),
      devices: pairing,
      files,
      clock,
      screens: SCREENS,
      port: options.port,
      lan: options.lan,
      callerOf,
      log,
    });
    opened('server', () => server.close());
    addresses = server.addresses;
    const here = { deviceId: 'station-1', role: 'station' as const, counterId: config.counterId };
    return {
      address: server.openAddress(pairing.token({ ...here, name: `Quầy ${config.counterId}` })),
      server,
      files,
      neighbours,
      pairing,
      rooms,
      caller: () => callerOf(here),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
