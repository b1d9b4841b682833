import type { DossierView } from '../contract/dossiers.ts';
import { isRefusal, refuse, type Refusal } from '../contract/refusal.ts';
import type { Area, Blanks, KeptFile } from '../documents/index.ts';
import { changedMeanwhile } from './accept.ts';
import { notNow, saveIn, unknownDossier, type Core } from './core.ts';
import type { Actor } from './deps.ts';
import { outgoingResult } from './outgoing.ts';
import { formOf } from './papers.ts';
import type { Dossier } from './record.ts';
import { BUSINESS } from './states.ts';
import { entryOf, titleOf } from './view.ts';

const MAX_PDF = 20 * 1024 * 1024;

/** The result: written or brought along, signed elsewhere, handed over, rated. */
export function results(core: Core) {
  const { deps, rows } = core;
  const canFinish = (d: Dossier): Refusal | undefined => (BUSINESS.finish[d.axes.business] ? undefined : notNow(d));

  const addResult = (d: Dossier, actor: Actor, file: KeptFile, name: string, area: Area | null, blanks: Blanks | null): void => {
    for (const old of deps.documents.of(d.id))
      if (old.kind === 'result' && old.replacedBy === null) deps.documents.replace(old.id, 'superseded');
    const made = deps.documents.add({ dossierId: d.id, kind: 'result', name, file, by: actor.name });
    d.body.toSign = made.id;
    deps.addToSigningWorklist({
      dossierId: d.id,
      documentId: made.id,
      name,
      file: deps.documents.files.absolute(file),
      sha256: file.id,
      code: titleOf(d),
      applicant: d.body.applicant.fullName?.value ?? d.body.applicant.organisation?.value ?? '',
      procedure: d.procedure?.name ?? '',
      dueAt: d.dueAt,
      area,
      blanks,
    });
    saveIn(core, d);
    core.note(d, actor, 'attachResult', 'Đưa kết quả chờ ký', name);
  };
  const viewOf = (id: string): DossierView | Refusal => {
    const d = rows.get(id);
    return d ? core.view(d) : unknownDossier();
  };

  const rate = (commandId: string, id: string, rating: { stars: number; comment?: string }): { stars: number } | Refusal => {
    return deps.store.command(commandId, 'dossiers.rate', () => {
      const done = core.apply(id, (d) => {
        if (d.receivedAt === null) return notNow(d);
        if (d.body.rating)
          return refuse('already-rated', 'Hồ sơ này đã được đánh giá; cảm ơn Ông (Bà).', 'This dossier was rated already, thank you.');
        d.body.rating = {
          stars: rating.stars,
          at: deps.clock.now(),
          ...(rating.comment === undefined ? {} : { comment: rating.comment }),
        };
        core.note(d, { id: 'citizen', name: 'Công dân', title: '', counterId: d.counterId }, 'rate', 'Đánh giá', `${rating.stars}/5`);
        return undefined;
      });
      return isRefusal(done) ? done : { stars: rating.stars };
    });
  };

  return {
    async draftResult(
      commandId: string,
      id: string,
      actor: Actor,
      draft: { number: string; signer: string; signerTitle: string },
    ): Promise<DossierView | Refusal> {
      const answer = await core.once<{ ok: true }>(commandId, 'draftResult', async () => {
        const d = rows.get(id);
        if (!d) return unknownDossier();
        const refusal = canFinish(d);
        if (refusal) return refusal;
        const person = d.body.owner ?? d.body.applicant;
        const born = person.birthDate?.value ?? '';
        const name = d.procedure?.result ?? 'Kết quả giải quyết thủ tục hành chính';
        const made = await deps.documents.result(
          formOf(d, deps, actor),
          {
            name,
            ...draft,
            statements: [
              ['Cấp cho Ông (Bà)', (person.organisation?.value ?? person.fullName?.value ?? '').toLocaleUpperCase('vi')],
              ['Ngày, tháng, năm sinh', /^\d{4}-\d{2}-\d{2}$/.test(born) ? born.split('-').reverse().join('/') : born],
              ['Giới tính', person.sex?.value ?? ''],
              ['Số định danh cá nhân', person.idNumber?.value ?? ''],
              ['Nơi cư trú', person.address?.value ?? ''],
              ['Nội dung', d.body.request],
            ],
          },
          deps.clock.now(),
        );
        const file = deps.documents.files.put(made.bytes);
        return () => {
          const now = rows.get(id);
          if (!now || now.revision !== d.revision) return changedMeanwhile();
          addResult(now, actor, file, name, made.signature, made.blanks);
          return { ok: true };
        };
      });
      return isRefusal(answer) ? answer : viewOf(id);
    },

    async attachResult(
      commandId: string,
      id: string,
      actor: Actor,
      pdf: { name: string; bytes: Uint8Array },
    ): Promise<DossierView | Refusal> {
      const answer = await core.once<{ ok: true }>(commandId, 'attachResult', async () => {
        const d = rows.get(id);
        if (!d) return unknownDossier();
        const refusal = canFinish(d);
        if (refusal) return refusal;
        if (pdf.bytes.length > MAX_PDF)
          return refuse(
            'pdf-too-large',
            'Tệp lớn hơn 20 MB; hãy giảm kích thước rồi đính lại.',
            'The file is larger than 20 MB; make it smaller and attach it again.',
          );
        if (!Buffer.from(pdf.bytes.subarray(0, 1024)).includes('%PDF-'))
          return refuse(
            'not-a-pdf',
            'Tệp này không phải PDF; hãy chọn tệp PDF của kết quả.',
            'This file is no PDF; choose the PDF of the result.',
          );
        const file = deps.documents.files.put(pdf.bytes);
        return () => {
          const now = rows.get(id);
          if (!now || now.revision !== d.revision) return changedMeanwhile();
          addResult(now, actor, file, pdf.name.replace(/\.pdf$/i, ''), null, null);
          return { ok: true };
        };
      });
      return isRefusal(answer) ? answer : viewOf(id);
    },

    /**
     * The signing room says that a result is signed; its file is taken over by copy. With a second signature (the seal) it is
     * called again and the newer file takes the place of the older.
     * @param signedFile absolute path of the signed PDF
     */
    resultSigned(at: {
      dossierId: string;
      documentId: string;
      bytes: Uint8Array;
      signer: Actor;
      complete: boolean;
    }): DossierView | Refusal {
      const file = deps.documents.files.put(at.bytes);
      const done = core.apply(at.dossierId, (d) => {
        const source = deps.documents.get(at.documentId);
        if (!source || source.dossierId !== d.id)
          return refuse(
            'result-unknown',
            'Kết quả này không thuộc hồ sơ; hãy tải lại danh sách chờ ký.',
            'This result does not belong to the dossier; reload the signing list.',
          );
        if (d.axes.business !== 'finished') {
          const refusal = at.complete ? core.step(d, 'finish') : canFinish(d);
          if (refusal) return refusal;
        } else if (d.body.sentRevision > 0 && d.axes.sync !== 'rejected') d.axes = { ...d.axes, sync: 'queued' };
        const older = deps.documents.of(d.id).filter((r) => (r.kind === 'result-signed' || r.id === source.id) && r.replacedBy === null);
        const made = deps.documents.add({ dossierId: d.id, kind: 'result-signed', name: source.name, file, by: at.signer.name });
        for (const r of older) deps.documents.replace(r.id, made.id);
        core.note(d, at.signer, 'resultSigned', 'Ký số kết quả', at.complete ? '' : 'Còn chờ dấu của cơ quan');
        if (!at.complete) return undefined;
        d.body.toSign = null;
        d.body.resultSigned = true;
        d.finishedAt ??= deps.clock.now();
        core.tell(d, at.signer, 'Đã xử lý xong', [outgoingResult(entryOf(d, deps), source.name, file)]);
        return undefined;
      });
      return isRefusal(done) ? done : core.view(done);
    },

    /** Signed by hand or in a ministry's system: the officer says where. */
    finish: (commandId: string, id: string, actor: Actor, source: string) =>
      core.change(commandId, 'finish', id, actor, (d) => {
        const refusal = core.step(d, 'finish');
        if (refusal) return refusal;
        d.finishedAt = deps.clock.now();
        d.body.toSign = null;
        core.note(d, actor, 'finish', 'Đã xử lý xong', '', { source });
        core.tell(d, actor, `Đã xử lý xong (nguồn: ${source})`);
        return undefined;
      }),

    async handOver(
      commandId: string,
      id: string,
      actor: Actor,
      to: {
        receiver: string;
        receiverIdNumber?: string;
        relation: string;
        method: 'counter' | 'post' | 'electronic';
        originalsReturned: boolean;
      },
    ): Promise<DossierView | Refusal> {
      const answer = await core.once<{ ok: true }>(commandId, 'handOver', async () => {
        const d = rows.get(id);
        if (!d) return unknownDossier();
        if (!BUSINESS['hand-over'][d.axes.business]) return notNow(d);
        if (d.axes.money === 'due')
          return refuse(
            'fee-due',
            'Hồ sơ còn nợ phí, lệ phí; hãy thu (F10) rồi trả kết quả.',
            'The fee is still due; take it, then hand the result over.',
            { due: d.body.fees?.due ?? 0 },
          );
        const at = deps.clock.now();
        const signed = deps.documents.of(id).filter((r) => r.kind === 'result-signed' && r.replacedBy === null);
        const returned = d.body.components.filter((c) => c.returned && c.originals > 0).map((c) => c.name);
        const file = deps.documents.files.put(
          await deps.documents.handover(formOf(d, deps, actor), {
            at,
            receiver: to.receiver,
            receiverIdNumber: to.receiverIdNumber,
            relation: to.relation,
            by: actor.name,
            results: signed.length > 0 ? signed.map((r) => r.name) : [d.procedure?.result ?? ''],
            originals:
              returned.length === 0 ? 'không có' : `${to.originalsReturned ? 'đã trả lại' : 'chưa trả lại'}: ${returned.join('; ')}`,
          }),
        );
        return () => {
          const now = rows.get(id);
          if (!now || now.revision !== d.revision) return changedMeanwhile();
          const refusal = core.step(now, 'hand-over');
          if (refusal) return refusal;
          now.returnedAt = at;
          now.endedAt = at;
          now.body.handover = {
            at,
            receiver: to.receiver,
            ...(to.receiverIdNumber === undefined ? {} : { receiverIdNumber: to.receiverIdNumber }),
            relation: to.relation,
            by: actor.name,
            method: to.method,
          };
          saveIn(core, now);
          deps.documents.add({ dossierId: id, kind: 'handover', name: `Giấy biên nhận trả kết quả ${titleOf(now)}`, file, by: actor.name });
          core.note(now, actor, 'handOver', 'Trả kết quả', `${to.receiver} (${to.relation})`, {
            from: deps.documents.head.centre,
            to: to.receiver,
          });
          core.tell(now, actor, 'Đã trả kết quả');
          return { ok: true };
        };
      });
      return isRefusal(answer) ? answer : viewOf(id);
    },

    rate,

    /**
     * The rating of a visit, for every dossier that was taken in or handed over at it; one that was rated before keeps its first.
     * @param visit.codes dossiers that the queue linked to the ticket
     */
    rateOfTicket(
      commandId: string,
      visit: { ticketId: string; codes: readonly string[] },
      rating: { stars: number; comment: string },
    ): string[] {
      const linked = visit.codes.flatMap((code) => rows.byCode(code)?.id ?? []);
      const ids = [...new Set([...rows.takenInIdsOfTicket(visit.ticketId), ...linked])];
      return ids.filter((id, index) => {
        const { stars, comment } = rating;
        return !isRefusal(rate(`${commandId.slice(0, 58)}-d${index}`, id, { stars, ...(comment === '' ? {} : { comment }) }));
      });
    },
  };
}
export type Results = ReturnType<typeof results>;
