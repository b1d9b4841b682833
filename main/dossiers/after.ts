import type { BusinessState, DossierView } from '../contract/dossiers.ts';
import { randomUUID } from 'node:crypto';
import { isRefusal, refuse, type Refusal } from '../contract/refusal.ts';
import { businessDay } from '../store/index.ts';
import type { KeptFile } from '../documents/index.ts';
import { buildComponents, changedMeanwhile } from './accept.ts';
import { notNow, saveIn, unknownDossier, type Core } from './core.ts';
import type { Actor } from './deps.ts';
import { outgoingDossier } from './outgoing.ts';
import { formOf } from './papers.ts';
import type { Dossier } from './record.ts';
import { BUSINESS, OPEN, PAUSED, type Action } from './states.ts';
import { dong, dueOf, entryOf } from './view.ts';

export interface SupplementRequest {
  readonly items: readonly string[];
  readonly reason: string;
  readonly basis: string;
  readonly guidance: string;
  readonly stage: 'intake' | 'appraisal' | 'specialised';
  readonly approver: string;
  readonly expiresAt?: number;
}

const STAGE = { intake: 'Kiểm tra khi tiếp nhận', appraisal: 'Thẩm định', specialised: 'Theo pháp luật chuyên ngành' } as const;

/** Everything that can happen between the acceptance and the result. */
export function afterwards(core: Core) {
  const { deps, rows } = core;
  const year = () => Number(businessDay(deps.clock.now()).slice(0, 4));

  const tell: Core['tell'] = (...told) => core.tell(...told);
  const stopClock = (d: Dossier, kind: 'supplement' | 'obligation' | 'coordination', reason: string, basis: string): void => {
    if (d.receivedAt !== null) d.body.pauses.push({ from: deps.clock.now(), to: null, reason, basis, kind });
  };
  /** Ends the open pause and moves the promise by the policy that belongs to it. */
  const startClock = (d: Dossier, policy?: 'RECOUNT' | 'PAUSE_RESUME'): void => {
    const open = d.body.pauses.find((p) => p.to === null);
    if (!open) return;
    const at = deps.clock.now();
    open.to = at;
    // Waiting for another office does not stop the clock towards the citizen; the pause is on record all the same.
    if (open.kind === 'coordination' || d.dueAt === null || !d.procedure) return;
    const due = deps.catalogue.dueAfterPause(
      { code: d.procedure.code, caseId: d.procedure.caseId, version: d.procedure.version, ...(policy ? { policy } : {}) },
      { dueAt: d.dueAt, pausedAt: open.from, resumedAt: at },
    );
    if (isRefusal(due)) return;
    d.dueAt = due.dueAt;
    d.body.due = due;
    d.body.promises.push({
      dueAt: due.dueAt,
      setAt: at,
      reason: open.kind === 'supplement' ? 'Đã bổ sung đủ hồ sơ' : 'Đã thực hiện nghĩa vụ',
      basis: open.basis,
    });
  };

  /** A step with a letter: the paper is made first, then state, letter, history and outbox in one transaction. */
  const withLetter = async (
    commandId: string,
    name: string,
    id: string,
    actor: Actor,
    action: Action | null,
    plan: {
      check?: (d: Dossier) => Refusal | undefined;
      form: string;
      kind: 'supplement' | 'refusal' | 'apology' | 'discontinuation';
      title: string;
      make: (d: Dossier, number: string) => Promise<Uint8Array>;
      commit: (d: Dossier, number: string, before: BusinessState) => { what: string; detail: string };
    },
  ): Promise<DossierView | Refusal> => {
    const answer = await core.once<{ documentId: string }>(commandId, name, async () => {
      const d = rows.get(id);
      if (!d) return unknownDossier();
      const refusal = (action && !BUSINESS[action][d.axes.business] ? notNow(d) : undefined) ?? plan.check?.(d);
      if (refusal) return refusal;
      const number = `${deps.documents.nextNumber(plan.form, year())}/${plan.form}`;
      const file: KeptFile = deps.documents.files.put(await plan.make(d, number));
      return () => {
        const now = rows.get(id);
        if (!now || now.revision !== d.revision) return changedMeanwhile();
        const before = now.axes.business;
        const late = action ? core.step(now, action) : undefined;
        if (late) return late;
        const { what, detail } = plan.commit(now, number, before);
        saveIn(core, now);
        const made = deps.documents.add({
          dossierId: id,
          kind: plan.kind,
          // Before there is a code, the paper's own number names it.
          name: `${plan.title} ${now.code ?? now.provisionalCode ?? number}`,
          number,
          file,
          by: actor.name,
        });
        core.note(now, actor, name, what, detail);
        tell(now, actor, what);
        return { documentId: made.id };
      };
    });
    if (isRefusal(answer)) return answer;
    // The citizen takes the paper along; an apology goes to the signer first.
    if (plan.kind !== 'apology') deps.documents.print(`${commandId}-print`, answer.documentId);
    const d = rows.get(id);
    return d ? core.view(d) : unknownDossier();
  };

  const simple = (
    commandId: string,
    name: string,
    id: string,
    actor: Actor,
    action: Action,
    what: string,
    work: (d: Dossier) => { detail: string; from?: string; to?: string },
  ) =>
    core.change(commandId, name, id, actor, (d) => {
      const refusal = core.step(d, action);
      if (refusal) return refusal;
      const { detail, ...way } = work(d);
      core.note(d, actor, name, what, detail, way);
      tell(d, actor, what);
      return undefined;
    });

  const stop = (commandId: string, name: 'withdraw' | 'discontinue', id: string, actor: Actor, reason: string, basis: string) =>
    withLetter(commandId, name, id, actor, name, {
      form: 'DG',
      kind: 'discontinuation',
      title: 'Thông báo dừng giải quyết',
      make: (d, number) =>
        deps.documents.discontinuation(
          formOf(d, deps, actor),
          {
            number,
            reason,
            basis,
            stage: core.view(d).statusText,
            money: d.axes.money === 'paid' ? 'đã thu, hoàn trả theo quy định' : 'chưa thu',
          },
          deps.clock.now(),
        ),
      commit: (d) => {
        d.endedAt = deps.clock.now();
        return { what: name === 'withdraw' ? 'Công dân rút hồ sơ' : 'Dừng giải quyết hồ sơ', detail: reason };
      },
    });

  return {
    requestSupplement: (commandId: string, id: string, actor: Actor, request: SupplementRequest) =>
      withLetter(commandId, 'requestSupplement', id, actor, 'request-supplement', {
        check: (d) => {
          if (!d.procedure)
            return refuse(
              'no-procedure',
              'Hãy chọn thủ tục trước khi yêu cầu bổ sung.',
              'Choose the procedure before you ask for a supplement.',
            );
          if (d.receivedAt !== null && request.stage === 'intake' && d.body.supplements.some((s) => s.stage === 'intake'))
            return refuse(
              'supplement-once',
              'Yêu cầu bổ sung khi tiếp nhận chỉ được một lần, đầy đủ; lần này hãy ghi giai đoạn thẩm định và người duyệt.',
              'A supplement at intake is asked for once and fully; name the appraisal stage and who approved this one.',
            );
          if (request.stage !== 'intake' && request.approver.trim() === '')
            return refuse(
              'approver-needed',
              'Yêu cầu bổ sung sau tiếp nhận phải ghi người duyệt.',
              'A supplement after acceptance needs the name of who approved it.',
            );
          return undefined;
        },
        form: 'YCBS',
        kind: 'supplement',
        title: 'Phiếu yêu cầu bổ sung',
        make: (d, number) =>
          deps.documents.supplement(
            formOf(d, deps, actor),
            { ...request, number, stage: STAGE[request.stage], expiresAt: request.expiresAt ?? null },
            deps.clock.now(),
          ),
        commit: (d, number, before) => {
          // Whoever asks for papers no longer waits for the other office.
          for (const p of d.body.pauses) p.to ??= deps.clock.now();
          d.body.back = before === 'coordinating' ? 'processing' : before;
          stopClock(d, 'supplement', request.reason, request.basis);
          d.body.supplements.push({
            id: randomUUID(),
            number,
            at: deps.clock.now(),
            stage: request.stage,
            reason: request.reason,
            basis: request.basis,
            approver: request.approver,
            items: [...request.items],
            receivedAt: null,
            expiresAt: request.expiresAt ?? null,
          });
          return { what: 'Yêu cầu bổ sung hồ sơ', detail: request.items.join('; ') };
        },
      }),

    async receiveSupplement(commandId: string, id: string, actor: Actor): Promise<DossierView | Refusal> {
      const answer = await core.once<{ ok: true }>(commandId, 'receiveSupplement', async () => {
        const d = rows.get(id);
        if (!d) return unknownDossier();
        if (d.axes.business !== 'supplement') return notNow(d);
        const files = d.receivedAt === null ? new Map<string, never>() : await buildComponents(core, d);
        if (isRefusal(files)) return files;
        return () => {
          const now = rows.get(id);
          if (!now || now.revision !== d.revision) return changedMeanwhile();
          const refusal = core.step(now, 'receive-supplement');
          if (refusal) return refusal;
          const open = now.body.supplements.find((s) => s.receivedAt === null);
          if (open) open.receivedAt = deps.clock.now();
          // Asked for at the desk: the whole limit counts again. Later: the clock goes on where it stood.
          startClock(now, open && open.stage !== 'intake' ? 'PAUSE_RESUME' : undefined);
          now.body.back = null;
          for (const c of now.body.components) c.file = files.get(c.key) ?? c.file;
          const entry = entryOf(now, deps);
          if (now.body.sentRevision > 0 && entry) {
            now.body.sentRevision += 1;
            deps.enqueueDossier(outgoingDossier(now, entry, deps.catalogue, actor), now.body.sentRevision);
          }
          saveIn(core, now);
          core.note(
            now,
            actor,
            'receiveSupplement',
            'Nhận bổ sung',
            now.body.due && now.receivedAt !== null ? `Hẹn trả ${now.body.due.text}` : '',
          );
          tell(now, actor, 'Đã nhận bổ sung hồ sơ');
          return { ok: true };
        };
      });
      if (isRefusal(answer)) return answer;
      const d = rows.get(id);
      return d ? core.view(d) : unknownDossier();
    },

    refuse: (commandId: string, id: string, actor: Actor, reason: string, basis: string) =>
      withLetter(commandId, 'refuse', id, actor, 'refuse', {
        check: (d) =>
          d.axes.business === 'draft' && d.axes.money === 'paid'
            ? refuse(
                'paid-draft',
                'Nháp này đã thu phí; hãy hoàn phí trước khi từ chối.',
                'A fee was taken for this draft; refund it before you refuse.',
              )
            : undefined,
        form: 'TC',
        kind: 'refusal',
        title: 'Phiếu từ chối',
        make: (d, number) => deps.documents.refusal(formOf(d, deps, actor), { number, reason, basis }, deps.clock.now()),
        commit: (d) => {
          d.endedAt = deps.clock.now();
          return { what: 'Từ chối tiếp nhận', detail: reason };
        },
      }),

    withdraw: (commandId: string, id: string, actor: Actor, reason: string) =>
      stop(commandId, 'withdraw', id, actor, reason, 'Đề nghị của người nộp hồ sơ'),
    discontinue: (commandId: string, id: string, actor: Actor, reason: string, basis: string) =>
      stop(commandId, 'discontinue', id, actor, reason, basis),

    /** Mẫu 04, once: the old promise stays on record beside the new one. */
    apologise: (commandId: string, id: string, actor: Actor, reason: string, newDueAt: number, signer: string) =>
      withLetter(commandId, 'apologise', id, actor, null, {
        check: (d) => {
          if (!OPEN.includes(d.axes.business) || PAUSED.has(d.axes.business)) return notNow(d);
          if (d.body.apologised)
            return refuse(
              'apology-used',
              'Hồ sơ này đã xin lỗi và gia hạn một lần; không hẹn lại lần nữa được, hãy báo người phụ trách.',
              'This dossier had its one extension; it cannot be promised anew, tell the supervisor.',
            );
          if (newDueAt <= Math.max(deps.clock.now(), d.dueAt ?? 0))
            return refuse(
              'due-past',
              'Ngày hẹn mới phải sau hôm nay và sau ngày hẹn cũ.',
              'The new date must be after today and after the old date.',
            );
          return undefined;
        },
        form: 'XL',
        kind: 'apology',
        title: 'Văn bản xin lỗi',
        make: (d, number) =>
          deps.documents.apology(
            formOf(d, deps, actor),
            { number, reason, promisedAt: d.dueAt ?? deps.clock.now(), newDueAt, signer },
            deps.clock.now(),
          ),
        commit: (d) => {
          const basis = 'Nghị định 118/2025/NĐ-CP; văn bản xin lỗi Mẫu 04';
          const due = deps.catalogue.describeDue(newDueAt, d.receivedAt ?? d.createdAt, basis);
          d.body.apologised = true;
          d.body.promises.push({ dueAt: newDueAt, setAt: deps.clock.now(), reason, basis });
          d.dueAt = newDueAt;
          d.body.due = due;
          return { what: 'Xin lỗi và gia hạn', detail: `Hẹn trả ${due.text}. ${reason}` };
        },
      }),

    forward: (commandId: string, id: string, actor: Actor, to?: string) =>
      simple(commandId, 'forward', id, actor, 'forward', 'Chuyển hồ sơ giải quyết', (d) => {
        const entry = entryOf(d, deps);
        const agency = to ?? entry?.competentAgency ?? 'cơ quan giải quyết';
        d.body.heldBy = agency;
        return { detail: agency, from: entry?.receivingAgency ?? '', to: agency };
      }),
    coordinate: (commandId: string, id: string, actor: Actor, agency: string, reason: string) =>
      simple(commandId, 'coordinate', id, actor, 'coordinate', 'Lấy ý kiến cơ quan phối hợp', (d) => {
        stopClock(d, 'coordination', reason, agency);
        return { detail: `${agency}: ${reason}`, from: d.body.heldBy ?? '', to: agency };
      }),
    requestObligation: (commandId: string, id: string, actor: Actor, amount: number, reason: string, basis: string) =>
      simple(commandId, 'requestObligation', id, actor, 'request-obligation', 'Yêu cầu thực hiện nghĩa vụ tài chính', (d) => {
        stopClock(d, 'obligation', `${reason}: ${dong(amount)}`, basis);
        return { detail: `${dong(amount)}. ${reason}` };
      }),
    resume: (commandId: string, id: string, actor: Actor, note: string) =>
      simple(commandId, 'resume', id, actor, 'resume', 'Tiếp tục giải quyết', (d) => {
        startClock(d, 'PAUSE_RESUME');
        const due = dueOf(d, deps);
        return { detail: [note, due ? `hẹn trả ${due.text}` : ''].filter((t) => t !== '').join('; ') };
      }),
    setShelf: (commandId: string, id: string, actor: Actor, shelf: string) =>
      core.change(commandId, 'setShelf', id, actor, (d) => {
        if (d.receivedAt === null) return notNow(d);
        d.body.shelf = shelf.trim() === '' ? null : shelf.trim();
        return undefined;
      }),

    /** Supplements that nobody brought in time end the dossier; called by a timer. Returns what lapsed. */
    lapseOverdue(actor: Actor): string[] {
      const now = deps.clock.now();
      const ids = rows.lines(`business = 'supplement'`, [], 10_000).map((r) => r.id);
      return ids.filter((id) => {
        const open = rows.get(id)?.body.supplements.find((s) => s.receivedAt === null);
        if (!open || open.expiresAt === null || open.expiresAt >= now) return false;
        const done = core.apply(id, (d) => {
          const refusal = core.step(d, 'lapse');
          if (refusal) return refusal;
          d.endedAt = now;
          core.note(d, actor, 'lapse', 'Dừng: quá hạn bổ sung', open.number);
          tell(d, actor, 'Dừng xử lý: quá hạn bổ sung');
          return undefined;
        });
        return !isRefusal(done);
      });
    },
  };
}

export type Afterwards = ReturnType<typeof afterwards>;
