import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Caller } from './contract/context.ts';
import { deviceConfig } from './contract/devices.ts';
import { catalogueHandlers } from './catalogue/handlers.ts';
import { catalogueMigrations, createCatalogue } from './catalogue/index.ts';
import { readConfig } from './counter/config.ts';
import { siteOf, ticketPrinting } from './counter/hall.ts';
import { lockDataDir } from './counter/lock.ts';
import { createLog } from './counter/log.ts';
import { openNeighbours, type Neighbours } from './counter/neighbours.ts';
import { trainingOfficers } from './counter/people.ts';
import { prepareDataDir } from './counter/start.ts';
import {
  createDelivery,
  fileSecrets,
  memorySecrets,
  migrations as deliveryMigrations,
  SECRET_PASSWORD,
  SECRET_USER,
  type ProvinceConfigInput,
} from './delivery/index.ts';
import { createDevices, migrations as devicesMigrations } from './devices/index.ts';
import { createScanning, migrations as scannerMigrations, scannerHandlers } from './devices/scanner/index.ts';
import { documentsHandlers } from './documents/handlers.ts';
import { createDocuments, documentsMigrations } from './documents/index.ts';
import { inspectJpeg, writePagesPdf } from './documents/pages/index.ts';
import { ticketPaper } from './documents/ticket/index.ts';
import { createOfficers, officersMigrations } from './officers/index.ts';
import { officersHandlers } from './officers/handlers.ts';
import { createQueue, migrations as queueMigrations, queueHandlers, sqliteQueueStore } from './queue/index.ts';
import { signingHandlers } from './signing/handlers.ts';
import { createSigning, migrations as signingMigrations } from './signing/index.ts';
import {
  createFiles,
  type Devices,
  createPairing,
  serverMigrations,
  startServer,
  systemHandlers,
  type Files,
  type PairedDevice,
  type Server,
} from './server/index.ts';
import { openStore, systemClock, type Clock, type Migration } from './store/index.ts';

export interface CounterOptions {
  readonly dataDir: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly lan: boolean;
  readonly clock?: Clock;
  /** PKCS#11 modules beside the known names and those of the settings. */
  readonly pkcs11Modules?: readonly string[];
  /** Sees the bytes of every slip as they go to the printer; the walkthrough keeps them. */
  readonly onPrintBytes?: (key: string, bytes: Uint8Array) => void;
}

export interface Counter {
  /** Loopback address with its one-time token. */
  readonly address: string;
  readonly server: Server;
  readonly files: Files;
  /** The virtual neighbours, in training mode. */
  readonly neighbours: Neighbours | undefined;
  /** Makes a code for a further screen, as the Devices page does. */
  readonly pairing: Devices;
  /** Who sits at this machine. */
  caller(): Caller;
  /** Closes every room in order; safe to call twice. */
  close(): Promise<void>;
}

const ROOT = path.join(import.meta.dirname, '..');
const RESOURCES = path.join(ROOT, 'resources');
const MIGRATIONS: readonly Migration[] = [
  ...serverMigrations,
  ...officersMigrations,
  ...catalogueMigrations,
  ...documentsMigrations,
  ...queueMigrations,
  ...devicesMigrations,
  ...scannerMigrations,
  ...deliveryMigrations,
  ...signingMigrations,
];

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
    const { training } = config;
    // Rehearsals have a database of their own: nothing invented ever stands among real dossiers.
    const dataDir = path.join(options.dataDir, training ? 'training' : 'station');
    const store = openStore({
      file: path.join(dataDir, 'quay.sqlite'),
      clock,
      migrations: MIGRATIONS,
      onError: (error) => log(`listener: ${String(error)}`),
    });
    open.push({ name: 'store', close: () => store.close() });
    const neighbours = training ? await openNeighbours({ dir: path.join(dataDir, 'neighbours'), resources: RESOURCES, clock }) : undefined;
    if (neighbours) open.push({ name: 'neighbours', close: () => neighbours.close() });

    const officers = createOfficers({ store, ...(training ? { seed: trainingOfficers } : {}) });
    const pairing = createPairing(store);
    const files = createFiles({ dir: path.join(dataDir, 'uploads'), clock });
    const catalogue = createCatalogue({ store, clock, source: path.join(RESOURCES, 'catalogue') });
    const { place } = catalogue;

    const devices = createDevices({
      store,
      clock,
      config: neighbours?.devices ?? config.devices.map((device) => deviceConfig.parse(device)),
      ticketPaper,
      training,
      ...(options.onPrintBytes ? { onPrintBytes: options.onPrintBytes } : {}),
    });
    open.push({ name: 'devices', close: () => devices.close() });
    const scanning = createScanning({
      store,
      clock,
      dataDir,
      scanners: neighbours?.scanners ?? config.scanners,
      inspect: inspectJpeg,
      writePdf: writePagesPdf,
      onError: (error) => log(`scanner: ${String(error)}`),
    });
    open.push({ name: 'scanning', close: () => scanning.close() });

    const documents = createDocuments({
      store,
      clock,
      dataDir,
      letterhead: {
        committee: place.committeeName.toUpperCase(),
        centre: place.centreName.toUpperCase(),
        place: place.shortPlace,
        hotline: place.hotline,
        lookupUrl: place.lookupUrl,
        training,
      },
      link: (file) => files.link(file.file, file.name),
      print: (job) => {
        const printer = devices.a4Printer();
        // Without a printer the document stays in the dossier and can be printed later; the job id says so to nobody.
        return printer ? printer.print(job.file, { key: job.key, title: job.title, copies: job.copies }).key : job.key;
      },
    });

    const queue = createQueue({
      store: sqliteQueueStore({ store, site: siteOf(config.site, place, training) }),
      clock,
      print: ticketPrinting(
        devices,
        () => place.centreName,
        training,
        () => undefined,
      ),
      onError: (error) => log(`queue: ${String(error)}`),
    });
    open.push({ name: 'queue', close: () => queue.close() });

    const secrets = neighbours
      ? memorySecrets({ [SECRET_USER]: neighbours.provinceAccount.user, [SECRET_PASSWORD]: neighbours.provinceAccount.secret })
      : fileSecrets(path.join(dataDir, 'secrets'));
    const delivery = createDelivery({
      store,
      clock,
      dataDir,
      province: neighbours
        ? { adapter: 'lgsp', baseUrl: neighbours.province.lgspUrl, agency: place.agencyCode }
        : ((config.province as ProvinceConfigInput | undefined) ?? null),
      secrets,
      onError: (error) => log(`delivery: ${String(error)}`),
    });
    open.push({ name: 'delivery', close: () => delivery.close() });
    delivery.start();

    const signing = createSigning({
      store,
      clock,
      dataDir,
      training,
      modules: [...config.pkcs11Modules, ...(options.pkcs11Modules ?? [])],
      linkFile: (file) => files.link(file),
      onSigned: () => undefined,
      agency: place.centreName,
      onError: (error) => log(`signing: ${String(error)}`),
    });
    open.push({ name: 'signing', close: () => signing.close() });

    const callerOf = (device: Pick<PairedDevice, 'deviceId' | 'role' | 'counterId'>): Caller => {
      const at = { deviceId: device.deviceId, ...(device.counterId ? { counterId: device.counterId } : {}) };
      const session = device.role === 'station' ? officers.current(device.deviceId) : undefined;
      return session ? { ...at, role: 'officer', officer: session.officer } : { ...at, role: device.role };
    };
    const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
    let addresses: readonly string[] = [];
    const server = await startServer({
      router: {
        system: systemHandlers({
          facts: {
            version: manifest.version,
            training,
            unit: { name: place.centreName, place: `${place.unitName}, ${place.provinceName}`, agencyCode: place.agencyCode },
          },
          devices: pairing,
          clock,
          clockWarning: () => null,
          addresses: () => addresses,
        }),
        officers: officersHandlers(officers, store),
        queue: queueHandlers(queue),
        catalogue: catalogueHandlers(catalogue, () => clock.now()),
        documents: documentsHandlers(documents),
        signing: signingHandlers(signing),
        scanner: scannerHandlers(scanning, (file) => files.link(file.path, file.name)),
      },
      devices: pairing,
      files,
      clock,
      screens: path.join(ROOT, 'dist/renderer'),
      port: options.port,
      lan: options.lan,
      callerOf,
      log,
    });
    open.push({ name: 'server', close: () => server.close() });
    addresses = server.addresses;
    const here = { deviceId: 'station-1', role: 'station' as const, counterId: config.counterId };
    return {
      address: server.openAddress(pairing.token({ ...here, name: `Quầy ${config.counterId}` })),
      server,
      files,
      neighbours,
      pairing,
      caller: () => callerOf(here),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
