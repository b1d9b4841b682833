import type { DossierView } from '../contract/dossiers.ts';
import { isRefusal, refuse, type Refusal } from '../contract/refusal.ts';
import { changedMeanwhile } from './accept.ts';
import { saveIn, unknownDossier, type Core } from './core.ts';
import type { Actor } from './deps.ts';
import { formOf } from './papers.ts';
import type { Dossier } from './record.ts';

/** Everything that one citizen handed in on one ticket. */
export function visits(core: Core) {
  const { deps, rows } = core;

  /** The dossiers of this one's visit that were taken in, in the order of their acceptance; another person's are not among them. */
  const takenIn = (d: Dossier): Dossier[] =>
    (d.ticket ? rows.takenInIdsOfTicket(d.ticket.id) : [d.id])
      .flatMap((id) => rows.get(id) ?? [])
      .filter((one) => one.receivedAt !== null && one.axes.business !== 'refused' && samePerson(one, d))
      .sort((a, b) => (a.receivedAt ?? 0) - (b.receivedAt ?? 0));

  return {
    /** One receipt for the whole visit, kept among the papers of the dossier that it was asked from. */
    async visitReceipt(commandId: string, id: string, actor: Actor): Promise<DossierView | Refusal> {
      const answer = await core.once<{ receiptId: string }>(commandId, 'visitReceipt', async () => {
        const d = rows.get(id);
        if (!d) return unknownDossier();
        const all = takenIn(d);
        if (all.length < 2)
          return refuse(
            'one-dossier',
            'Lượt này mới tiếp nhận một hồ sơ; giấy tiếp nhận của hồ sơ đó đã đủ.',
            'Only one dossier was taken in on this visit; its own receipt is enough.',
          );
        const forms = all.map((one) => formOf(one, deps, { ...actor, name: one.acceptedBy ?? actor.name }));
        const file = deps.documents.files.put(await deps.documents.visitReceipt(forms, deps.clock.now()));
        return () => {
          const now = rows.get(id);
          if (!now || now.code !== d.code) return changedMeanwhile();
          const name = `Giấy tiếp nhận chung ${all.length} hồ sơ`;
          const made = deps.documents.add({ dossierId: id, kind: 'receipt', name, file, by: actor.name });
          saveIn(core, now);
          core.note(now, actor, 'visitReceipt', 'Lập giấy tiếp nhận chung', `${all.length} hồ sơ`);
          return { receiptId: made.id };
        };
      });
      if (isRefusal(answer)) return answer;
      deps.documents.print(`${commandId}-print`, answer.receiptId);
      const d = rows.get(id);
      return d ? core.view(d) : unknownDossier();
    },
    /** How many dossiers of this visit were taken in for the same person. */
    visitCount(id: string): number {
      const d = rows.get(id);
      return d ? takenIn(d).length : 0;
    },
  };
}

const samePerson = (a: Dossier, b: Dossier): boolean => a.body.applicant.idNumber?.value === b.body.applicant.idNumber?.value;
