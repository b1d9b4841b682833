import { z } from 'zod';
import { fileLink, instant } from './base.ts';
import { channel, dueDateView, feeInput, feesView } from './catalogue.ts';

/** What a dossier looks like on a screen; the commands are in `dossiers.ts`. */

/** Where a value came from: Thẻ, CSDL, Nhập tay, Hồ sơ trước. */
export const provenance = z.enum(['card', 'database', 'typed', 'earlier']);
export type Provenance = z.infer<typeof provenance>;

export const fieldValue = z.object({
  value: z.string(),
  source: provenance,
  at: instant,
  /** What a card or database said before somebody typed over it. */
  previous: z.string().optional(),
  /** A keyboard-wedge reader loses diacritics: "Cần xem lại dấu". */
  review: z.enum(['accents']).optional(),
  /** What the card itself makes doubtful about this value (its number says another year, its zone has no diacritics): compare with the card. */
  doubt: z.object({ vi: z.string(), en: z.string() }).optional(),
});
export type FieldValue = z.infer<typeof fieldValue>;

export const personField = z.enum([
  'fullName',
  'idNumber',
  'oldIdNumber',
  'birthDate',
  'sex',
  'address',
  'idIssuedOn',
  'phone',
  'email',
  'notifyBy',
  'organisation',
  'taxCode',
]);
export type PersonField = z.infer<typeof personField>;

/** `birthDate` and `idIssuedOn` are YYYY-MM-DD, or YYYY when the day is not known; `sex` is `Nam` or `Nữ`; `notifyBy` a word of the screen. */
export const personView = z.partialRecord(personField, fieldValue);
export type PersonView = z.infer<typeof personView>;

/** `applicant` hands in, `owner` is whose dossier it is. */
export const party = z.enum(['applicant', 'owner']);
export type Party = z.infer<typeof party>;

/** Chưa có, Đang quét, Đủ, Nên xem, Thiếu, Có trong CSDL, Không áp dụng. */
export const componentState = z.enum(['absent', 'scanning', 'complete', 'review', 'missing', 'in-database', 'not-applicable']);
export type ComponentState = z.infer<typeof componentState>;

export const dossierComponent = z.object({
  key: z.string(),
  number: z.number().int().positive(),
  name: z.string(),
  required: z.boolean(),
  state: componentState,
  /** The words on the badge: "Đủ, 2 trang", "Có trong CSDL, không thu giấy". */
  label: z.string(),
  /** Below the name: "Bản chính 1, trả lại sau khi đối chiếu". */
  detail: z.string(),
  originals: z.number().int().nonnegative(),
  certified: z.number().int().nonnegative(),
  copies: z.number().int().nonnegative(),
  note: z.string().optional(),
  pageIds: z.array(z.string()),
  /** The one PDF of its pages, once it was built. */
  file: z.object({ id: z.string(), name: z.string(), size: z.number().int(), sha256: z.string() }).nullable(),
  /** Taken over from an earlier dossier or the citizen's own store, by reference. */
  reusedFrom: z.string().optional(),
});
export type DossierComponent = z.infer<typeof dossierComponent>;

/** Nghiệp vụ. `statusCode` is the provincial word for it, 1 to 10, 0 while it is only ours. */
export const businessState = z.enum([
  'draft',
  'discarded',
  'registered',
  'accepted',
  'refused',
  'processing',
  'coordinating',
  'supplement',
  'obligation',
  'withdrawn',
  'discontinued',
  'lapsed',
  'finished',
  'returned',
]);
export type BusinessState = z.infer<typeof businessState>;
/** Tài chính. */
export const moneyState = z.enum(['none', 'due', 'paid', 'cancelled', 'refunded']);
export type MoneyState = z.infer<typeof moneyState>;
/** Giao nhận: who holds the paper. */
export const paperState = z.enum(['none', 'counter', 'agency', 'result-at-counter', 'citizen']);
export type PaperState = z.infer<typeof paperState>;
/** Đồng bộ. */
export const syncState = z.enum(['local', 'queued', 'acknowledged', 'rejected', 'reconciled']);
export type SyncState = z.infer<typeof syncState>;

export const axes = z.object({ business: businessState, money: moneyState, paper: paperState, sync: syncState });
export type Axes = z.infer<typeof axes>;

export const paymentMethod = z.enum(['cash', 'vietqr', 'card', 'portal']);

export const dossierDocument = z.object({
  id: z.string(),
  kind: z.enum([
    'receipt',
    'supplement',
    'refusal',
    'apology',
    'discontinuation',
    'control',
    'component',
    'result',
    'result-signed',
    'handover',
  ]),
  name: z.string(),
  number: z.string().optional(),
  madeAt: instant,
  size: z.number().int().nonnegative(),
  sha256: z.string(),
  /** A newer one took its place, e.g. the receipt with the official code. */
  replacedBy: z.string().optional(),
});
export type DossierDocument = z.infer<typeof dossierDocument>;

export const pause = z.object({
  from: instant,
  to: instant.nullable(),
  reason: z.string(),
  basis: z.string(),
  kind: z.enum(['supplement', 'obligation', 'coordination']),
});

export const historyEntry = z.object({
  at: instant,
  who: z.string(),
  /** "Tiếp nhận hồ sơ". */
  what: z.string(),
  detail: z.string(),
  business: businessState,
  /** Quầy, tỉnh, or a ministry's system with its own time. */
  source: z.string(),
});

export type HistoryEntry = z.infer<typeof historyEntry>;

export const dossierView = z.object({
  id: z.string(),
  /** Changes with every change of the dossier. */
  revision: z.number().int().nonnegative(),
  /** What to print and say: the official code, else the provisional number, else "Nháp". */
  title: z.string(),
  dossierCode: z.string().nullable(),
  /** `TAM-3-261123-1`; kept for ever, also after the official code came. */
  provisionalCode: z.string().nullable(),
  axes,
  statusCode: z.number().int().min(0).max(10),
  /** "Đang xử lý". */
  statusText: z.string(),
  ticket: z.object({ id: z.string(), number: z.string() }).nullable(),
  counterId: z.string(),
  channel,
  applicant: personView,
  /** Null while the applicant is the owner. */
  owner: personView.nullable(),
  /** Why the applicant may act for the owner: "Văn bản ủy quyền số 12 ngày 20/11/2026", "cha đẻ". */
  authority: z.string().nullable(),
  /** Doubts about the identity: the number does not fit the birth date, the card has ended … Warnings never stop. */
  identityNotes: z.array(z.string()),
  procedure: z
    .object({
      code: z.string(),
      version: z.string(),
      name: z.string(),
      caseId: z.string(),
      caseName: z.string(),
      immediate: z.boolean(),
      result: z.string(),
    })
    .nullable(),
  /** Trích yếu: what is asked for, in one line. */
  request: z.string(),
  sets: z.number().int().positive(),
  components: z.array(dossierComponent),
  feeInput,
  fees: feesView.nullable(),
  payment: z
    .object({ method: paymentMethod, amount: z.number().int(), at: instant, by: z.string(), note: z.string().optional() })
    .nullable(),
  /** Before acceptance: what would be promised now. Afterwards: what was promised. */
  due: dueDateView.nullable(),
  /** The first promise when it was moved since, with each reason. */
  promises: z.array(z.object({ dueAt: instant, setAt: instant, reason: z.string(), basis: z.string() })),
  pauses: z.array(pause),
  apologised: z.boolean(),
  receivedAt: instant.nullable(),
  acceptedBy: z.string().nullable(),
  /** What stops "Tiếp nhận" (F9), in words, first the one that has the focus. Empty: it may be accepted. */
  obstacles: z.array(z.object({ code: z.string(), vi: z.string(), en: z.string(), focus: z.string() })),
  /** What should be looked at and does not stop. */
  remarks: z.array(z.object({ vi: z.string(), en: z.string() })),
  /** Same person and procedure today. */
  duplicates: z.array(z.object({ id: z.string(), title: z.string(), receivedAt: instant })),
  documents: z.array(dossierDocument),
  supplements: z.array(
    z.object({
      id: z.string(),
      number: z.string(),
      at: instant,
      stage: z.enum(['intake', 'appraisal', 'specialised']),
      reason: z.string(),
      basis: z.string(),
      approver: z.string(),
      items: z.array(z.string()),
      receivedAt: instant.nullable(),
      expiresAt: instant.nullable(),
    }),
  ),
  handover: z
    .object({
      at: instant,
      receiver: z.string(),
      receiverIdNumber: z.string().optional(),
      relation: z.string(),
      by: z.string(),
      method: z.enum(['counter', 'post', 'electronic']),
    })
    .nullable(),
  rating: z.object({ stars: z.number().int().min(1).max(5), comment: z.string().optional(), at: instant }).nullable(),
  shelf: z.string().nullable(),
  /** Last time the draft was written to disk. */
  savedAt: instant,
});
export type DossierView = z.infer<typeof dossierView>;

/** One line in a list: enough to recognise it and to open it. */
export const dossierLine = z.object({
  id: z.string(),
  title: z.string(),
  dossierCode: z.string().nullable(),
  provisionalCode: z.string().nullable(),
  applicant: z.string(),
  procedureCode: z.string(),
  procedure: z.string(),
  axes,
  statusCode: z.number().int(),
  statusText: z.string(),
  receivedAt: instant.nullable(),
  dueAt: instant.nullable(),
  /** "Quá 1 ngày, chưa xin lỗi", "16:30, kết quả chờ ký". */
  note: z.string(),
});
export type DossierLine = z.infer<typeof dossierLine>;

export const worklistName = z.enum(['overdue', 'due-today', 'to-sign', 'waiting-citizen', 'results-ready', 'drafts', 'new-slip']);
export const worklistsView = z.object({
  at: instant,
  lists: z.array(z.object({ name: worklistName, title: z.string(), count: z.number().int().nonnegative(), first: z.array(dossierLine) })),
});
export type WorklistsView = z.infer<typeof worklistsView>;

export const documentLink = z.object({ document: dossierDocument, link: fileLink });
