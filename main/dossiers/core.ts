import type { DossierView } from '../contract/dossiers.ts';
import { isRefusal, refuse, type Refusal } from '../contract/refusal.ts';
import type { Actor, DossiersDeps } from './deps.ts';
import { outgoingStatus, type OutgoingResult } from './outgoing.ts';
import type { Dossier, HistoryRow } from './record.ts';
import { ENDED, next, STATUS_TEXT, type Action } from './states.ts';
import { dossierStore, type DossierStore } from './store.ts';
import { dossierViewOf, isPending } from './view.ts';

export const unknownDossier = (): Refusal =>
  refuse(
    'dossier-unknown',
    'Không tìm thấy hồ sơ này; hãy tìm lại theo mã hoặc tên.',
    'There is no such dossier; search again by code or name.',
  );

export const notNow = (d: Dossier): Refusal =>
  refuse(
    'not-now',
    `Không làm được việc này khi hồ sơ đang ở trạng thái "${STATUS_TEXT[d.axes.business]}"; hãy xem lịch sử hồ sơ.`,
    'This cannot be done in the present state of the dossier; look at its history.',
    { state: d.axes.business },
  );

/** What the parts of this room share: reading, changing in one transaction, history, and the order of effects. */
export interface Core {
  readonly deps: DossiersDeps;
  readonly rows: DossierStore;
  view(d: Dossier): DossierView;
  /**
   * One command: loads the dossier, lets `work` change it or refuse, writes it with a new revision and tells the screens.
   * A repeated command changes nothing and answers with the dossier as it is.
   */
  change(commandId: string, name: string, id: string, actor: Actor, work: (d: Dossier) => Refusal | void): DossierView | Refusal;
  /** As `change`, without a command: for what other rooms tell. */
  apply(id: string, work: (d: Dossier) => Refusal | void): Refusal | Dossier;
  /** Moves the axes by the table, or refuses. */
  step(d: Dossier, action: Action): Refusal | undefined;
  note(
    d: Dossier,
    actor: Actor,
    action: string,
    what: string,
    detail?: string,
    way?: { from?: string; to?: string; source?: string },
  ): void;
  /** Tells the province a step, unless it never got the dossier. */
  tell(d: Dossier, actor: Actor, text: string, results?: OutgoingResult[]): void;
  /** Prepares outside the transaction what takes time, then commits once; a repeat gets the first answer. */
  once<T>(commandId: string, name: string, prepare: () => Promise<(() => T | Refusal) | Refusal>): Promise<T | Refusal>;
}

class NotYet extends Error {}
const ATTEMPTS = 4;

export function createCore(deps: DossiersDeps): Core {
  const rows = dossierStore(deps.store);
  const running = new Map<string, Promise<unknown>>();

  const write = (d: Dossier): void => {
    d.revision += 1;
    d.savedAt = deps.clock.now();
    rows.save(d);
    // Only ids: boards and other counters may hear this.
    deps.store.emit('dossiers', 'changed', { dossierId: d.id, revision: d.revision });
  };

  const core: Core = {
    deps,
    rows,
    view: (d) => dossierViewOf(d, deps, rows),
    change(commandId, name, id, _actor, work) {
      const answer = deps.store.command(commandId, `dossiers.${name}`, (): Refusal | { ok: true } => {
        const d = rows.get(id);
        if (!d) return unknownDossier();
        const refusal = work(d);
        if (refusal) return refusal;
        write(d);
        return { ok: true };
      });
      if (isRefusal(answer)) return answer;
      const d = rows.get(id);
      return d ? core.view(d) : unknownDossier();
    },
    apply: (id, work) =>
      deps.store.transaction(() => {
        const d = rows.get(id);
        if (!d) return unknownDossier();
        const refusal = work(d);
        if (refusal) return refusal;
        write(d);
        return d;
      }),
    step(d, action) {
      const known = !isPending(d) && (action === 'accept' || d.body.sentRevision > 0);
      const moved = next(d.axes, action, { back: d.body.back, known });
      if (!moved) return notNow(d);
      d.axes = moved;
      // What is done waits for nobody any more.
      if (moved.business === 'finished' || ENDED.has(moved.business)) for (const p of d.body.pauses) p.to ??= deps.clock.now();
      if (ENDED.has(moved.business)) d.body.slipOutdated = false;
      return undefined;
    },
    note(d, actor, action, what, detail = '', way = {}) {
      const row: HistoryRow = {
        at: deps.clock.now(),
        who: actor.name,
        action,
        what,
        detail,
        business: d.axes.business,
        source: way.source ?? `Quầy ${actor.counterId}`,
        from: way.from ?? '',
        to: way.to ?? '',
      };
      rows.note(d.id, row);
      deps.audit({ who: actor.id, what: `dossiers.${action}`, dossierId: d.id, detail: '' });
    },
    tell(d, actor, text, results = []) {
      if (d.body.sentRevision > 0)
        deps.enqueueStatus(outgoingStatus(d, deps.clock.now(), text, actor, deps.documents.head.centre, results));
    },
    async once<T>(commandId: string, name: string, prepare: () => Promise<(() => T | Refusal) | Refusal>): Promise<T | Refusal> {
      const full = `dossiers.${name}`;
      const before = running.get(commandId);
      if (before) return before as Promise<T | Refusal>;
      const work = (async (): Promise<T | Refusal> => {
        try {
          // Answered in an earlier life of the program?
          return deps.store.command<T | Refusal>(commandId, full, () => {
            throw new NotYet();
          });
        } catch (error) {
          if (!(error instanceof NotYet)) throw error;
        }
        // Meanwhile the province may have answered, or a colleague have written: what was prepared is prepared anew.
        for (let attempt = 1; ; attempt += 1) {
          const commit = await prepare();
          try {
            return deps.store.command<T | Refusal>(commandId, full, () => {
              const answer = isRefusal(commit) ? commit : commit();
              if (attempt < ATTEMPTS && isRefusal(answer) && answer.refused === 'changed-meanwhile') throw new NotYet();
              return answer;
            });
          } catch (error) {
            if (!(error instanceof NotYet)) throw error;
          }
        }
      })();
      running.set(commandId, work);
      try {
        return await work;
      } finally {
        running.delete(commandId);
      }
    },
  };
  return core;
}

/** Saves inside a running transaction; for the parts that commit by `once`. */
export function saveIn(core: Core, d: Dossier): void {
  d.revision += 1;
  d.savedAt = core.deps.clock.now();
  core.rows.save(d);
  core.deps.store.emit('dossiers', 'changed', { dossierId: d.id, revision: d.revision });
}
