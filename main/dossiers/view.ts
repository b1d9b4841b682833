import type { DueDateView, FeesView, ProcedureView } from '../contract/catalogue.ts';
import type { DossierDocument, DossierLine, DossierView } from '../contract/dossiers.ts';
import { isRefusal } from '../contract/refusal.ts';
import { businessDay } from '../store/index.ts';
import type { DocumentRow } from '../documents/index.ts';
import { componentView, stateOf, stops } from './components.ts';
import type { DossiersDeps } from './deps.ts';
import { identityNotes } from './identity.ts';
import type { Dossier } from './record.ts';
import { ENDED, OPEN, PAUSED, STATUS_CODE, STATUS_TEXT } from './states.ts';
import type { DossierStore, LineRow } from './store.ts';

export const titleOf = (d: { code: string | null; provisionalCode: string | null }): string => d.code ?? d.provisionalCode ?? 'Nháp';

/** 24000 -> "24.000 đồng" */
export const dong = (amount: number): string => `${String(amount).replace(/\B(?=(\d{3})+(?!\d))/g, '.')} đồng`;

export const documentView = (r: DocumentRow): DossierDocument => ({
  id: r.id,
  kind: r.kind,
  name: r.name,
  ...(r.number === null ? {} : { number: r.number }),
  madeAt: r.madeAt,
  size: r.file.size,
  sha256: r.file.id,
  ...(r.replacedBy === null ? {} : { replacedBy: r.replacedBy }),
});

/** Published without a national code: received and worked on here, sent when the code is known. */
export const isPending = (d: Dossier): boolean => d.procedure?.code.startsWith('pending:') ?? false;

/** The clock runs towards the citizen. */
const RUNNING = new Set(OPEN.filter((s) => !PAUSED.has(s)));

const inIntake = (d: Dossier): boolean => d.receivedAt === null;

/** The catalogue entry of a dossier: the pinned version once it was accepted, what holds today before. */
export function entryOf(d: Dossier, deps: DossiersDeps): ProcedureView | null {
  if (!d.procedure) return null;
  const view = deps.catalogue.procedure(d.procedure.code, d.procedure.version);
  return isRefusal(view) ? null : view;
}

export function feesOf(d: Dossier, deps: DossiersDeps): FeesView | null {
  if (d.body.fees) return d.body.fees;
  if (!d.procedure) return null;
  const fees = deps.catalogue.fees(d.procedure.code, d.channel, deps.clock.now(), d.body.feeInput, d.procedure.version);
  return isRefusal(fees) ? null : fees;
}

/** Before acceptance what would be promised now; afterwards the promise that holds. */
export function dueOf(d: Dossier, deps: DossiersDeps): DueDateView | null {
  if (d.body.due) return d.body.due;
  if (!d.procedure) return null;
  const now = deps.clock.now();
  if (d.body.dueOverride) return deps.catalogue.describeDue(d.body.dueOverride.dueAt, now, d.body.dueOverride.basis);
  const due = deps.catalogue.dueDate(d.procedure.code, d.procedure.caseId, now, d.procedure.version);
  return isRefusal(due) ? null : due;
}

/** What stops the acceptance, in the order of the talk at the counter. */
export function obstaclesOf(d: Dossier, deps: DossiersDeps): DossierView['obstacles'] {
  const out: DossierView['obstacles'] = [];
  const stop = (code: string, vi: string, en: string, focus: string) => void out.push({ code, vi, en, focus });
  const { applicant, owner } = d.body;
  if (!applicant.fullName?.value && !applicant.organisation?.value)
    stop('applicant-name', 'Chưa có họ tên người nộp', "The applicant's name is missing", 'applicant.fullName');
  if (!applicant.idNumber?.value && !applicant.taxCode?.value)
    stop('applicant-id', 'Chưa có số định danh người nộp', "The applicant's ID number is missing", 'applicant.idNumber');
  if (owner) {
    if (!owner.fullName?.value && !owner.organisation?.value)
      stop('owner-name', 'Chưa có họ tên chủ hồ sơ', "The owner's name is missing", 'owner.fullName');
    if (!d.body.authority)
      stop('authority', 'Chưa ghi căn cứ nộp thay chủ hồ sơ', 'It is not said why the applicant acts for the owner', 'authority');
  }
  if (!d.procedure) {
    stop('procedure', 'Chưa chọn thủ tục', 'No procedure is chosen', 'procedure');
    return out;
  }
  const self = owner === null;
  d.body.components.forEach((c, i) => {
    const state = stateOf(c, self);
    if (stops(c, state))
      stop(
        'component',
        `${state === 'scanning' ? 'Đang quét' : 'Thiếu'}: ${i + 1}. ${c.name}`,
        `${state === 'scanning' ? 'Being scanned' : 'Missing'}: ${i + 1}. ${c.name}`,
        `component.${c.key}`,
      );
  });
  if (dueOf(d, deps) === null)
    stop('due', 'Chưa tính được ngày hẹn: nhập ngày hẹn kèm căn cứ', 'No due date can be counted: set one with its legal basis', 'due');
  return out;
}

/** What deserves a look and does not stop. Names and the catalogue's own sentences stay in Vietnamese: they are the law's. */
function remarksOf(d: Dossier, deps: DossiersDeps, entry: ProcedureView | null): DossierView['remarks'] {
  const out: DossierView['remarks'] = [];
  const say = (vi: string, en: string) => void out.push({ vi, en });
  const self = d.body.owner === null;
  d.body.components.forEach((c, i) => {
    if (stateOf(c, self) !== 'review') return;
    const { label } = componentView(c, i, self);
    say(`Thành phần ${i + 1}: ${label}`, `Paper ${i + 1}: ${label}`);
  });
  const fees = feesOf(d, deps);
  if (fees && fees.due > 0 && d.axes.money !== 'paid')
    say(`Chưa thu ${dong(fees.due)}; thu trước khi trả kết quả.`, `${dong(fees.due)} are not paid; take them before the handover.`);
  for (const warning of [...(fees?.warnings ?? []), ...(dueOf(d, deps)?.warnings ?? [])]) say(warning, warning);
  if (entry?.bothMustAppear) say('Thủ tục này hai bên phải cùng có mặt.', 'Both parties must appear.');
  if (entry?.elsewhere && inIntake(d))
    say(`Công dân có thể tự làm: ${entry.elsewhere}.`, `The citizen can do it without us: ${entry.elsewhere}.`);
  for (const problem of entry?.problems ?? []) say(`Danh mục: ${problem}`, `Catalogue: ${problem}`);
  if (d.receivedAt !== null && isPending(d))
    say(
      'Thủ tục chưa có mã quốc gia: hồ sơ sẽ gửi tỉnh khi danh mục có mã.',
      'The procedure has no national code yet: the dossier is sent once the catalogue has one.',
    );
  const left = d.dueAt === null ? null : d.dueAt - deps.clock.now();
  if (left !== null && left < 86_400_000 && RUNNING.has(d.axes.business) && !d.body.apologised) {
    if (left < 0) say('Đã quá hẹn: lập thư xin lỗi và hẹn lại.', 'Past its promised day: apologise and set a new one.');
    else say('Còn dưới 1 ngày đến hẹn: nếu không kịp, lập thư xin lỗi ngay.', 'Due in less than a day: if it will be late, apologise now.');
  }
  if (d.body.rejection) say(`Tỉnh trả lại: ${d.body.rejection}`, `Given back by the province: ${d.body.rejection}`);
  if (d.body.slipOutdated)
    say('Đã có mã chính thức: in lại giấy hẹn cho công dân.', 'There is an official code now: print the receipt again for the citizen.');
  return out;
}

export function dossierViewOf(d: Dossier, deps: DossiersDeps, store: DossierStore): DossierView {
  const entry = entryOf(d, deps);
  const today = businessDay(deps.clock.now());
  const self = d.body.owner === null;
  return {
    id: d.id,
    revision: d.revision,
    title: titleOf(d),
    dossierCode: d.code,
    provisionalCode: d.provisionalCode,
    axes: { ...d.axes },
    statusCode: STATUS_CODE[d.axes.business],
    statusText: STATUS_TEXT[d.axes.business],
    ticket: d.ticket,
    counterId: d.counterId,
    channel: d.channel,
    applicant: d.body.applicant,
    owner: d.body.owner,
    authority: d.body.authority,
    identityNotes: [
      ...identityNotes(d.body.applicant, today),
      ...(d.body.owner ? identityNotes(d.body.owner, today).map((n) => `Chủ hồ sơ: ${n}`) : []),
    ],
    procedure: d.procedure,
    request: d.body.request,
    sets: d.body.sets,
    components: d.body.components.map((c, i) => componentView(c, i, self)),
    feeInput: d.body.feeInput,
    fees: feesOf(d, deps),
    payment: d.body.payment,
    due: dueOf(d, deps),
    promises: d.body.promises,
    pauses: d.body.pauses,
    apologised: d.body.apologised,
    receivedAt: d.receivedAt,
    acceptedBy: d.acceptedBy,
    obstacles: inIntake(d) && !ENDED.has(d.axes.business) ? obstaclesOf(d, deps) : [],
    remarks: ENDED.has(d.axes.business) ? [] : remarksOf(d, deps, entry),
    duplicates: inIntake(d) ? store.sameToday(d, today) : [],
    documents: deps.documents.of(d.id).map(documentView),
    supplements: d.body.supplements,
    handover: d.body.handover,
    rating: d.body.rating,
    shelf: d.body.shelf,
    savedAt: d.savedAt,
  };
}

export function lineOf(r: LineRow, note: string): DossierLine {
  return {
    id: r.id,
    title: r.code ?? r.provisional_code ?? 'Nháp',
    dossierCode: r.code,
    provisionalCode: r.provisional_code,
    applicant: r.applicant_name,
    procedureCode: r.procedure_code ?? '',
    procedure: r.procedure_name ?? '',
    axes: { business: r.business, money: r.money, paper: r.paper, sync: r.sync },
    statusCode: STATUS_CODE[r.business],
    statusText: STATUS_TEXT[r.business],
    receivedAt: r.received_at,
    dueAt: r.due_at,
    note,
  };
}
