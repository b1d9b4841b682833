import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { refuse, type Refusal } from '../../contract/refusal.ts';
import type { Store } from '../../store/index.ts';
import { createBetterPages, type BetterPages, type PageWork } from './better-pages.ts';
import { pageStore, type PageRow, type SessionRow } from './pages.ts';
import type { Registry } from './registry.ts';
import { SENTENCES } from './sentences.ts';
import { ScanTrouble, type ScanOptions, type ScanReason, type ScannedPage } from './types.ts';

/** What a page file says about itself; handed in by `documents`, which knows pictures. */
export type InspectPage = (
  file: string,
) => Promise<{ widthPx: number; heightPx: number; dpi: { x: number; y: number } | null; bytes: number }>;

export type PileEvent =
  | { readonly kind: 'session'; readonly session: SessionRow }
  /** `seen`: nothing changed but what is known of its picture. */
  | { readonly kind: 'page'; readonly page: PageRow; readonly seen?: true }
  | { readonly kind: 'order'; readonly pageIds: readonly string[] };

export interface Sessions extends BetterPages {
  /** Begins a scan into a component and returns at once; repeated with the same command id it has one effect. */
  start(command: { commandId: string; componentKey: string; scannerId?: string; options: ScanOptions }): SessionRow | Refusal;
  /** Ends a running scan; pages already on disk stay. */
  cancel(commandId: string, sessionId: string): SessionRow | Refusal;
  session(id: string): SessionRow | undefined;
  /** Newest scan of a component and all its pages in order, dropped ones included. */
  pile(componentKey: string): { session: SessionRow | null; pages: PageRow[] };
  page(id: string): PageRow | undefined;
  drop(commandId: string, pageId: string, dropped: boolean): PageRow | Refusal;
  rotate(commandId: string, pageId: string, by: number): PageRow | Refusal;
  move(commandId: string, pageId: string, before: string | null): PageRow[] | Refusal;
  countPages(sessionId: string): number;
  /** Absolute path of the picture as it was scanned. */
  fileOf(page: PageRow): string;
  /** The picture a screen shows: the better copy, unless it is one that browsers cannot show. */
  pictureOf(page: PageRow): { path: string; size: number };
  /** Hears what happens to one component, after it was committed. */
  listen(componentKey: string, listener: (event: PileEvent) => void): () => void;
  /** Hears the same of every component. */
  listenAll(listener: (componentKey: string, event: PileEvent) => void): () => void;
  /** Components of scans that an earlier process left open; their pages have been taken in. */
  readonly recovered: Promise<readonly string[]>;
  /** Does a scan run into any component of this draft? */
  scansInto(draftId: string): boolean;
  /** Resolves when no scan is running any more. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

const noPage = (): Refusal =>
  refuse('page-unknown', 'Không tìm thấy trang này. Tải lại danh sách trang.', 'This page is not known. Load the page list again.');
const noSession = (): Refusal =>
  refuse('scan-unknown', 'Không tìm thấy lần quét này. Bắt đầu quét lại.', 'This scan is not known. Start a new one.');

export function createSessions(deps: {
  store: Store;
  dataDir: string;
  registry: Registry;
  inspect: InspectPage;
  work?: PageWork;
  onError: (error: unknown) => void;
}): Sessions {
  const { store, registry } = deps;
  const rows = pageStore(store);
  const running = new Map<string, { abort: AbortController; done: Promise<void>; scannerId: string }>();
  const looking = new Set<Promise<void>>();
  const listeners = new Map<string, Set<(event: PileEvent) => void>>();
  const everywhere = new Set<(componentKey: string, event: PileEvent) => void>();
  let closed = false;
  const folder = (sessionId: string): string => path.join('scans', sessionId);

  const tell = (componentKey: string, event: PileEvent): void => {
    for (const listener of listeners.get(componentKey) ?? []) listener(event);
    for (const listener of everywhere) listener(componentKey, event);
  };
  const tellSession = (id: string): void => {
    const session = rows.session(id);
    if (session) tell(session.componentKey, { kind: 'session', session });
  };
  const tellPage = (id: string, seen = false): PageRow => {
    const page = rows.page(id) as PageRow;
    tell(page.componentKey, { kind: 'page', page, ...(seen ? { seen } : {}) });
    return page;
  };

  const better = createBetterPages({ store, rows, dataDir: deps.dataDir, ...(deps.work ? { work: deps.work } : {}), tellPage, tell });

  const keep = async (session: SessionRow, file: string): Promise<void> => {
    const info = await deps.inspect(file);
    const id = randomUUID();
    store.transaction(() => {
      rows.addPage({
        id,
        sessionId: session.id,
        componentKey: session.componentKey,
        file: path.join(folder(session.id), path.basename(file)),
        bytes: info.bytes,
        widthPx: info.widthPx,
        heightPx: info.heightPx,
        dpi: info.dpi?.x ?? session.options.dpi,
      });
      store.emit('scanner', 'page', { pageId: id, sessionId: session.id });
    });
    tellPage(id);
    tellSession(session.id);
    if (!deps.work) return;
    const look = better
      .look(id, session.options.colour === 'bw')
      .catch(deps.onError)
      .finally(() => looking.delete(look));
    looking.add(look);
  };

  const end = (sessionId: string, state: 'finished' | 'cancelled' | 'stopped', reason: ScanReason | null): void => {
    const ended = store.transaction(() => {
      if (!rows.endSession(sessionId, state, reason)) return false;
      store.emit('scanner', 'session', { sessionId, state, reason });
      return true;
    });
    if (ended) tellSession(sessionId);
  };

  const run = async (session: SessionRow, pages: AsyncIterable<ScannedPage>, signal: AbortSignal): Promise<void> => {
    registry.setBusy(session.scannerId, true);
    let reason: ScanReason | null = null;
    try {
      for await (const page of pages) await keep(session, page.file);
      end(session.id, signal.aborted ? 'cancelled' : 'finished', null);
    } catch (error) {
      if (!signal.aborted) {
        reason = error instanceof ScanTrouble ? error.reason : 'protocol';
        if (!(error instanceof ScanTrouble)) deps.onError(error);
      }
      if (!closed || reason === null) end(session.id, reason === null ? 'cancelled' : 'stopped', reason);
    } finally {
      registry.setBusy(session.scannerId, false);
      if (reason !== null) registry.note(session.scannerId, reason);
    }
  };

  /** A process that was killed left scans open: their whole pages are taken in, half ones removed. */
  const recover = async (): Promise<string[]> => {
    const left = rows.openSessions();
    for (const session of left) {
      const dir = path.join(deps.dataDir, folder(session.id));
      const names = existsSync(dir) ? readdirSync(dir).sort() : [];
      for (const name of names) {
        if (name.endsWith('.part')) rmSync(path.join(dir, name), { force: true });
        else if (!rows.hasFile(path.join(folder(session.id), name))) await keep(session, path.join(dir, name)).catch(deps.onError);
      }
      end(session.id, 'stopped', 'interrupted');
    }
    return left.map((session) => session.componentKey);
  };
  const recovered = recover().catch((error: unknown): string[] => {
    deps.onError(error);
    return [];
  });

  const choose = (id: string | undefined, source: string) => {
    if (id !== undefined) return registry.get(id);
    const able = registry.all().filter((s) => s.capabilities === null || s.capabilities.sources.some((c) => c.source === source));
    return able.find((s) => s.state === 'ready') ?? able.find((s) => s.state !== 'absent') ?? able[0];
  };

  return {
    ...better,
    start({ commandId, componentKey, scannerId, options }) {
      let begin: (() => void) | undefined;
      const answer = store.command<{ sessionId: string } | Refusal>(commandId, 'scanner.start', () => {
        const chosen = choose(scannerId, options.source);
        if (!chosen) {
          return refuse(
            'no-scanner',
            'Quầy này chưa có máy quét nào. Bấm "Tìm máy quét" hoặc nhờ quản trị viên cài đặt.',
            'This counter has no scanner yet. Press "Find scanners" or ask the administrator.',
          );
        }
        const { scanner } = chosen;
        if ([...running.values()].some((r) => r.scannerId === scanner.id))
          return refuse(
            'scan-running',
            'Máy quét đang quét. Chờ xong hoặc bấm dừng rồi quét tiếp.',
            'The scanner is scanning. Wait for it or stop it first.',
          );
        if (closed) return refuse('closing', 'Chương trình đang đóng.', 'The program is closing.');
        const sessionId = randomUUID();
        const dir = path.join(deps.dataDir, folder(sessionId));
        mkdirSync(dir, { recursive: true });
        rows.addSession(sessionId, componentKey, scanner, options);
        store.emit('scanner', 'session', { sessionId, state: 'scanning', reason: null });
        begin = () => {
          const abort = new AbortController();
          const session = rows.session(sessionId) as SessionRow;
          const done = recovered
            .then(() => run(session, scanner.scan(options, dir, abort.signal), abort.signal))
            .catch(deps.onError)
            .finally(() => running.delete(sessionId));
          running.set(sessionId, { abort, done, scannerId: scanner.id });
          tellSession(sessionId);
        };
        return { sessionId };
      });
      begin?.();
      return 'refused' in answer ? answer : (rows.session(answer.sessionId) as SessionRow);
    },
    cancel(commandId, sessionId) {
      const known = store.command(commandId, 'scanner.cancel', () => {
        if (!rows.session(sessionId)) return false;
        if (rows.endSession(sessionId, 'cancelled', null))
          store.emit('scanner', 'session', { sessionId, state: 'cancelled', reason: null });
        return true;
      });
      if (!known) return noSession();
      // The screen is told at once; the device lets go in its own time.
      running.get(sessionId)?.abort.abort();
      tellSession(sessionId);
      return rows.session(sessionId) as SessionRow;
    },
    session: (id) => rows.session(id),
    pile: (componentKey) => ({ session: rows.newestSession(componentKey) ?? null, pages: rows.pages(componentKey) }),
    page: (id) => rows.page(id),
    drop(commandId, pageId, dropped) {
      const known = store.command(commandId, dropped ? 'scanner.drop' : 'scanner.restore', () => {
        if (!rows.page(pageId)) return false;
        rows.setDropped(pageId, dropped);
        store.emit('scanner', 'page', { pageId, dropped });
        return true;
      });
      return known ? tellPage(pageId) : noPage();
    },
    rotate(commandId, pageId, by) {
      const known = store.command(commandId, 'scanner.rotate', () => {
        const page = rows.page(pageId);
        if (!page) return false;
        rows.setTurns(pageId, (((page.quarterTurns + by) % 4) + 4) % 4);
        store.emit('scanner', 'page', { pageId });
        return true;
      });
      return known ? tellPage(pageId) : noPage();
    },
    move(commandId, pageId, before) {
      const answer = store.command<string | Refusal>(commandId, 'scanner.move', () => {
        const page = rows.page(pageId);
        if (!page) return noPage();
        const ids = rows
          .pages(page.componentKey)
          .map((p) => p.id)
          .filter((id) => id !== pageId);
        const at = before === null ? ids.length : ids.indexOf(before);
        if (at < 0) return noPage();
        rows.setOrder(ids.toSpliced(at, 0, pageId));
        store.emit('scanner', 'order', { pageId });
        return page.componentKey;
      });
      if (typeof answer !== 'string') return answer;
      const pages = rows.pages(answer);
      tell(answer, { kind: 'order', pageIds: pages.map((p) => p.id) });
      return pages;
    },
    countPages: rows.countPages,
    pictureOf: (page) =>
      page.better?.kind === 'jpeg'
        ? { path: path.join(deps.dataDir, page.better.file), size: page.better.bytes }
        : { path: path.join(deps.dataDir, page.file), size: page.bytes },
    fileOf: (page) => path.join(deps.dataDir, page.file),
    listen(componentKey, listener) {
      const set = listeners.get(componentKey) ?? new Set();
      listeners.set(componentKey, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0) listeners.delete(componentKey);
      };
    },
    listenAll(listener) {
      everywhere.add(listener);
      return () => void everywhere.delete(listener);
    },
    recovered,
    scansInto: (draftId) => rows.openSessions().some((session) => session.componentKey.startsWith(`${draftId}/`)),
    async idle() {
      await recovered;
      await Promise.all([...running.values()].map((r) => r.done));
      await Promise.all(looking);
    },
    async close() {
      closed = true;
      for (const [id, scan] of running) {
        end(id, 'stopped', 'interrupted');
        scan.abort.abort();
      }
      await recovered;
      await Promise.all([...running.values()].map((r) => r.done));
      await deps.work?.close();
      await Promise.all(looking);
    },
  };
}

/** The reason of a stopped session as the screens show it. */
export const troubleOf = (reason: ScanReason | null) => (reason === null ? null : { reason, ...SENTENCES[reason] });
