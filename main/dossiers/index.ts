import type { DossierDocument, DossierView, HistoryEntry } from '../contract/dossiers.ts';
import { refuse, type Refusal } from '../contract/refusal.ts';
import { qrSvg, vietQr, type ControlStep, type FileLink } from '../documents/index.ts';
import { acceptance } from './accept.ts';
import { afterwards } from './after.ts';
import { createCore, unknownDossier } from './core.ts';
import type { DossiersDeps } from './deps.ts';
import { incoming } from './incoming.ts';
import { intake } from './intake.ts';
import { lists } from './lists.ts';
import { formOf } from './papers.ts';
import { registerBook } from './register.ts';
import { resending } from './resend.ts';
import { results } from './result.ts';
import { documentView, feesOf, titleOf } from './view.ts';
import { visits } from './visit.ts';

export { dossiersMigrations } from './migrations.ts';
export { parseDossierCode, parseProvisional, provisionalCode, type DossierCode, type ProvisionalCode } from './codes.ts';
export { ACTIONS, BUSINESS, MONEY, next, STATUS_CODE, STATUS_TEXT, SYNC, type Action } from './states.ts';
export { identityNotes, readIdNumber } from './identity.ts';
export type { Actor, CatalogueFunctions, DossiersDeps, PageInfo, SigningWork } from './deps.ts';
export type { OutgoingDossier, OutgoingFile, OutgoingPerson, OutgoingResult, OutgoingStatus } from './outgoing.ts';
export type { RemoteStatus } from './incoming.ts';
export type { BookRow, DossierFacts } from './register.ts';

/** Dossiers from the first scan to the handover. Every method that changes something takes a command id; refusals are values. */
export function createDossiers(deps: DossiersDeps) {
  const core = createCore(deps);
  const { rows } = core;
  const listing = lists(core);
  return {
    ...intake(core),
    ...acceptance(core),
    ...afterwards(core),
    ...resending(core),
    ...visits(core),
    ...results(core),
    ...incoming(core),
    ...listing,
    ...registerBook(core),

    get(id: string): DossierView | Refusal {
      const d = rows.get(id);
      return d ? core.view(d) : unknownDossier();
    },
    byCode(code: string): DossierView | Refusal {
      const d = rows.byCode(code);
      return d
        ? core.view(d)
        : refuse(
            'code-unknown',
            'Quầy này không có hồ sơ mang mã đó; hãy thử tìm theo tên.',
            'This counter has no dossier with that code; try the name.',
          );
    },
    /** Mẫu 06 from the history as it is now. */
    async controlSheet(id: string): Promise<FileLink | Refusal> {
      const d = rows.get(id);
      if (!d || d.receivedAt === null) return unknownDossier();
      const steps: ControlStep[] = rows.history(id).map((h) => ({
        at: h.at,
        from: h.from || h.who,
        to: h.to || h.who,
        what: h.detail === '' ? h.what : `${h.what}: ${h.detail}`,
        result: h.action === 'resultSigned' || h.action === 'finish' || h.action === 'handOver' ? timeliness(h.at, d.dueAt) : '',
        note: h.source,
      }));
      const by = { id: '', name: d.acceptedBy ?? '', title: '', counterId: d.counterId };
      return deps.documents.linkBytes(
        await deps.documents.control(formOf(d, deps, by), steps, deps.clock.now()),
        `Phieu-kiem-soat-${titleOf(d)}.pdf`,
      );
    },
    documentsOf: (id: string): DossierDocument[] => deps.documents.of(id).map(documentView),
    /** A document of the dossier, or one of its component PDFs by file id. */
    document(id: string, documentId: string): FileLink | Refusal {
      const made = deps.documents.get(documentId);
      if (made?.dossierId === id) return deps.documents.link({ file: made.file, name: `${made.name}.pdf` });
      const file = rows.get(id)?.body.components.find((c) => c.file?.id === documentId)?.file;
      if (file && deps.documents.files.exists(file)) return deps.documents.link({ file, name: file.name });
      return refuse(
        'document-unknown',
        'Không tìm thấy văn bản này trong hồ sơ; hãy tải lại hồ sơ.',
        'The dossier has no such document; reload it.',
      );
    },
    async paymentCode(id: string): Promise<{ text: string; svg: string; amount: number; purpose: string } | Refusal> {
      const d = rows.get(id);
      if (!d) return unknownDossier();
      const amount = feesOf(d, deps)?.due ?? 0;
      if (!deps.payment)
        return refuse(
          'no-account',
          'Trạm chưa khai báo tài khoản thu phí; hãy thu tiền mặt.',
          'No account is set up at this station; take cash.',
        );
      if (amount === 0 || d.axes.money === 'paid')
        return refuse('nothing-to-pay', 'Hồ sơ này không còn phải nộp phí.', 'Nothing is left to pay for this dossier.');
      const purpose = `LE PHI ${d.code ?? d.provisionalCode ?? d.id.slice(0, 8).toUpperCase()}`.replace(/[^A-Z0-9 ]+/g, ' ');
      const text = vietQr({ ...deps.payment, amount, purpose });
      return { text, svg: await qrSvg(text), amount, purpose };
    },
    historyOf: (id: string): HistoryEntry[] | Refusal => (rows.get(id) ? listing.history(id) : unknownDossier()),
  };
}
export type Dossiers = ReturnType<typeof createDossiers>;

/** Trước hạn on an earlier day, đúng hạn on the day itself, quá hạn after the promised moment. */
export function timeliness(at: number, dueAt: number | null): 'Trước hạn' | 'Đúng hạn' | 'Quá hạn' {
  if (dueAt === null) return 'Đúng hạn';
  if (at > dueAt) return 'Quá hạn';
  return Math.floor((at + 7 * 3_600_000) / 86_400_000) < Math.floor((dueAt + 7 * 3_600_000) / 86_400_000) ? 'Trước hạn' : 'Đúng hạn';
}
