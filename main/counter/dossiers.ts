import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isRefusal } from '../contract/refusal.ts';
import type { Catalogue } from '../catalogue/index.ts';
import { placeCodes, type Delivery } from '../delivery/index.ts';
import type { Scanning } from '../devices/scanner/index.ts';
import type { Documents } from '../documents/index.ts';
import { createDossiers, type Dossiers, type DossiersDeps } from '../dossiers/index.ts';
import type { Officers } from '../officers/index.ts';
import type { Queue } from '../queue/index.ts';
import type { SignedResult, Signing } from '../signing/index.ts';
import type { Clock, Store } from '../store/index.ts';

/** A rule of another room stopped a transaction that was thought safe; it is rolled back whole. */
export class StoppedError extends Error {}

/** Joins the dossiers with the rooms they need: pages, papers, province, signing list, audit trail. */
export function openDossiers(rooms: {
  store: Store;
  clock: Clock;
  dataDir: string;
  catalogue: Catalogue;
  documents: Documents;
  scanning: Scanning;
  delivery: Delivery;
  signing: Signing;
  officers: Officers;
  queue: Queue;
  /** What the province takes of one scanned paper of a procedure, in bytes. */
  documentLimit: (procedure: string | null) => number;
}): Dossiers {
  const { store, clock, catalogue, documents, scanning, delivery, signing, officers } = rooms;
  const { sessions } = scanning;
  const asPage = (id: string) => {
    const page = scanning.componentPage(id);
    if (!page) throw new StoppedError(`page ${id} is gone`);
    return page;
  };
  const certain = <T>(answer: T): T => {
    if (isRefusal(answer)) throw new StoppedError(answer.en);
    return answer;
  };
  const deps: DossiersDeps = {
    store,
    clock,
    catalogue,
    documents,
    payment: catalogue.place.payment ? { bankBin: catalogue.place.payment.bankBin, account: catalogue.place.payment.account } : null,
    async nextDossierCode(day, dossierId) {
      const answer = await delivery.nextDossierCode(catalogue.place.agencyCode, { dossierId, day });
      return 'code' in answer ? answer.code : null;
    },
    enqueueDossier: (dossier) =>
      void certain(
        delivery.enqueue({
          ...dossier,
          applicant: { ...dossier.applicant, ...placeCodes(dossier.applicant.address, catalogue.place) },
          owner: { ...dossier.owner, ...placeCodes(dossier.owner.address, catalogue.place) },
        }),
      ),
    enqueueStatus: (status) => void certain(delivery.enqueueStatus(status)),
    pages: (ids) =>
      ids.flatMap((id) => {
        const page = sessions.page(id);
        return page && !page.dropped ? [{ id, note: page.blank === true ? 'gần như trắng' : '' }] : [];
      }),
    buildComponentPdf: (pageIds, { file, title, procedure }) =>
      scanning.fitPdf(pageIds.map(asPage), file, { title, limitBytes: rooms.documentLimit(procedure) }),
    addToSigningWorklist: (work) =>
      signing.addToWorklist({
        dossierId: work.dossierId,
        dossierCode: work.code,
        documentId: work.documentId,
        file: path.resolve(work.file),
        title: work.procedure ? `${work.name}: ${work.procedure}` : work.name,
        form: 'personal',
        area: work.area,
        blanks: work.blanks,
        // A result without its number is not finished by the leader: the clerk gives number and date and seals (NĐ 30/2020).
        steps: work.blanks ? ['leader', 'clerk'] : ['leader'],
      }),
    audit: (entry) => {
      const officer = officers.byId(entry.who);
      officers.audit({ deviceId: 'dossiers', ...(officer ? { officer } : {}) }, entry.what, entry.dossierId, entry.detail);
    },
  };
  return createDossiers(deps);
}

/** The signed file goes back into its dossier; with the last signature the dossier is finished and tells the province. */
export function takeSigned(dossiers: Dossiers, result: SignedResult): void {
  const answer = dossiers.resultSigned({
    dossierId: result.dossierId,
    documentId: result.documentId,
    bytes: readFileSync(result.file),
    signer: { id: 'signing', name: result.signer, title: '', counterId: '' },
    complete: result.complete,
  });
  if (isRefusal(answer)) throw new StoppedError(answer.en);
}
