import { createHash } from 'node:crypto';
import { refuse, type Refusal } from '../contract/refusal.ts';
import type { Clock, Store } from '../store/index.ts';
import type { Adapter, Citizen } from './adapters/adapter.ts';
import { asProblem } from './problems.ts';

export interface LookUpQuestion {
  readonly officer: { readonly id: string; readonly name: string };
  /** Why, in the officer's words or the procedure's name. */
  readonly reason: string;
  readonly dossierId: string | null;
  readonly idNumber: string;
}

/**
 * Looking up a citizen. The row (who, why, which dossier) is written before the question leaves, so that a look-up without a trace
 * cannot happen; the number itself is kept as a hash.
 */
export function createLookUps(deps: { store: Store; clock: Clock; adapter(): Adapter }) {
  const { store, clock } = deps;
  const add = store.db.prepare(
    'insert into delivery_lookup (at, officer_id, officer_name, reason, dossier_id, subject_sha256, outcome) values (?, ?, ?, ?, ?, ?, ?)',
  );
  const outcome = store.db.prepare('update delivery_lookup set outcome = ? where id = ?');
  const list = store.db.prepare(
    'select at, officer_id as officerId, officer_name as officerName, reason, dossier_id as dossierId, outcome from delivery_lookup order by id desc limit ?',
  );
  return {
    async ask(question: LookUpQuestion, signal: AbortSignal): Promise<{ person: Citizen | null } | Refusal> {
      if (question.reason.trim().length < 3)
        return refuse('reason-needed', 'Hãy ghi lý do tra cứu công dân.', 'Say why this citizen is looked up.');
      const subject = createHash('sha256').update(question.idNumber).digest('hex');
      const id = store.transaction(() =>
        Number(
          add.run(clock.now(), question.officer.id, question.officer.name, question.reason.trim(), question.dossierId, subject, 'asked')
            .lastInsertRowid,
        ),
      );
      const note = (word: string) => store.transaction(() => void outcome.run(word, id));
      try {
        const person = await deps.adapter().lookUp(question.idNumber, signal);
        note(person ? 'found' : 'unknown');
        return { person };
      } catch (error) {
        const problem = asProblem(error);
        note(problem.word);
        if (problem.facts.reasonCode === 'no-look-up')
          return refuse(
            'no-look-up',
            'Hệ thống tỉnh này không cho tra cứu dân cư. Hãy nhập theo giấy tờ của công dân.',
            'This province offers no look-up of citizens. Enter what the papers say.',
          );
        return refuse(
          'look-up-failed',
          'Chưa tra cứu được dữ liệu dân cư. Hãy nhập theo giấy tờ và tra cứu lại sau.',
          'The population data cannot be asked now. Enter what the papers say and look up later.',
        );
      }
    },
    recent: (limit: number) =>
      list.all(limit) as {
        at: number;
        officerId: string;
        officerName: string;
        reason: string;
        dossierId: string | null;
        outcome: string;
      }[],
  };
}

export type LookUps = ReturnType<typeof createLookUps>;
