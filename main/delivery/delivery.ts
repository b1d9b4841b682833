import { refuse, type Refusal } from '../contract/refusal.ts';
import type { Clock, Store } from '../store/index.ts';
import type { Adapter } from './adapters/adapter.ts';
import { createAdapter } from './adapters/index.ts';
import { systemTimers, type Random, type Timers } from './backoff.ts';
import { createBatch } from './batch.ts';
import { createCodes, type CodeQuestion } from './codes.ts';
import { createDaily } from './daily.ts';
import { createDesk } from './desk.ts';
import { provinceConfig, type ProvinceConfig, type ProvinceConfigInput } from './config.ts';
import { hear, type Content, type Progress } from './deliver.ts';
import { createIntake } from './intake.ts';
import { createKeeping, keepingPath, loadKeeping } from './keeping.ts';
import { createLookUps, type LookUpQuestion } from './lookups.ts';
import { createMoving } from './moving.ts';
import { createOutbox, type Item } from './outbox.ts';
import { ProvinceProblem, asProblem, type Why } from './problems.ts';
import { createReconciliation, type Run } from './reconcile.ts';
import { createRemote, type RemoteNews } from './remote.ts';
import type { Secrets } from './secrets.ts';
import { createSender } from './sender.ts';
import { createStuck } from './stuck.ts';
import type { Transport } from './transport.ts';
import { createPacer } from './uploads/limit.ts';
import { createView, type OutboxRow, type OutboxSummary } from './view.ts';

export interface Acknowledged {
  readonly dossierId: string;
  readonly revision: number;
  readonly officialCode: string;
  readonly provisionalCode: string | null;
  readonly at: number;
}

export interface DeliveryDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** Files of the manifests are under this folder. */
  readonly dataDir: string;
  /** Null: not configured yet; dossiers are kept. */
  readonly province: ProvinceConfigInput | null;
  readonly secrets: Secrets;
  /** Own wire (tests, simulations); else HTTP(S) by the configuration. */
  readonly transport?: Transport;
  readonly timers?: Timers;
  readonly random?: Random;
  /** Called inside the transaction that notes it: what it writes is committed together with it, or not at all. */
  readonly onAcknowledged?: (ack: Acknowledged) => void;
  /** Everything of this dossier that was put in has reached the province. Inside the transaction. */
  readonly onSettled?: (dossierId: string) => void;
  /** An official code replaced a provisional one, once and for ever. Inside the transaction. */
  readonly onMapped?: (dossierId: string, officialCode: string, provisionalCode: string | null) => void;
  /** The daily comparison found it the same on both sides. Inside the transaction. */
  readonly onReconciled?: (dossierId: string) => void;
  /** The province (or a changed file) stopped a dossier: the officer's inbox. Inside the transaction. */
  readonly onHeld?: (dossierId: string, reason: { vi: string; en: string }) => void;
  /** A status, a result or a supplement request came from the province (or was taken over in a reconciliation). Inside the transaction. */
  readonly onNews?: (news: RemoteNews) => void;
  readonly onError?: (error: unknown) => void;
  /** Name of this station, written into exported parcels. */
  readonly station?: string;
  /** News every `pollMs` (default a minute) and the comparison from `reconcileAt` (default 17:30), a look for stuck work; null: nothing by the clock, only when asked. */
  readonly daily?: { pollMs?: number; reconcileAt?: string } | null;
}

/** Joins the outbox, the sender and a back end. See README for the face; `start` begins to send, `close` stops within one request. */
export function createDelivery(deps: DeliveryDeps) {
  const { store, clock } = deps;
  const config: ProvinceConfig | null = deps.province === null ? null : provinceConfig.parse(deps.province);
  const outbox = createOutbox(store);
  const batch = createBatch(store, deps.timers ? 0 : 3);
  const random = deps.random ?? Math.random;
  const timers = deps.timers ?? systemTimers;
  const progress = new Map<number, Progress>();
  const listeners = new Set<(seq: number | null) => void>();
  const changed = (seq: number | null) => listeners.forEach((l) => l(seq));
  const stopping = new AbortController();

  const adapter: Adapter | null =
    config &&
    createAdapter(config, { clock, secrets: deps.secrets, ...(deps.transport ? { transport: deps.transport } : {}), heard: hear });
  const need = (): Adapter => {
    if (!adapter) throw new ProvinceProblem('blocked', 'not configured', { reasonCode: 'not-configured' });
    return adapter;
  };
  const bulkHours = config?.bulk.from && config.bulk.to ? { from: config.bulk.from, to: config.bulk.to } : null;
  const pacer = config?.bulk.bytesPerSecond ? createPacer(config.bulk.bytesPerSecond, clock, timers) : null;

  const codes = createCodes({
    store,
    outbox,
    clock,
    timers,
    stopping: stopping.signal,
    adapter,
    sender: () => sender,
    remote: () => remote,
    onMapped: deps.onMapped,
  });
  const giveCode = (dossierId: string, code: string): void => codes.give(dossierId, code);

  const sender = createSender({
    store,
    outbox,
    batch,
    clock,
    timers,
    random,
    parallel: config?.parallel ?? 1,
    capMs: config?.retryCapMs ?? 60_000,
    bulkHours,
    ready: () => adapter !== null,
    onChange: changed,
    onLine: () => changed(null),
    onHeld(item: Item, why: Why) {
      const row = view.row(outbox.bySeq(item.seq) ?? item);
      deps.onHeld?.(item.dossierId, row.why);
      store.emit('delivery', 'held', { dossierId: item.dossierId, id: item.id, word: why.word });
    },
    deliver: {
      outbox,
      batch,
      clock,
      root: deps.dataDir,
      adapter: need,
      pace: (item) => (item.lane === 2 && pacer ? pacer : null),
      onProgress(item, at) {
        progress.set(item.seq, at);
        changed(item.seq);
      },
      giveCode,
      acknowledged(item, sent) {
        if (sent.officialCode) giveCode(item.dossierId, sent.officialCode);
        outbox.ackedRevision(item.dossierId, item.revision);
        const row = outbox.dossier(item.dossierId);
        const ack = {
          dossierId: item.dossierId,
          revision: item.revision,
          officialCode: row?.officialCode ?? '',
          provisionalCode: row?.provisionalCode ?? null,
          at: clock.now(),
        };
        deps.onAcknowledged?.(ack);
        store.emit('delivery', 'acknowledged', { dossierId: item.dossierId, revision: item.revision });
      },
      finished(item) {
        progress.delete(item.seq);
        const content = JSON.parse(item.content) as Content;
        if (content.status) remote.note(item.dossierId, 'business', String(content.status.status), 'counter', content.status.at);
        remote.note(item.dossierId, 'sync', 'Tỉnh đã nhận', 'province', clock.now());
        store.emit('delivery', 'closed', { dossierId: item.dossierId, id: item.id });
        if (outbox.ofDossier(item.dossierId).every((other) => other.open === 0 || other.seq === item.seq)) deps.onSettled?.(item.dossierId);
      },
    },
  });
  const remote = createRemote({
    store,
    outbox,
    clock,
    dataDir: deps.dataDir,
    agency: config?.agency ?? '',
    adapter: need,
    onNews: deps.onNews,
    changed: () => changed(null),
  });
  const intake = createIntake({
    store,
    outbox,
    clock,
    dataDir: deps.dataDir,
    largeBytes: config?.bulk.largeBytes ?? 4 * 1024 * 1024,
    giveCode,
  });

  const reconciliation = createReconciliation({
    store,
    outbox,
    remote,
    intake,
    clock,
    agency: config?.agency ?? '',
    adapter: need,
    changed: () => changed(null),
    onSame: (dossierId) => deps.onReconciled?.(dossierId),
    onTaken: (dossierId, status) =>
      deps.onNews?.({
        dossierId,
        code: outbox.dossier(dossierId)?.officialCode ?? '',
        kind: 'status',
        status,
        value: null,
        text: '',
        at: clock.now(),
        files: [],
      }),
  });
  const stuck = createStuck({ outbox, sender, clock, timers, bulkHours, changed: () => changed(null) });
  const view = createView({
    outbox,
    sender,
    clock,
    progress,
    bulkHours,
    openDifferences: reconciliation.openCount,
    unseenInbox: remote.unseen,
    stuck: stuck.now,
  });
  const desk = createDesk({
    store,
    outbox,
    sender,
    view,
    remote,
    clock,
    secrets: deps.secrets,
    stopping: stopping.signal,
    adapter: need,
    changed: () => changed(null),
  });
  const moving = createMoving({
    store,
    outbox,
    sender,
    clock,
    dataDir: deps.dataDir,
    station: deps.station ?? '',
    changed: () => changed(null),
  });
  const lookUps = createLookUps({ store, clock, adapter: need });
  const keeping = createKeeping({ store, outbox, clock, rules: loadKeeping(config?.keepingFile ?? keepingPath) });
  const daily =
    deps.daily === null || adapter === null
      ? null
      : createDaily({
          clock,
          timers,
          random,
          sender,
          remote,
          reconciliation,
          tidy: () => keeping.tidy(),
          hasDay: (day) => outbox.hasDay(day),
          arrivedSince: (day, at) => outbox.arrivedSince(day, at),
          options: { pollMs: deps.daily?.pollMs ?? 60_000, reconcileAt: deps.daily?.reconcileAt ?? '17:30' },
          onError: (error) => deps.onError?.(error),
        });

  let nudged = false;
  /** The officer's call returns first; the loop looks afterwards. */
  function nudge(): void {
    if (nudged) return;
    nudged = true;
    setImmediate(() => {
      nudged = false;
      sender.pump();
    });
  }
  /** Heard after the caller's transaction is committed: before that the loop would find nothing. */
  const unsubscribe = store.subscribe((event) => {
    if (event.room !== 'delivery') return;
    if (event.kind === 'queued') {
      const item = outbox.byId((event.payload as { id: string }).id);
      if (item) changed(item.seq);
      nudge();
    }
  });

  const api = {
    ...intake,

    /** See `codes.ts`: within two and a half seconds, or take a provisional number. */
    nextDossierCode: (agencyCode: string, question?: CodeQuestion) => codes.next(agencyCode, question),

    start(): void {
      store.transaction(() => outbox.restart());
      sender.start(store.get<boolean>('delivery', 'paused') ?? false);
      daily?.start();
      if (deps.daily !== null) stuck.start();
    },
    async close(): Promise<void> {
      stopping.abort();
      unsubscribe();
      stuck.close();
      await daily?.close();
      await sender.close();
      adapter?.close();
    },
    summary: (): OutboxSummary => view.summary(),
    rows: (): { rows: OutboxRow[]; more: boolean } => view.rows(),
    /** Hears the outbox's row that changed (its sequence number), or null for the line as a whole. */
    onChange(listener: (seq: number | null) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    /** Resolves when nothing is unsent (held work does not count), or throws after `ms`. For walkthroughs and tests. */
    async drained(ms: number): Promise<void> {
      const until = Date.now() + ms;
      while (outbox.anySendable() || !sender.idle()) {
        if (Date.now() > until)
          throw new Error(
            `the outbox did not drain within ${ms} ms: ${view
              .rows()
              .rows.map((r) => `${r.state} ${r.why.en}`)
              .slice(0, 3)
              .join(' | ')}`,
          );
        await new Promise((resolve) => setTimeout(resolve, 15));
      }
    },
    desk,
    moving,
    reconciliation,
    /** Looks a citizen up at the national population data; recorded before it leaves. */
    lookUp: (question: LookUpQuestion) => lookUps.ask(question, AbortSignal.any([stopping.signal, AbortSignal.timeout(10_000)])),
    lookUps: lookUps.recent,
    remote: {
      axes: remote.axes,
      inbox: remote.inbox,
      seen: remote.seen,
      unseen: remote.unseen,
      file: (id: string, sha256: string) => remote.file(id, sha256),
      poll: () => remote.poll(stopping.signal),
    },
    /** Compares a day with the province now. A refusal says why it could not be asked. */
    async reconcile(day: string): Promise<Run | Refusal> {
      try {
        return await reconciliation.run(day, AbortSignal.any([stopping.signal, AbortSignal.timeout(60_000)]));
      } catch (error) {
        const problem = asProblem(error);
        sender.learned(problem);
        return refuse(
          'province-unreachable',
          'Chưa hỏi được danh sách của tỉnh. Sẽ tự đối chiếu khi có kết nối.',
          'The list of the province cannot be asked now. It is compared when the line is back.',
        );
      }
    },
    /** After `desk.pause`, `desk.resume` and `desk.retryNow` were committed: makes the sender follow. */
    follow(): void {
      const wanted = store.get<boolean>('delivery', 'paused') ?? false;
      if (wanted && !sender.isPaused()) sender.pause();
      else if (!wanted && sender.isPaused()) sender.resume();
    },
    hurry: () => sender.hurry(),
    /** For tests, benches and soaks, which look inside and play the officer. */
    parts: { outbox, sender },
    /** For `doctor`: the line in words, how far the province's clock is off (ms, null when unknown), unsent work whose outcome is not known. */
    health: () => ({
      line: view.summary().line,
      clockSkewMs: adapter?.clockSkewMs() ?? null,
      unknown: outbox.unknownCount(),
      local: sender.local(),
    }),
  };
  return api;
}

export type Delivery = ReturnType<typeof createDelivery>;
