import type { z } from 'zod';
import type { outboxRow, outboxSummary } from '../contract/delivery.ts';
import { businessDay, fromVietnam, type Clock } from '../store/index.ts';
import type { Progress } from './deliver.ts';
import type { Item, Outbox } from './outbox.ts';
import { bulkWindow, type Sender } from './sender.ts';
import type { Stuck } from './stuck.ts';
import {
  citizenWords,
  labelText,
  lineWords,
  shownState,
  stateWords,
  stuckWords,
  summaryTone,
  remedyWords,
  whyWords,
  type Seen,
  type ShownState,
} from './words.ts';

export type OutboxRow = z.infer<typeof outboxRow>;
export type OutboxSummary = z.infer<typeof outboxSummary>;
export const LIST_LIMIT = 500;

export interface ViewDeps {
  readonly outbox: Outbox;
  readonly sender: Sender;
  readonly clock: Clock;
  readonly progress: ReadonlyMap<number, Progress>;
  readonly bulkHours: { from: string; to: string } | null;
  openDifferences(): number;
  unseenInbox(): number;
  /** Work that waits too long although the line is up. */
  stuck(): Stuck | null;
}

/** Rows and counts as screens see them, made from the database and what the sender knows at this moment. */
export function createView(deps: ViewDeps) {
  const { outbox, sender, clock } = deps;

  function seen(item: Item): Seen {
    const now = clock.now();
    const dossier = outbox.dossier(item.dossierId);
    const window = bulkWindow(deps.bulkHours, now);
    return {
      item,
      now,
      flying: sender.flying(item.seq),
      progress: deps.progress.get(item.seq) ?? null,
      waitsForOrder: item.open === 1 && outbox.waitsForOrder(item),
      provisional: (dossier?.officialCode ?? null) === null,
      line: sender.line(),
      paused: sender.isPaused(),
      local: sender.local(),
      bulkOpensAt: item.lane === 2 && !window.open ? window.opensAt : null,
    };
  }

  function row(item: Item): OutboxRow {
    const facts = seen(item);
    const dossier = outbox.dossier(item.dossierId);
    const state = shownState(facts);
    const words = stateWords(state, facts);
    const p = facts.progress;
    return {
      id: item.id,
      dossierId: item.dossierId,
      revision: item.revision,
      kind: item.kind,
      kindText: labelText(item.label),
      code: dossier?.officialCode ?? dossier?.provisionalCode ?? '',
      provisionalCode: dossier?.provisionalCode ?? null,
      officialCode: dossier?.officialCode ?? null,
      procedureName: dossier?.procedureName ?? '',
      applicantName: dossier?.applicantName ?? '',
      state,
      stateText: words.text,
      tone: words.tone,
      why: whyWords(state, facts),
      remedy: remedyWords(state, facts),
      progress:
        p && p.filesTotal > 0 && item.open === 1
          ? { ...p, percent: p.bytesTotal === 0 ? 100 : Math.min(100, Math.floor((p.bytesDone / p.bytesTotal) * 100)) }
          : null,
      attempts: item.attempts,
      nextRetryAt: state === 'waiting-retry' ? item.nextAt : null,
      enqueuedAt: item.enqueuedAt,
      acknowledgedAt: item.ackedAt,
      needsPerson: state === 'refused' || state === 'needs-file' || state === 'waiting-sign-in',
    };
  }

  function summary(): OutboxSummary {
    const now = clock.now();
    const line = sender.line();
    const { unsent, oldestAt } = outbox.counts();
    const needsPerson = line.word === 'sign-in' ? unsent : outbox.heldCount();
    const stuck = deps.stuck();
    const oldest = stuck && outbox.bySeq(stuck.seq);
    return {
      unsent,
      oldestAt,
      needsPerson,
      acknowledgedToday: outbox.ackedSince(fromVietnam(businessDay(now))),
      differences: deps.openDifferences(),
      inbox: deps.unseenInbox(),
      paused: sender.isPaused(),
      tone: summaryTone({ unsent, needsPerson, stuck: stuck !== null, line: line.word, paused: sender.isPaused() }),
      alert: stuck && oldest ? stuckWords(stuck.count, stuck.since, row(oldest).why) : null,
      line: {
        state: sender.isPaused() ? 'paused' : line.word,
        since: line.since,
        nextTryAt: line.notBefore > now ? line.notBefore : null,
        text: lineWords(line, sender.isPaused(), now),
      },
    };
  }

  return {
    row,
    summary,
    citizen: (state: ShownState) => citizenWords(state),
    rows: () => {
      const items = outbox.listOpen(LIST_LIMIT + 1);
      const rows = items.slice(0, LIST_LIMIT).map(row);
      return {
        rows: rows.sort((a, b) => Number(b.needsPerson) - Number(a.needsPerson) || a.enqueuedAt - b.enqueuedAt),
        more: items.length > LIST_LIMIT,
      };
    },
  };
}

export type View = ReturnType<typeof createView>;
