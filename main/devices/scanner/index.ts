import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { refuse, type Refusal } from '../../contract/refusal.ts';
import type { Clock, Store } from '../../store/index.ts';
import { esclScanner } from './escl/client.ts';
import type { PageRow } from './pages.ts';
import { mdnsFinder } from './mdns/finder.ts';
import { createDriverProcess, type SpawnDriver } from './native-process.ts';
import { createRegistry, type FinderProblem, type KnownScanner } from './registry.ts';
import { saneScanners } from './sane/scanner.ts';
import type { PageWork } from './better-pages.ts';
import { createSessions, type InspectPage, type Sessions } from './sessions.ts';
import type { Scanner, ScannerFinder } from './types.ts';

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
export { createDriverProcess, forkDriver, type DriverChild, type DriverProcess, type SpawnDriver } from './native-process.ts';
export { mdnsFinder } from './mdns/finder.ts';
export { saneScanners } from './sane/scanner.ts';
export type { FinderProblem, KnownScanner } from './registry.ts';
export type { PageWork, Paper, Wish } from './better-pages.ts';
export type { InspectPage, PileEvent, Sessions } from './sessions.ts';

/** A scanner that this counter was told about; others are found on the network. */
export interface ScannerConfig {
  /** Base address of an eSCL scanner, such as `http://192.168.1.20/eSCL`. */
  readonly url: string;
  readonly id?: string;
  readonly name?: string;
}

/** Scanners that hang on this machine, through libsane (Linux) or WIA (Windows) in a child process. */
export interface SaneConfig {
  /** How the child is started: by Electron's utilityProcess there, by `fork` without it. */
  readonly spawn?: SpawnDriver;
  /** Environment of the child, such as `SANE_CONFIG_DIR`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Settings of the device beyond the usual, such as `swdeskew`. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
}

/** A page as the PDF writer of `documents` takes it. */
export type ComponentPage =
  | { readonly kind: 'jpeg'; readonly file: string; readonly quarterTurns: number; readonly dpi: number }
  | {
      readonly kind: 'g4';
      readonly file: string;
      readonly quarterTurns: number;
      readonly dpi: number;
      readonly widthPx: number;
      readonly heightPx: number;
    };
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
  problems(): readonly FinderProblem[];
  /** Looks for scanners on the network, `ms` at most. */
  discover(ms?: number): Promise<void>;
  /** Asks every known scanner how it is, now. */
  check(): Promise<void>;
  /** Hears whenever a scanner's state changed. */
  onScanners(listener: () => void): () => void;
  /** One page as the PDF writer takes it, improved when it was; undefined when it is not known or was dropped. */
  componentPage(pageId: string): ComponentPage | undefined;
  /** The pages of a component that are not dropped, in order. */
  pagesOf(componentKey: string): ComponentPage[];
  /**
   * Writes pages to a PDF/A-2b file, pictures unchanged.
   * @throws when the list is empty or a picture cannot be read
   */
  buildPdf(pages: readonly ComponentPage[], file: string, title?: string): ReturnType<WritePdf>;
  /**
   * Writes pages to a PDF/A-2b file of at most `limitBytes`: pages that are too large get fewer dots, never below 200 dpi,
   * then a lower quality, step by step.
   * @returns `component-too-large` when even the last step is
   * @throws as `buildPdf`
   */
  fitPdf(
    pages: readonly ComponentPage[],
    file: string,
    options: { title?: string; limitBytes: number },
  ): Promise<Awaited<ReturnType<WritePdf>> | Refusal>;
  /**
   * Writes all pages of a component, as `buildPdf` or, with a limit, as `fitPdf`.
   * @returns `component-empty` or `component-too-large` when a rule says no
   */
  buildComponent(
    key: string,
    file: string,
    options?: { title?: string; limitBytes?: number },
  ): Promise<Awaited<ReturnType<WritePdf>> | Refusal>;
  /** Writes the separator sheet. @returns its path, or null on a station without the image part */
  separatorSheet(): string | null;
  close(): Promise<void>;
}

const megabytes = (bytes: number): string => (bytes / 1e6).toLocaleString('vi-VN', { maximumFractionDigits: 1 });
const DISCOVER_MS = 4_000;
const TITLE = 'Thành phần hồ sơ';

/** The pile a component's pages lie on. Both parts are ids, without a slash. */
export const componentKey = (draftId: string, component: string): string => `${draftId}/${component}`;

/**
 * Scanners of this counter, the scans that run on them and the pages that came.
 * @param deps.dataDir pages lie in `scans/` under it
 * @param deps.scanners configured ones; `finders` look for more
 * @param deps.inspect, deps.writePdf, deps.work from `documents/pages`: counter.ts hands them in
 */
export function createScanning(deps: {
  store: Store;
  clock: Clock;
  dataDir: string;
  scanners: readonly ScannerConfig[];
  inspect: InspectPage;
  writePdf: WritePdf;
  /** Page work of `documents/pages` (`createPageWorker()`); closed with this room. Without it pages stay as scanned. */
  work?: PageWork;
  /** Left out in training. Where the driver is missing, `problems()` says so. */
  sane?: SaneConfig;
  /** Scanners that are neither. */
  extra?: readonly Scanner[];
  finders?: readonly ScannerFinder[];
  /** Look for network scanners by multicast DNS, and remember those that were found. Not in training. */
  network?: boolean;
  heartbeatMs?: number;
  onError?: (error: unknown) => void;
}): Scanning {
  const onError = deps.onError ?? ((error: unknown) => console.error('scanner:', error instanceof Error ? error.message : error));
  const listeners = new Set<() => void>();
  const fixed = [
    ...deps.scanners.map((s) => esclScanner(s.url, { ...(s.id ? { id: s.id } : {}), ...(s.name ? { name: s.name } : {}) })),
    ...(deps.extra ?? []),
  ];
  // Found once, a network scanner stays on the list, switched off or not, until the station forgets it.
  const remembered = (deps.store.get<ScannerConfig[]>('scanner', 'found') ?? []).filter((s) => !fixed.some((f) => f.id === s.id));
  fixed.push(...remembered.map((s) => esclScanner(s.url, { ...(s.id ? { id: s.id } : {}), ...(s.name ? { name: s.name } : {}) })));
  const configured = new Set(deps.scanners.map((s) => s.url));
  const remember = (): void => {
    const found = registry
      .all()
      .flatMap(({ scanner }) =>
        scanner.address && !configured.has(scanner.address) ? [{ id: scanner.id, url: scanner.address, name: scanner.name }] : [],
      );
    if (JSON.stringify(found) !== JSON.stringify(deps.store.get('scanner', 'found') ?? []))
      deps.store.transaction(() => deps.store.set('scanner', 'found', found));
  };
  const discover = async (ms: number): Promise<void> => {
    await registry.discover(ms);
    if (!closed) remember();
  };
  let closed = false;
  const driver = deps.sane
    ? createDriverProcess({ ...(deps.sane.spawn ? { spawn: deps.sane.spawn } : {}), ...(deps.sane.env ? { env: deps.sane.env } : {}) })
    : undefined;
  const sane = driver
    ? [
        saneScanners({
          driver,
          kind: process.platform === 'win32' ? 'wia' : 'sane',
          ...(deps.sane?.settings ? { settings: deps.sane.settings } : {}),
        }),
      ]
    : [];
  const registry = createRegistry({
    fixed,
    finders: [...sane, ...(deps.network ? [mdnsFinder()] : []), ...(deps.finders ?? [])],
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
    ...(deps.work ? { work: deps.work } : {}),
    onError,
  });
  void discover(DISCOVER_MS).catch(onError);

  const asComponentPage = (page: PageRow): ComponentPage => {
    const { better, quarterTurns } = page;
    if (!better) return { kind: 'jpeg', file: sessions.fileOf(page), quarterTurns, dpi: page.dpi };
    const file = path.join(deps.dataDir, better.file);
    return better.kind === 'g4'
      ? { kind: 'g4', file, quarterTurns, dpi: better.dpi, widthPx: better.widthPx, heightPx: better.heightPx }
      : { kind: 'jpeg', file, quarterTurns, dpi: better.dpi };
  };
  const pagesOf = (key: string): ComponentPage[] =>
    sessions
      .pile(key)
      .pages.filter((p) => !p.dropped)
      .map(asComponentPage);

  const fitPdf: Scanning['fitPdf'] = async (pages, file, { title = TITLE, limitBytes }) => {
    const write = (list: readonly ComponentPage[]) => deps.writePdf(list, file, { title, createdAt: deps.clock.now() });
    const written = await write(pages);
    if (written.bytes <= limitBytes) return written;
    // Headers and tables of the file are part of the limit, black-and-white pages cannot shrink.
    const rest = written.bytes - pages.reduce((sum, page) => sum + (page.kind === 'jpeg' ? statSync(page.file).size : 0), 0);
    const pictures = pages.flatMap((page, index) => (page.kind === 'jpeg' ? [{ index, file: page.file, dpi: page.dpi }] : []));
    const copyOf = (index: number) => `${file}.page-${index}.jpg`;
    // Without the image part, or with a page that it cannot take, there is nothing smaller.
    const smaller = await deps.work?.fit(pictures, limitBytes - rest, copyOf).catch((error: unknown) => {
      onError(error);
      return null;
    });
    try {
      if (!smaller) {
        rmSync(file, { force: true });
        return refuse(
          'component-too-large',
          `Tệp quét là ${megabytes(written.bytes)} MB, hệ thống của tỉnh chỉ nhận ${megabytes(limitBytes)} MB, giảm chất lượng vẫn chưa đủ. Hãy bỏ bớt trang, quét trắng đen, hoặc chia thành hai giấy tờ.`,
          `The scan has ${megabytes(written.bytes)} MB, the provincial system takes ${megabytes(limitBytes)} MB, and a lower quality is not enough. Leave pages out, scan in black and white, or make two papers of it.`,
          { limitBytes, bytes: written.bytes },
        );
      }
      const list = pages.map((page, index) => {
        const copy = smaller[pictures.findIndex((p) => p.index === index)];
        return copy ? { kind: 'jpeg' as const, file: copy.file, quarterTurns: page.quarterTurns, dpi: copy.dpi } : page;
      });
      return await write(list);
    } finally {
      for (const index of pictures.keys()) rmSync(copyOf(index), { force: true });
    }
  };

  return {
    sessions,
    scanners: () => registry.all(),
    problems: () => registry.problems(),
    discover: (ms = DISCOVER_MS) => discover(ms),
    check: () => registry.check(),
    onScanners(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    componentPage(pageId) {
      const page = sessions.page(pageId);
      return page && !page.dropped ? asComponentPage(page) : undefined;
    },
    pagesOf,
    buildPdf: (pages, file, title = TITLE) => deps.writePdf(pages, file, { title, createdAt: deps.clock.now() }),
    fitPdf,
    async buildComponent(key, file, { title = TITLE, limitBytes } = {}) {
      const pages = pagesOf(key);
      if (pages.length === 0) {
        return refuse(
          'component-empty',
          'Thành phần này chưa có trang nào. Quét giấy tờ trước.',
          'This component has no pages yet. Scan the paper first.',
        );
      }
      return limitBytes === undefined
        ? deps.writePdf(pages, file, { title, createdAt: deps.clock.now() })
        : fitPdf(pages, file, { title, limitBytes });
    },
    separatorSheet() {
      if (!deps.work) return null;
      const file = path.join(deps.dataDir, 'scans', 'to-ngan-cach.pdf');
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, deps.work.separatorSheet());
      return file;
    },
    async close() {
      closed = true;
      // The driver goes first: a page that hangs in it would hold up its session.
      const ending = sessions.close();
      await driver?.close();
      await ending;
      await registry.close();
    },
  };
}
