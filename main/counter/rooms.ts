import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { catalogueHandlers } from '../catalogue/handlers.ts';
import { catalogueMigrations, createCatalogue } from '../catalogue/index.ts';
import { deviceConfig } from '../contract/devices.ts';
import { isRefusal } from '../contract/refusal.ts';
import { deliveryHandlers } from '../delivery/handlers.ts';
import {
  createDelivery,
  fileSecrets,
  memorySecrets,
  migrations as deliveryMigrations,
  SECRET_PASSWORD,
  SECRET_USER,
  type ProvinceConfigInput,
  type Secrets,
} from '../delivery/index.ts';
import {
  createDevices,
  createSetup,
  createSpooler,
  createTokenWatch,
  devicesHandlers,
  migrations as devicesMigrations,
  systemBackend,
  type SystemPrinting,
} from '../devices/index.ts';
import { createScanning, migrations as scannerMigrations, scannerHandlers, type SaneConfig } from '../devices/scanner/index.ts';
import { dossiersHandlers } from '../dossiers/handlers.ts';
import { dossiersMigrations, STATUS_TEXT, type Dossiers } from '../dossiers/index.ts';
import { documentsHandlers } from '../documents/handlers.ts';
import { createDocuments, documentsMigrations } from '../documents/index.ts';
import { createPageWorker, inspectJpeg, writePagesPdf } from '../documents/pages/index.ts';
import { ticketPaper } from '../documents/ticket/index.ts';
import { officersHandlers } from '../officers/handlers.ts';
import { createOfficers, officersMigrations } from '../officers/index.ts';
import { createQueue, migrations as queueMigrations, queueHandlers } from '../queue/index.ts';
import { createFiles, createPairing, serverMigrations, systemHandlers } from '../server/index.ts';
import { reportsHandlers } from '../reports/handlers.ts';
import { createReports } from '../reports/index.ts';
import { signingHandlers } from '../signing/handlers.ts';
import {
  closeVerifier,
  createSigning,
  migrations as signingMigrations,
  startVerifierWith,
  TRAINING_SERIAL,
  trainingSocket,
  type Spawn,
  type StartFile,
} from '../signing/index.ts';
import type { Clock, Migration, Store } from '../store/index.ts';
import { trainingHandlers } from '../training/index.ts';
import { documentLimit, type StationConfig } from './config.ts';
import { openDossiers, takeSigned } from './dossiers.ts';
import { scannerHealth } from './health.ts';
import { keypadAction, leaveOnSignOut, priorityOfAge, showAtCounter, siteOf, ticketPrinting, withDossiers } from './hall.ts';
import { hallStore } from './hall-store.ts';
import { keepHouse } from './housekeeping.ts';
import { openNeighbours } from './neighbours.ts';
import { followPiles, withPiles } from './pages.ts';
import { trainingOfficers } from './people.ts';

const ROOT = path.join(import.meta.dirname, '../..');
export const RESOURCES = path.join(ROOT, 'resources');
export const SCREENS = path.join(ROOT, 'dist/renderer');

export const MIGRATIONS: readonly Migration[] = [
  ...serverMigrations,
  ...officersMigrations,
  ...catalogueMigrations,
  ...documentsMigrations,
  ...queueMigrations,
  ...devicesMigrations,
  ...scannerMigrations,
  ...deliveryMigrations,
  ...signingMigrations,
  ...dossiersMigrations,
];

/** Two clocks never agree to the second; from two minutes on, due hours and signatures would be wrong. */
const CLOCK_TOLERANCE_MS = 120_000;
function clockWarning(skewMs: number | null): string | null {
  if (skewMs === null || Math.abs(skewMs) < CLOCK_TOLERANCE_MS) return null;
  return `Đồng hồ máy này lệch ${Math.round(Math.abs(skewMs) / 60_000)} phút so với hệ thống tỉnh. Hãy chỉnh giờ máy trước khi tiếp nhận tiếp.`;
}

/** A child process that is told and answers what its room says. */
type SpawnAny = (
  module: string,
  env: Readonly<Record<string, string>>,
) => Omit<ReturnType<NonNullable<SaneConfig['spawn']>>, 'send'> & { send(message: unknown): void };

/** What only the product's own shell can give: children, the system's printers and its safe. Absent under plain Node. */
export interface HostParts {
  readonly token?: Spawn;
  /** Scanners, the Windows spooler, the watch over the tokens, and the work on scanned pages: a process each. */
  readonly driver?: SpawnAny;
  readonly verifier?: StartFile;
  readonly printing?: (link: (file: string) => string) => SystemPrinting;
  readonly secrets?: (dir: string) => Secrets;
}

export interface RoomsOptions {
  readonly config: StationConfig;
  readonly store: Store;
  readonly clock: Clock;
  /** Where this mode keeps everything. */
  readonly dataDir: string;
  readonly log: (line: string) => void;
  /** Notes what is open; closed in the opposite order. */
  readonly opened: (name: string, close: () => void | Promise<void>) => void;
  readonly pkcs11Modules: readonly string[];
  readonly host: HostParts;
  readonly onPrintBytes?: (key: string, bytes: Uint8Array) => void;
}

/** Builds the rooms in the order in which they need each other, and hands each what it needs of the others. */
export async function openRooms(options: RoomsOptions) {
  const { config, store, clock, dataDir, log, opened, host } = options;
  if (host.verifier) startVerifierWith(host.verifier);
  const { training } = config;
  const neighbours = training
    ? await openNeighbours({
        dir: path.join(dataDir, 'neighbours'),
        resources: RESOURCES,
        clock,
        counterId: config.counterId,
        tokenOut: trainingSocket(dataDir),
      })
    : undefined;
  if (neighbours) opened('neighbours', () => neighbours.close());

  const officers = createOfficers({ store, ...(training ? { seed: trainingOfficers } : {}) });
  const pairing = createPairing(store);
  const files = createFiles({ dir: path.join(dataDir, 'uploads'), clock });
  // Delivery, signing and the catalogue's ranking ask the dossiers, which are built with them: the last link is tied afterwards.
  const tied: { dossiers?: Dossiers } = {};
  const dossiersRoom = (): Dossiers => {
    if (!tied.dossiers) throw new Error('the dossiers are not open yet');
    return tied.dossiers;
  };
  const catalogue = createCatalogue({
    store,
    clock,
    source: path.join(RESOURCES, 'catalogue'),
    usage: () => tied.dossiers?.usage() ?? new Map<string, number>(),
  });
  const { place } = catalogue;

  const printing = host.printing?.((file) => files.link(file).url);
  // Under Windows a ticket printer on USB belongs to the spooler; elsewhere its node is opened directly.
  const spooler = process.platform === 'win32' && !training ? createSpooler(host.driver ? { spawn: host.driver } : {}) : undefined;
  const devices = createDevices({
    store,
    clock,
    config: neighbours?.devices ?? config.devices.map((device) => deviceConfig.parse(device)),
    ticketPaper,
    training,
    ...(printing ? { systemPrinter: (queue: string) => systemBackend(queue, printing) } : {}),
    ...(spooler ? { layers: { spooler } } : {}),
    ...(options.onPrintBytes ? { onPrintBytes: options.onPrintBytes } : {}),
  });
  opened('devices', () => devices.close());
  const finding = {
    ...(spooler ? { queues: () => spooler.list() } : {}),
    ...(printing ? { systemPrinters: () => printing.printers() } : {}),
  };
  const scanning = createScanning({
    store,
    clock,
    dataDir,
    scanners: neighbours?.scanners ?? config.scanners,
    inspect: inspectJpeg,
    writePdf: writePagesPdf,
    work: createPageWorker(host.driver ? { spawn: host.driver } : {}),
    // A rehearsal has its own scanner and looks for no other.
    ...(training ? {} : { network: true, sane: host.driver ? { spawn: host.driver } : {} }),
    onError: (error) => log(`scanner: ${String(error)}`),
  });
  opened('scanning', () => scanning.close());

  const documents = createDocuments({
    store,
    clock,
    dataDir,
    letterhead: {
      committee: place.committeeName,
      centre: place.centreName,
      place: place.shortPlace,
      hotline: place.hotline,
      lookupUrl: place.lookupUrl,
      training,
    },
    link: (file) => files.link(file.file, file.name),
    print: (job) => devices.a4Printer()?.print(job.file, { key: job.key, title: job.title, copies: job.copies }).key ?? '',
  });

  const a4TestPage = async (printer: string): Promise<string> =>
    documents.files.absolute(documents.files.put(await documents.testPage(printer, clock.now())));

  const site = siteOf(config.site, place, training);
  const onQueueError = (error: unknown) => log(`queue: ${String(error)}`);
  const { store: queueStore, clock: hallClock } = await hallStore({
    hall: config.hall,
    site,
    training,
    store,
    dataDir,
    onError: onQueueError,
  });
  opened('hall store', () => queueStore.close());
  const hall = createQueue({
    store: queueStore,
    clock: hallClock,
    ...(config.hall ? { hubId: config.hall.hub ?? hostname() } : {}),
    print: ticketPrinting(devices, () => place.centreName, training),
    onEvent: (event) => showAtCounter(devices, event),
    onError: onQueueError,
  });
  opened('queue', () => hall.close());
  const queue = withDossiers(hall, () => dossiersRoom());
  opened(
    'sign-out',
    leaveOnSignOut(queue, officers, store, (error) => log(`queue: ${String(error)}`)),
  );
  devices.onKey((action, device) => {
    const at = [{ deviceId: 'station-1', role: 'station', counterId: config.counterId }, ...pairing.list()].find(
      (screen) => screen.role === 'station' && screen.counterId === device.counterId && officers.current(screen.deviceId),
    );
    const session = at && officers.current(at.deviceId);
    if (!at?.counterId || !session) return;
    const caller = { role: 'officer' as const, deviceId: at.deviceId, counterId: at.counterId, officer: session.officer };
    void keypadAction(queue, caller, action).catch((error: unknown) => log(`keypad: ${String(error)}`));
  });

  const noted = (answer: unknown) => {
    if (isRefusal(answer)) log(`dossiers: ${answer.en}`);
  };
  const secrets = neighbours
    ? memorySecrets({ [SECRET_USER]: neighbours.provinceAccount.user, [SECRET_PASSWORD]: neighbours.provinceAccount.secret })
    : (host.secrets ?? fileSecrets)(path.join(dataDir, 'secrets'));
  const delivery = createDelivery({
    store,
    clock,
    dataDir,
    province: neighbours
      ? {
          adapter: 'lgsp',
          baseUrl: neighbours.province.lgspUrl,
          agency: place.agencyCode,
          uploads: 'tus',
          gatewayUrl: neighbours.province.gatewayUrl,
        }
      : ((config.province as ProvinceConfigInput | undefined) ?? null),
    secrets,
    onAcknowledged: (ack) => noted(dossiersRoom().onAcknowledged(ack.dossierId, ack.officialCode === '' ? null : ack.officialCode)),
    onSettled: (dossierId) => noted(dossiersRoom().onAcknowledged(dossierId, null)),
    onMapped: (dossierId, officialCode) => noted(dossiersRoom().onMapped(dossierId, officialCode)),
    onReconciled: (dossierId) => noted(dossiersRoom().onReconciled(dossierId)),
    onHeld: (dossierId, reason) => noted(dossiersRoom().onRejected(dossierId, reason.vi)),
    onNews: (news) => {
      if (news.dossierId !== null && news.status !== null)
        noted(
          dossiersRoom().onRemoteStatus(news.dossierId, { status: news.status, at: news.at, source: 'Hệ thống tỉnh', text: news.text }),
        );
    },
    onError: (error) => log(`delivery: ${String(error)}`),
    // Whoever rehearses sees at once what the virtual province sends back.
    ...(neighbours ? { daily: { pollMs: 5_000 } } : {}),
  });
  opened('delivery', () => delivery.close());

  const signing = createSigning({
    store,
    clock,
    dataDir,
    training,
    modules: [...config.pkcs11Modules, ...options.pkcs11Modules],
    linkFile: (file) => files.link(file),
    ...(host.token ? { spawn: host.token } : {}),
    onSigned: (result) => takeSigned(dossiersRoom(), result),
    agency: place.centreName,
    onError: (error) => log(`signing: ${String(error)}`),
  });
  opened('signing', async () => {
    await signing.close();
    await closeVerifier();
  });
  const token = createTokenWatch({
    clock,
    modules: async () => (await signing.drivers.list()).filter((driver) => driver.problem === null).map((driver) => driver.path),
    busy: () => signing.unlocked,
    ...(neighbours
      ? { extra: () => (neighbours.token.isUnplugged() ? [] : [{ serial: TRAINING_SERIAL, label: 'Khóa TẬP HUẤN', locked: false }]) }
      : {}),
    ...(host.driver ? { spawn: host.driver } : {}),
    onError: (error) => log(`token: ${String(error)}`),
  });
  opened('token watch', () => token.close());
  // Certificates are read when a token comes, so that one that ends soon is announced before anybody signs.
  token.onPresence(() => {
    if (!signing.unlocked) signing.tokens().catch((error: unknown) => log(`token: ${String(error)}`));
  });
  devices.addHealth(scannerHealth(scanning, clock));
  devices.addHealth(token);
  tied.dossiers = openDossiers({
    store,
    clock,
    dataDir,
    catalogue,
    documents,
    scanning,
    delivery,
    signing,
    officers,
    queue,
    documentLimit: (procedure) => documentLimit(config, procedure),
  });
  const { dossiers } = tied;
  opened(
    'scanned pages',
    followPiles(scanning.sessions, dossiers, (error) => log(`scanned pages: ${String(error)}`)),
  );
  opened(
    'housekeeping',
    keepHouse(dossiers, (error) => log(`housekeeping: ${String(error)}`)),
  );
  const reports = createReports({
    clock,
    documents,
    register: (year, before, limit) => dossiers.register(year, before, limit),
    registerTotal: (year) => dossiers.registerTotal(year),
    registerYears: () => dossiers.registerYears(),
    facts: (from, to) => dossiers.facts(from, to),
    touched: (from, to) => dossiers.touched(from, to),
    statusText: (business) => (business in STATUS_TEXT ? STATUS_TEXT[business as keyof typeof STATUS_TEXT] : business),
  });
  delivery.start();

  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
  /** The router that screens reach; `addresses` are known once the door is open. */
  const router = (addresses: () => readonly string[]) => ({
    system: systemHandlers({
      facts: {
        version,
        training,
        unit: { name: place.centreName, place: `${place.unitName}, ${place.provinceName}`, agencyCode: place.agencyCode },
      },
      devices: pairing,
      clock,
      clockWarning: () => clockWarning(delivery.health().clockSkewMs),
      addresses,
      audit: (caller, action, subject, note) => officers.audit(caller, action, subject, note),
    }),
    officers: officersHandlers(officers, store),
    queue: queueHandlers(queue),
    catalogue: catalogueHandlers(catalogue, () => clock.now()),
    documents: documentsHandlers(documents),
    dossiers: dossiersHandlers(withPiles(dossiers, scanning.sessions), store),
    scanner: scannerHandlers(scanning, (file) => files.link(file.path, file.name)),
    signing: signingHandlers(signing),
    reports: reportsHandlers(reports),
    training: trainingHandlers(neighbours?.panel, store),
    devices: devicesHandlers(devices, createSetup(devices, finding, a4TestPage), clock, priorityOfAge(site)),
    delivery: deliveryHandlers(delivery, {
      store,
      link: (file, name) => files.link(file, name),
      upload: (uploadId) => files.upload(uploadId)?.file,
      inDataDir: (relative) => path.join(dataDir, relative),
    }),
  });
  return {
    store,
    neighbours,
    officers,
    pairing,
    files,
    catalogue,
    devices,
    scanning,
    documents,
    queue,
    delivery,
    signing,
    dossiers,
    router,
  };
}
export type Rooms = Awaited<ReturnType<typeof openRooms>>;
