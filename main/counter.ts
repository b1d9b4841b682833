import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Caller } from './contract/context.ts';
import { readConfig } from './counter/config.ts';
import { lockDataDir } from './counter/lock.ts';
import { createLog } from './counter/log.ts';
import { trainingOfficers } from './counter/people.ts';
import { prepareDataDir } from './counter/start.ts';
import { createOfficers, officersMigrations } from './officers/index.ts';
import { officersHandlers } from './officers/handlers.ts';
import {
  createFiles,
  createPairing,
  serverMigrations,
  startServer,
  systemHandlers,
  type Files,
  type PairedDevice,
  type Server,
} from './server/index.ts';
import { openStore, systemClock, type Clock } from './store/index.ts';

export interface CounterOptions {
  readonly dataDir: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly lan: boolean;
  readonly clock?: Clock;
}

export interface Counter {
  /** Loopback address with its one-time token. */
  readonly address: string;
  readonly server: Server;
  readonly files: Files;
  /** Who sits at this machine. */
  caller(): Caller;
  /** Closes every room in order; safe to call twice. */
  close(): Promise<void>;
}

const root = path.join(import.meta.dirname, '..');

/** Builds the rooms, hands each what it needs of the others, and opens the door. */
export async function openCounter(options: CounterOptions): Promise<Counter> {
  const clock = options.clock ?? systemClock;
  prepareDataDir(options.dataDir);
  const unlock = lockDataDir(options.dataDir);
  // What is open so far, newest last; closed in the opposite order, also when a later room fails to open.
  const open: { name: string; close: () => void | Promise<void> }[] = [{ name: 'lock', close: unlock }];
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
    const roomDir = path.join(options.dataDir, config.training ? 'training' : 'station');
    const store = openStore({
      file: path.join(roomDir, 'quay.sqlite'),
      clock,
      migrations: [...serverMigrations, ...officersMigrations],
      onError: (error) => log(`listener: ${String(error)}`),
    });
    open.push({ name: 'store', close: () => store.close() });
    const officers = createOfficers({ store, ...(config.training ? { seed: trainingOfficers } : {}) });
    const devices = createPairing(store);
    const files = createFiles({ dir: path.join(roomDir, 'uploads'), clock });

    const callerOf = (device: Pick<PairedDevice, 'deviceId' | 'role' | 'counterId'>): Caller => {
      const at = { deviceId: device.deviceId, ...(device.counterId ? { counterId: device.counterId } : {}) };
      const session = device.role === 'station' ? officers.current(device.deviceId) : undefined;
      return session ? { ...at, role: 'officer', officer: session.officer } : { ...at, role: device.role };
    };
    const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    let addresses: readonly string[] = [];
    const server = await startServer({
      router: {
        system: systemHandlers({
          facts: {
            version: manifest.version,
            training: config.training,
            unit: {
              name: 'Trung tâm Phục vụ hành chính công phường An Bình',
              place: 'phường An Bình, Đắk Lắk',
              agencyCode: 'H15.50.05.13',
            },
          },
          devices,
          clock,
          clockWarning: () => null,
          addresses: () => addresses,
        }),
        officers: officersHandlers(officers, store),
      },
      devices,
      files,
      clock,
      screens: path.join(root, 'dist/renderer'),
      port: options.port,
      lan: options.lan,
      callerOf,
      log,
    });
    open.push({ name: 'server', close: () => server.close() });
    addresses = server.addresses;
    const here = { deviceId: 'station-1', role: 'station' as const, counterId: config.counterId };
    return {
      address: server.openAddress(devices.token({ ...here, name: `Quầy ${config.counterId}` })),
      server,
      files,
      caller: () => callerOf(here),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
