import { randomUUID } from 'node:crypto';
import type { Channel, FeeInput } from '../contract/catalogue.ts';
import type { CardFields, ComponentState, DossierView, Party, PersonField, Provenance } from '../contract/dossiers.ts';
import { isRefusal, refuse, type Refusal } from '../contract/refusal.ts';
import { fromCatalogue, type KeptComponent } from './components.ts';
import { notNow, type Core } from './core.ts';
import type { Actor } from './deps.ts';
import { asEarlier, wrongValue } from './identity.ts';
import type { Dossier } from './record.ts';
import { MONEY } from './states.ts';
import { dong, entryOf, feesOf, titleOf } from './view.ts';

const frozen = (d: Dossier): Refusal =>
  refuse(
    'already-accepted',
    'Hồ sơ đã tiếp nhận nên không sửa được nội dung; hãy dùng yêu cầu bổ sung.',
    'An accepted dossier is not edited; ask for a supplement instead.',
    { state: d.axes.business },
  );

/** What may still be put right when the province gave a dossier back; its procedure, fees and date stand on the citizen's paper. */
const CORRECTABLE = new Set(['scanCard', 'setField', 'setOwner', 'setRequest', 'reuse']);
/** A draft may be edited, and so may papers that came back for a supplement, or what the province gave back. */
const editable = (d: Dossier, name: string): Refusal | undefined =>
  d.axes.business === 'draft' || d.axes.business === 'registered' || (d.axes.sync === 'rejected' && CORRECTABLE.has(name))
    ? undefined
    : frozen(d);
const papersOpen = (d: Dossier): Refusal | undefined =>
  ['draft', 'registered', 'supplement'].includes(d.axes.business) || d.axes.sync === 'rejected' ? undefined : frozen(d);

/** Everything between "next, please" and the acceptance: each call is saved at once, nothing is typed twice. */
export function intake(core: Core) {
  const { deps, rows } = core;
  const edit = (commandId: string, name: string, id: string, actor: Actor, work: (d: Dossier) => Refusal | void) =>
    core.change(commandId, name, id, actor, (d) => editable(d, name) ?? work(d));
  const component = (d: Dossier, key: string): KeptComponent | Refusal =>
    d.body.components.find((c) => c.key === key) ??
    refuse(
      'component-unknown',
      'Thủ tục này không có thành phần đó; hãy mở lại hồ sơ.',
      'The procedure has no such component; open the dossier again.',
    );

  return {
    open(commandId: string, actor: Actor, options: { ticket: { id: string; number: string } | null; channel: Channel }): DossierView {
      const { id } = deps.store.command(commandId, 'dossiers.open', () => {
        const { ticket } = options;
        const before = ticket ? rows.draftOfTicket(ticket.id) : undefined;
        if (before) return { id: before.id };
        const d = rows.create(randomUUID(), actor.counterId, options.channel, deps.clock.now());
        d.ticket = ticket;
        // A citizen with several matters gives name and number once.
        const sibling = ticket ? rows.takenInOfTicket(ticket.id) : undefined;
        if (sibling) d.body.applicant = asEarlier(sibling.body.applicant, deps.clock.now());
        d.revision = 1;
        rows.save(d);
        core.note(d, actor, 'open', 'Mở hồ sơ', ticket ? `Số thứ tự ${ticket.number}` : '');
        deps.store.emit('dossiers', 'changed', { dossierId: d.id, revision: 1 });
        return { id: d.id };
      });
      const d = rows.get(id);
      if (!d) throw new Error('a dossier that was just opened is gone');
      return core.view(d);
    },

    setChannel: (commandId: string, id: string, actor: Actor, channel: Channel) =>
      edit(commandId, 'setChannel', id, actor, (d) => {
        d.channel = channel;
      }),

    scanCard: (commandId: string, id: string, actor: Actor, card: CardFields, as?: Party) =>
      edit(commandId, 'scanCard', id, actor, (d) => {
        const current = d.body.applicant.idNumber?.value;
        const owner = d.body.owner?.idNumber?.value;
        const target: Party | undefined =
          as ??
          (current === undefined || current === card.idNumber
            ? 'applicant'
            : owner === card.idNumber || (d.body.owner && owner === undefined)
              ? 'owner'
              : undefined);
        if (!target)
          return refuse(
            'second-card',
            'Đây là thẻ của người khác: thay người nộp, hay thêm làm chủ hồ sơ?',
            'This is the card of another person: replace the applicant, or add them as owner of the dossier?',
          );
        if (target === 'owner' && d.body.owner === null) d.body.owner = {};
        const person = target === 'owner' ? (d.body.owner ??= {}) : d.body.applicant;
        const other = person.idNumber !== undefined && person.idNumber.value !== card.idNumber;
        // Another person's card leaves nothing of the person before, above all not the telephone number.
        if (other) for (const key of Object.keys(person) as PersonField[]) delete person[key];
        const at = deps.clock.now();
        const put = (field: PersonField, value: string | undefined) => {
          if (value === undefined || value === '') return;
          const review = card.degraded && (field === 'fullName' || field === 'address');
          const doubt = card.doubts?.find((one) => one.field === field);
          person[field] = {
            value: value.normalize('NFC'),
            source: 'card',
            at,
            ...(review ? { review: 'accents' as const } : {}),
            ...(doubt ? { doubt: { vi: doubt.vi, en: doubt.en } } : {}),
          };
        };
        put('fullName', card.fullName);
        put('idNumber', card.idNumber);
        put('oldIdNumber', card.oldIdNumber);
        put('birthDate', card.birthDate);
        put('sex', card.sex);
        put('address', card.address);
        put('idIssuedOn', card.idIssuedOn);
        core.note(d, actor, 'scanCard', target === 'owner' ? 'Đọc thẻ chủ hồ sơ' : 'Đọc thẻ người nộp');
        return undefined;
      }),

    setField: (
      commandId: string,
      id: string,
      actor: Actor,
      party: Party,
      field: PersonField,
      value: string,
      source: Exclude<Provenance, 'card'>,
    ) =>
      edit(commandId, 'setField', id, actor, (d) => {
        const person = party === 'owner' ? (d.body.owner ??= {}) : d.body.applicant;
        const typed = value.normalize('NFC').trim().replace(/\s+/g, ' ');
        const text = field === 'idNumber' || field === 'taxCode' ? typed.replace(/\s+/g, '') : typed;
        const before = person[field];
        if (text === '') {
          delete person[field];
          return undefined;
        }
        if (before?.value === text && before.source === source && !before.review) return undefined;
        const wrong = wrongValue(field, text);
        if (wrong) return wrong;
        // What the card said stays visible behind what was typed over it.
        const previous = before && before.source !== 'typed' && before.value !== text ? before.value : before?.previous;
        person[field] = { value: text, source, at: deps.clock.now(), ...(previous === undefined ? {} : { previous }) };
        return undefined;
      }),

    setOwner: (commandId: string, id: string, actor: Actor, self: boolean, authority?: string) =>
      edit(commandId, 'setOwner', id, actor, (d) => {
        d.body.owner = self ? null : (d.body.owner ?? {});
        d.body.authority = self ? null : (authority ?? d.body.authority);
      }),

    chooseProcedure: (commandId: string, id: string, actor: Actor, code: string, caseId?: string) =>
      edit(commandId, 'chooseProcedure', id, actor, (d) => {
        const view = deps.catalogue.procedure(code);
        if (isRefusal(view)) return view;
        const chosen = caseId === undefined ? view.cases[0] : view.cases.find((c) => c.id === caseId);
        if (!chosen)
          return refuse(
            'case-unknown',
            'Trường hợp này không có trong thủ tục; hãy chọn lại.',
            'The procedure has no such case; choose again.',
          );
        const same = d.procedure?.code === code;
        // Pages already scanned stay with a component of the same key; the others are not lost but lie in the scan tray.
        const kept = new Map(d.body.components.map((c) => [c.key, c]));
        d.body.components = chosen.components.map((entry) => {
          const fresh = fromCatalogue(entry);
          const old = same ? kept.get(entry.key) : undefined;
          return old
            ? {
                ...fresh,
                set: old.set,
                note: old.note,
                pageIds: old.pageIds,
                pageNotes: old.pageNotes,
                file: old.file,
                reusedFrom: old.reusedFrom,
              }
            : fresh;
        });
        if (!same || d.body.request === d.procedure?.name) d.body.request = view.name;
        if (!same) {
          d.body.feeInput = {
            quantities: Object.fromEntries(view.quantities.map((q) => [q.key, q.initial])),
            exemptions: [],
            vneidLevel2: d.body.feeInput.vneidLevel2,
          };
          d.body.dueOverride = null;
        }
        d.procedure = {
          code,
          version: view.version,
          name: view.name,
          caseId: chosen.id,
          caseName: chosen.name,
          immediate: view.immediate,
          result: view.result.name,
        };
        return undefined;
      }),

    setRequest: (commandId: string, id: string, actor: Actor, request: string, sets?: number) =>
      edit(commandId, 'setRequest', id, actor, (d) => {
        d.body.request = request.normalize('NFC').trim();
        if (sets !== undefined) d.body.sets = sets;
      }),

    setComponent: (
      commandId: string,
      id: string,
      actor: Actor,
      key: string,
      change: { state?: ComponentState; originals?: number; certified?: number; copies?: number; note?: string },
    ) =>
      core.change(commandId, 'setComponent', id, actor, (d) => {
        const closed = papersOpen(d);
        if (closed) return closed;
        const c = component(d, key);
        if (isRefusal(c)) return c;
        if (change.state === 'in-database' && c.database === null && c.reusedFrom === null)
          return refuse(
            'no-database',
            'Danh mục không ghi cơ sở dữ liệu nào có giấy tờ này; hãy thu giấy, hoặc lấy lại từ hồ sơ trước.',
            'The catalogue names no database that holds this paper; take the paper, or take it over from an earlier dossier.',
          );
        if (change.state !== undefined) c.set = change.state;
        if (change.originals !== undefined) c.originals = change.originals;
        if (change.certified !== undefined) c.certified = change.certified;
        if (change.copies !== undefined) c.copies = change.copies;
        if (change.note !== undefined) c.note = change.note.trim() === '' ? null : change.note.trim();
        return undefined;
      }),

    setPages: (commandId: string, id: string, actor: Actor, key: string, pageIds: readonly string[]) =>
      core.change(commandId, 'setPages', id, actor, (d) => {
        const closed = papersOpen(d);
        if (closed) return closed;
        const c = component(d, key);
        if (isRefusal(c)) return c;
        const ids = [...new Set(pageIds)];
        const known = new Map(deps.pages(ids).map((p) => [p.id, p]));
        if (ids.some((p) => !known.has(p)))
          return refuse(
            'page-gone',
            'Có trang không còn ở máy quét; hãy quét lại trang đó.',
            'One of the pages is no longer with the scanner; scan it again.',
          );
        const moved = new Set(ids);
        for (const other of d.body.components) {
          if (other === c) continue;
          const stay = other.pageIds.map((p, i) => [p, other.pageNotes[i] ?? ''] as const).filter(([p]) => !moved.has(p));
          if (stay.length === other.pageIds.length) continue;
          other.pageIds = stay.map(([p]) => p);
          other.pageNotes = stay.map(([, n]) => n);
          other.file = null;
        }
        c.pageIds = ids;
        c.pageNotes = ids.map((p) => known.get(p)?.note ?? '');
        c.file = null;
        c.reusedFrom = null;
        if (c.set !== 'missing') c.set = null;
        return undefined;
      }),

    /** Earlier components and results of the same person that fit a component by its key. */
    reusable(id: string) {
      const d = rows.get(id);
      if (!d) return [];
      const out: { componentKey: string; fromDossierId: string; from: string; name: string; at: number; fileId: string }[] = [];
      for (const old of rows.earlierOf(d)) {
        for (const c of d.body.components) {
          const match = old.body.components.find((o) => o.key === c.key && o.name === c.name && o.file !== null);
          if (match?.file)
            out.push({
              componentKey: c.key,
              fromDossierId: old.id,
              from: titleOf(old),
              name: match.name,
              at: old.receivedAt ?? old.createdAt,
              fileId: match.file.id,
            });
        }
      }
      return out;
    },

    reuse: (commandId: string, id: string, actor: Actor, key: string, fromDossierId: string, fileId: string) =>
      edit(commandId, 'reuse', id, actor, (d) => {
        const c = component(d, key);
        if (isRefusal(c)) return c;
        const old = rows.earlierOf(d).find((o) => o.id === fromDossierId);
        const file = old?.body.components.find((o) => o.file?.id === fileId)?.file;
        if (!old || !file || !deps.documents.files.exists(file))
          return refuse(
            'reuse-gone',
            'Không còn tệp đó trong hồ sơ trước; hãy quét giấy tờ.',
            'The earlier dossier no longer has that file; scan the paper.',
          );
        Object.assign(c, { file, reusedFrom: titleOf(old), pageIds: [], pageNotes: [], set: null });
        core.note(d, actor, 'reuse', 'Dùng lại giấy tờ đã số hóa', `${c.name}, từ ${titleOf(old)}`);
        return undefined;
      }),

    setFees: (commandId: string, id: string, actor: Actor, input: FeeInput) =>
      edit(commandId, 'setFees', id, actor, (d) => {
        const entry = entryOf(d, deps);
        if (!entry) return refuse('no-procedure', 'Hãy chọn thủ tục trước khi tính phí.', 'Choose the procedure before the fee.');
        if (d.axes.money === 'paid')
          return refuse(
            'already-paid',
            'Đã thu phí; hãy hủy lần thu trước khi đổi số lượng.',
            'The fee was taken; cancel that payment before you change it.',
          );
        d.body.feeInput = input;
        return undefined;
      }),

    setDue: (commandId: string, id: string, actor: Actor, dueAt: number, basis: string) =>
      edit(commandId, 'setDue', id, actor, (d) => {
        if (!d.procedure)
          return refuse('no-procedure', 'Hãy chọn thủ tục trước khi đổi ngày hẹn.', 'Choose the procedure before the date.');
        if (dueAt <= deps.clock.now())
          return refuse(
            'due-past',
            'Ngày hẹn phải ở sau lúc này; hãy chọn ngày khác.',
            'The promised date must be in the future; choose another.',
          );
        d.body.dueOverride = { dueAt, basis };
        core.note(d, actor, 'setDue', 'Đổi ngày hẹn trước khi tiếp nhận', basis);
        return undefined;
      }),

    pay: (
      commandId: string,
      id: string,
      actor: Actor,
      payment: { method: 'cash' | 'vietqr' | 'card' | 'portal'; amount: number; note?: string },
    ) =>
      core.change(commandId, 'pay', id, actor, (d) => {
        const due = feesOf(d, deps)?.due ?? 0;
        const to = MONEY.pay[d.axes.money];
        if (!to) return refuse('already-paid', 'Hồ sơ này đã thu phí.', 'The fee of this dossier was taken already.');
        if (payment.amount !== due)
          return refuse('wrong-amount', `Số phải thu là ${dong(due)}; hãy thu đúng số đó.`, `The fee is ${dong(due)}; take exactly that.`, {
            due,
          });
        if (due === 0) return refuse('nothing-to-pay', 'Hồ sơ này không phải nộp phí.', 'Nothing is to be paid for this dossier.');
        d.axes = { ...d.axes, money: to };
        d.body.payment = { ...payment, at: deps.clock.now(), by: actor.name };
        core.note(d, actor, 'pay', 'Thu phí, lệ phí', dong(payment.amount));
        return undefined;
      }),

    undoPayment: (commandId: string, id: string, actor: Actor, kind: 'cancelled' | 'refunded', reason: string) =>
      core.change(commandId, 'undoPayment', id, actor, (d) => {
        const to = MONEY[kind === 'cancelled' ? 'cancel' : 'refund'][d.axes.money];
        if (!to)
          return refuse(
            'not-paid',
            'Chưa thu phí nên không có gì để hủy hay hoàn.',
            'Nothing was paid, so there is nothing to cancel or refund.',
          );
        d.axes = { ...d.axes, money: to };
        d.body.payment = null;
        core.note(d, actor, 'undoPayment', kind === 'cancelled' ? 'Hủy lần thu phí' : 'Hoàn phí', reason);
        return undefined;
      }),

    park: (commandId: string, id: string, actor: Actor) =>
      core.change(commandId, 'park', id, actor, (d) => {
        if (d.axes.business !== 'draft') return notNow(d);
        core.note(d, actor, 'park', 'Tạm gác, giữ nháp');
        if (d.ticket) deps.parkTicket?.(d.ticket.id, actor);
        return undefined;
      }),

    discard: (commandId: string, id: string, actor: Actor) =>
      core.change(commandId, 'discard', id, actor, (d) => {
        if (d.axes.money === 'paid')
          return refuse(
            'paid-draft',
            'Nháp này đã thu phí; hãy hoàn phí trước khi bỏ.',
            'A fee was taken for this draft; refund it before you discard it.',
          );
        const refusal = core.step(d, 'discard');
        if (!refusal) core.note(d, actor, 'discard', 'Bỏ nháp');
        return refusal;
      }),

    /** F2 with an unfinished intake: the draft stays, and it is written down why. Called by the queue through `counter.ts`. */
    keepDraftsOfTicket(ticketId: string, actor: Actor): string[] {
      return deps.store.transaction(() => {
        const ids = rows.draftIdsOfTicket(ticketId);
        for (const id of ids) core.apply(id, (d) => core.note(d, actor, 'park', 'Tạm gác, giữ nháp', 'Gọi số tiếp theo'));
        return ids;
      });
    },
  };
}

export type Intake = ReturnType<typeof intake>;
