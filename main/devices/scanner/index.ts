import type { Clock, Store } from '../../store/index.ts';
import { esclScanner } from './escl/client.ts';
import type { PageRow } from './pages.ts';
import { createDriverProcess, type SpawnDriver } from './native-process.ts';
import { createRegistry, type KnownScanner } from './registry.ts';
import { saneScanners } from './sane/scanner.ts';
import { createSessions, type InspectPage, type LookAtPage, type Sessions } from './sessions.ts';
import type { ScanReason, Scanner, ScannerFinder } from './types.ts';

export { migrations, type PageRow, type SessionRow } from './pages.ts';
export { scannerHandlers, type FileLinker } from './handlers.ts';
export { esclScanner } from './escl/client.ts';
export { SENTENCES } from './sentences.ts';
export {
  ScanTrouble,
  type Capabilities,
  type ScanOptions,
  type ScannedPage,
  type Scanner,
  type ScannerFinder,
  type ScanReason,
} from './types.ts';
export { createDriverProcess, type DriverChild, type DriverProcess, type SpawnDriver } from './native-process.ts';
export { saneScanners } from './sane/scanner.ts';
export type { KnownScanner } from './registry.ts';
export type { InspectPage, LookAtPage, PileEvent, Sessions } from './sessions.ts';

/** A scanner that this counter was told about; others are found on the network. */
export interface ScannerConfig {
  /** Base address of an eSCL scanner, such as `http://192.168.1.20/eSCL`. */
  readonly url: string;
  readonly id?: string;
  readonly name?: string;
}

/** Scanners that hang on this machine, through libsane in a child process. */
export interface SaneConfig {
  /** How the child is started: by Electron's utilityProcess there, by `fork` without it. */
  readonly spawn?: SpawnDriver;
  /** Environment of the child, such as `SANE_CONFIG_DIR`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Settings of the device beyond the usual, such as `swdeskew`. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
}

/** A page as the PDF writer of `documents` takes it. */
export interface ComponentPage {
  readonly kind: 'jpeg';
  readonly file: string;
  readonly quarterTurns: number;
  readonly dpi: number;
}
export type WritePdf = (
  pages: readonly ComponentPage[],
  file: string,
  options: { title: string; createdAt: number },
) => Promise<{ file: string; pages: number; bytes: number; sha256: string }>;

export interface Scanning {
  readonly sessions: Sessions;
  /** Known scanners and their state; the health panel and the doctor read it. */
  scanners(): readonly KnownScanner[];
  /** What keeps this counter from finding scanners, for the doctor; empty when nothing does. */
  problems(): readonly ScanReason[];
  /** Looks for scanners on the network, `ms` at most. */
  discover(ms?: number): Promise<void>;
  /** Asks every known scanner how it is, now. */
  check(): Promise<void>;
  /** Hears whenever a scanner's state changed. */
  onScanners(listener: () => void): () => void;
  /** The pages of a component that are not dropped, in order. */
  pagesOf(componentKey: string): ComponentPage[];
  /**
   * Writes pages to a PDF/A-2b file, pictures unchanged.
   * @throws when the list is empty or a picture cannot be read
   */
  buildPdf(pages: readonly ComponentPage[], file: string, title?: string): ReturnType<WritePdf>;
  close(): Promise<void>;
}

const DISCOVER_MS = 4_000;

/** The pile a component's pages lie on. Both parts are ids, without a slash. */
export const componentKey = (draftId: string, component: string): string => `${draftId}/${component}`;

/**
 * Scanners of this counter, the scans that run on them and the pages that came.
 * @param deps.dataDir pages lie in `scans/` under it
 * @param deps.scanners configured ones; `finders` look for more
 * @param deps.inspect, deps.writePdf, deps.look from `documents/pages`: counter.ts hands them in
 */
export function createScanning(deps: {
  store: Store;
  clock: Clock;
  dataDir: string;
  scanners: readonly ScannerConfig[];
  inspect: InspectPage;
  writePdf: WritePdf;
  look?: LookAtPage;
  /** Left out in training and where there is no libsane. */
  sane?: SaneConfig;
  /** Scanners that are neither. */
  extra?: readonly Scanner[];
  finders?: readonly ScannerFinder[];
  heartbeatMs?: number;
  onError?: (error: unknown) => void;
}): Scanning {
  const onError = deps.onError ?? ((error: unknown) => console.error('scanner:', error instanceof Error ? error.message : error));
  const listeners = new Set<() => void>();
  const fixed = [
    ...deps.scanners.map((s) => esclScanner(s.url, { ...(s.id ? { id: s.id } : {}), ...(s.name ? { name: s.name } : {}) })),
    ...(deps.extra ?? []),
  ];
  const driver = deps.sane
    ? createDriverProcess({ ...(deps.sane.spawn ? { spawn: deps.sane.spawn } : {}), ...(deps.sane.env ? { env: deps.sane.env } : {}) })
    : undefined;
  const sane = driver ? [saneScanners({ driver, ...(deps.sane?.settings ? { settings: deps.sane.settings } : {}) })] : [];
  const registry = createRegistry({
    fixed,
    finders: [...sane, ...(deps.finders ?? [])],
    clock: deps.clock,
    heartbeatMs: deps.heartbeatMs ?? 5_000,
    onChange: () => {
      for (const listener of listeners) listener();
    },
  });
  const sessions = createSessions({
    store: deps.store,
    dataDir: deps.dataDir,
    registry,
    inspect: deps.inspect,
    ...(deps.look ? { look: deps.look } : {}),
    onError,
  });
  void registry.discover(DISCOVER_MS).catch(onError);

  const asComponentPage = (page: PageRow): ComponentPage => ({
    kind: 'jpeg',
    file: sessions.fileOf(page),
    quarterTurns: page.quarterTurns,
    dpi: page.dpi,
  });
  return {
    sessions,
    scanners: () => registry.all(),
    problems: () => registry.problems(),
    discover: (ms = DISCOVER_MS) => registry.discover(ms),
    check: () => registry.check(),
    onScanners(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    pagesOf: (key) =>
      sessions
        .pile(key)
        .pages.filter((p) => !p.dropped)
        .map(asComponentPage),
    buildPdf: (pages, file, title = 'Thành phần hồ sơ') => deps.writePdf(pages, file, { title, createdAt: deps.clock.now() }),
    async close() {
      // The driver goes first: a page that hangs in it would hold up its session.
      const ending = sessions.close();
      await driver?.close();
      await ending;
      await registry.close();
    },
  };
}
