import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { Clock } from '../store/index.ts';
import type { Adapter, CheckedFile, Heard, SentDossier } from './adapters/adapter.ts';
import type { Batch } from './batch.ts';
import { codeKey } from './codes.ts';
import type { CanonicalDossier, CanonicalFile, CanonicalStatus } from './canonical.ts';
import { checkFile } from './files.ts';
import type { FileRow, Item, Outbox } from './outbox.ts';
import { ProvinceProblem, asProblem } from './problems.ts';

/** What an item carries, frozen. A dossier may bring the status that goes with its reception. */
export type Content = { dossier: CanonicalDossier; status: CanonicalStatus | null } | { dossier: null; status: CanonicalStatus };

export interface Progress {
  filesDone: number;
  filesTotal: number;
  bytesDone: number;
  bytesTotal: number;
}

export interface DeliverDeps {
  readonly outbox: Outbox;
  readonly batch: Batch;
  readonly clock: Clock;
  /** Data folder; the manifest's paths are relative to it. */
  readonly root: string;
  adapter(): Adapter;
  pace(item: Item): ((bytes: number) => Promise<void>) | null;
  onProgress(item: Item, progress: Progress): void;
  /** Inside the transaction that notes the province's acknowledgement. */
  acknowledged(item: Item, sent: SentDossier): void;
  /** Inside a transaction: gives the dossier its official code, once and for ever. */
  giveCode(dossierId: string, code: string): void;
  /** Inside the transaction that closes an item. */
  finished(item: Item): void;
}

/** Thrown by `deliver`: the problem, and whether the request under way may have been carried out. */
export class Undelivered extends Error {
  readonly problem: ProvinceProblem;
  readonly maybeSent: boolean;
  constructor(problem: ProvinceProblem, maybeSent: boolean) {
    super(problem.message);
    this.problem = problem;
    this.maybeSent = maybeSent;
  }
}

const EVIDENCE_BYTES = 64 * 1024;
const current = new AsyncLocalStorage<Heard[]>();
/** Hand this to an adapter as `heard`: what it hears goes to the item that is being delivered in this flow. */
export const hear = (heard: Heard): void => void current.getStore()?.push(heard);
/** Runs work outside any item and gives what was heard. */
export const listening = async <T>(heard: Heard[], work: () => Promise<T>): Promise<T> => current.run(heard, work);

const CREATE = 0;
const PROGRESS = 1;
/** 2 is the status itself. */
const DONE = 3;
const WHAT = ['create', 'progress', 'status'] as const;
const SUFFIX = ['', '/tien-trinh', '/trang-thai'] as const;

/** Key of one request of an item; the same for every try. */
export const stepKey = (item: Pick<Item, 'key'>, step: number) => item.key + (SUFFIX[step] ?? '');

/**
 * Carries one item to the province from wherever it was left. Every request that changes something there is announced in our
 * database first (`maybe_sent`), and a request whose outcome is not known is asked about by key before it is made again.
 * @throws Undelivered
 */
export async function deliver(deps: DeliverDeps, first: Item, signal: AbortSignal): Promise<void> {
  const heard: Heard[] = [];
  const state = { armed: false, maybeSent: first.maybeSent };
  try {
    await current.run(heard, () => steps(deps, first, signal, heard, state));
  } catch (error) {
    const problem = asProblem(error);
    const maybeSent = state.armed ? (problem.facts.mayHaveArrived ?? false) : state.maybeSent;
    if (heard.length > 0) await deps.batch.run(() => write(deps, first.seq, heard)).catch(() => undefined);
    throw new Undelivered(problem, maybeSent);
  }
}

/** Notes what was heard; inside a transaction. */
export function write(deps: Pick<DeliverDeps, 'outbox' | 'clock'>, seq: number | null, heard: Heard[]): void {
  for (const h of heard.splice(0)) {
    const reply = h.reply.length > EVIDENCE_BYTES ? h.reply.slice(0, EVIDENCE_BYTES) : h.reply;
    deps.outbox.addEvidence(seq, {
      at: deps.clock.now(),
      step: h.step,
      key: h.key,
      status: h.status,
      reply,
      replySha256: createHash('sha256').update(h.reply).digest('hex'),
      tookMs: h.tookMs,
      outcome: h.outcome,
    });
  }
}

async function steps(
  deps: DeliverDeps,
  item: Item,
  signal: AbortSignal,
  heard: Heard[],
  state: { armed: boolean; maybeSent: boolean },
): Promise<void> {
  const { outbox, batch, clock } = deps;
  const adapter = deps.adapter();
  const content = JSON.parse(item.content) as Content;
  let step = item.step;

  /** One transaction: what was heard, and where the item stands now. `armed`: the next request is about to leave. */
  const note = async (itemState: 'ready' | 'sending' | 'submitted', next: number, armed: boolean, more?: () => void) => {
    await batch.run(() => {
      write(deps, item.seq, heard);
      more?.();
      outbox.phase(item.seq, itemState, next, armed, clock.now());
    });
    step = next;
    state.armed = armed;
    state.maybeSent = armed;
  };
  const close = async (more?: () => void) => {
    await batch.run(() => {
      write(deps, item.seq, heard);
      more?.();
      outbox.done(item.seq, DONE, clock.now());
      deps.finished(item);
    });
    step = DONE;
    state.armed = false;
    state.maybeSent = false;
  };
  const after = (done: number) => (done === CREATE && content.status === null ? DONE : done + 1);
  const code = () => {
    const row = outbox.dossier(item.dossierId);
    return row?.officialCode ?? row?.provisionalCode ?? '';
  };
  const find = () =>
    adapter.find(
      { key: stepKey(item, step), code: code(), what: WHAT[step] ?? 'status', dossier: content.dossier, status: content.status },
      signal,
    );
  /** Steps that carry no files can be announced in the transaction that notes the step before: half the disk flushes. */
  const bare = (next: number) => next === PROGRESS || outbox.files(item.seq).every((f) => f.remoteId !== null);
  /** The request of the current step was carried out, now or earlier. */
  const carriedOut = async (sent: SentDossier) => {
    const next = after(step);
    const more = step === CREATE ? () => deps.acknowledged(item, sent) : undefined;
    if (next === DONE) return close(more);
    await note('submitted', next, bare(next), more);
  };
  /** What was learned and goes into the next transaction. */
  const pending: (() => void)[] = [];

  if (content.dossier === null && step === CREATE) step = PROGRESS;
  if (state.maybeSent) {
    const found = await find();
    if (found) await carriedOut(found);
    else await note('sending', step, false);
    if (step === DONE) return;
  }
  if (step === DONE) return close();

  for (;;) {
    const here: number = step;
    if (here === DONE) return;
    if (here === CREATE) await ensureCode(deps, item, adapter, pending, signal);
    const remoteId = here === PROGRESS ? () => '' : await ensureFiles(deps, item, here, adapter, signal, heard, pending);
    if (!state.armed) await note('submitted', here, true, () => pending.splice(0).forEach((work) => work()));
    let sent: SentDossier = { officialCode: code(), remoteAt: null };
    try {
      if (here === CREATE && content.dossier) {
        sent = await adapter.create(
          { key: stepKey(item, here), revision: item.revision, code: code(), dossier: content.dossier, remoteId },
          signal,
        );
      } else if (content.status) {
        const request = { key: stepKey(item, here), code: code(), status: content.status, remoteId };
        await (here === PROGRESS ? adapter.progress(request, signal) : adapter.status(request, signal));
      }
    } catch (error) {
      const problem = asProblem(error);
      if (problem.facts.httpStatus !== 409) throw error;
      // "Already there": ours, if the province knows the key; then it was carried out and the reply was lost.
      const found = await find();
      if (!found) throw adapter.knowsReason(problem.facts.reasonCode) ? error : new ProvinceProblem('fault', 'conflict', problem.facts);
      sent = found;
    }
    await carriedOut(sent);
  }
}

async function ensureCode(deps: DeliverDeps, item: Item, adapter: Adapter, pending: (() => void)[], signal: AbortSignal): Promise<void> {
  const row = deps.outbox.dossier(item.dossierId);
  if (!row || row.officialCode) return;
  // A province that honours keys gives the same number to a repeated question, also to the one at the acceptance whose answer was lost.
  const code = await adapter.nextCode(row.agency, codeKey(item.dossierId, row.day), { signal });
  if (code === null) {
    throw new ProvinceProblem('refused', 'no official code', {
      reason: 'Hệ thống tỉnh này không cấp mã. Hãy ghi mã hồ sơ chính thức cho hồ sơ rồi gửi lại.',
      reasonCode: 'no-code',
    });
  }
  // Noted before anything else leaves for the province, in the same transaction as what leaves.
  pending.push(() => deps.giveCode(item.dossierId, code));
}

async function ensureFiles(
  deps: DeliverDeps,
  item: Item,
  step: number,
  adapter: Adapter,
  signal: AbortSignal,
  heard: Heard[],
  pending: (() => void)[],
): Promise<(file: CanonicalFile) => string> {
  const { outbox, batch, clock } = deps;
  const rows = outbox.files(item.seq);
  const progress: Progress = { filesDone: 0, filesTotal: rows.length, bytesDone: 0, bytesTotal: rows.reduce((n, r) => n + r.size, 0) };
  const ids = new Map<string, string>();
  let announced = false;
  let base = 0;
  for (const row of rows) {
    let remoteId = row.remoteId ?? ids.get(row.sha256) ?? outbox.remoteIdOf(item.dossierId, row.sha256);
    if (remoteId === null) {
      if (!announced) {
        announced = true;
        await batch.run(() => {
          write(deps, item.seq, heard);
          pending.splice(0).forEach((work) => work());
          outbox.phase(item.seq, 'sending', step, false, clock.now());
        });
      }
      remoteId = await uploadOne(row, base);
      await batch.run(() => {
        write(deps, item.seq, heard);
        outbox.fileSent(row.itemSeq, row.ordinal, remoteId as string);
      });
    }
    ids.set(row.sha256, remoteId);
    base += row.size;
    progress.filesDone += 1;
    progress.bytesDone = base;
    deps.onProgress(item, { ...progress });
  }
  return (file) => ids.get(file.sha256) ?? '';

  async function uploadOne(row: FileRow, from: number): Promise<string> {
    const file: CheckedFile = await checkFile(deps.root, row);
    let url = row.uploadUrl;
    const sent = await adapter.upload(file, {
      signal,
      pace: deps.pace(item),
      memory: {
        get url() {
          return url;
        },
        remember(next) {
          url = next;
          void batch.run(() => outbox.fileUrl(row.itemSeq, row.ordinal, next)).catch(() => undefined);
        },
      },
      onProgress(bytes) {
        progress.bytesDone = from + bytes;
        deps.onProgress(item, { ...progress });
      },
    });
    return sent.remoteId;
  }
}
