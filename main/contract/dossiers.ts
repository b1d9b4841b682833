import { z } from 'zod';
import { base, command, fileLink, instant, live } from './base.ts';
import { channel, feeInput, procedureCode } from './catalogue.ts';
import {
  componentState,
  dossierDocument,
  dossierLine,
  dossierView,
  historyEntry,
  party,
  paymentMethod,
  personField,
  worklistName,
  worklistsView,
} from './dossier-views.ts';

export * from './dossier-views.ts';

const dossierId = z.string().min(1).max(64);
const reason = z.string().trim().min(3).max(2000);
const basis = z.string().trim().min(3).max(500);
/**
 * Decisions and money are for those who answer for them. A helper (`người hỗ trợ`: post, volunteers) may read a card, type, scan
 * and choose the procedure, and neither accept nor refuse nor take money.
 */
const decides = base.meta({ duties: ['reception', 'appraisal', 'leader', 'clerk', 'supervisor', 'admin'] });
const on = <S extends z.ZodRawShape>(shape: S) => command({ dossierId, ...shape });

/** What a code reader or chip reader read from an ID card; the shape is checked and the fields parsed by the reader's driver. */
export const cardFields = z.object({
  idNumber: z.string().regex(/^\d{12}$/),
  oldIdNumber: z
    .string()
    .regex(/^\d{9}$/)
    .optional(),
  fullName: z.string().min(1).max(120),
  birthDate: z.string().regex(/^\d{4}(-\d{2}-\d{2})?$/),
  sex: z.enum(['Nam', 'Nữ']),
  address: z.string().max(300),
  idIssuedOn: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .optional(),
  /** Read through an emulated keyboard, which loses diacritics. */
  degraded: z.boolean().default(false),
  /** What the reader's driver doubts; each stands beside its field and stops nothing. */
  doubts: z
    .array(z.object({ field: personField, vi: z.string().max(300), en: z.string().max(300) }))
    .max(20)
    .optional(),
});
export type CardFields = z.infer<typeof cardFields>;

/** A PDF that a screen hands over, at most 20 MB. */
const pdf = z.object({ name: z.string().min(1).max(200), base64: z.string().max(28_000_000) });

export const dossiersContract = {
  // --- intake -------------------------------------------------------------------------------------------------------
  /** Opens the draft of the ticket in service, or makes it: one ticket has one open draft. Without a ticket: a loose draft. */
  open: base
    .input(command({ ticket: z.object({ id: z.string(), number: z.string() }).nullable(), channel: channel.default('direct') }))
    .output(dossierView),
  setChannel: base.input(on({ channel })).output(dossierView),
  /**
   * Fills a party from a card. Without `as`: the applicant, when empty or the same number; a second, different card is refused
   * with `second-card`, and the screen asks "thay người nộp hay thêm chủ hồ sơ" and sends again with `as`.
   */
  scanCard: base.input(on({ card: cardFields, as: party.optional() })).output(dossierView),
  setField: base
    .input(on({ party, field: personField, value: z.string().max(400), source: z.enum(['typed', 'database', 'earlier']).default('typed') }))
    .output(dossierView),
  /** `self: false` adds an owner; `authority` says why the applicant may act for them. */
  setOwner: base.input(on({ self: z.boolean(), authority: z.string().max(400).optional() })).output(dossierView),
  chooseProcedure: base.input(on({ code: procedureCode, caseId: z.string().optional() })).output(dossierView),
  setRequest: base.input(on({ request: z.string().max(1000), sets: z.number().int().min(1).max(99).optional() })).output(dossierView),
  setComponent: base
    .input(
      on({
        key: z.string(),
        state: componentState.optional(),
        originals: z.number().int().min(0).max(99).optional(),
        certified: z.number().int().min(0).max(99).optional(),
        copies: z.number().int().min(0).max(99).optional(),
        note: z.string().max(400).optional(),
      }),
    )
    .output(dossierView),
  /** Puts the pages of one component in this order; a page that lay on another component of the dossier moves. `[]` empties it. */
  setPages: base.input(on({ key: z.string(), pageIds: z.array(z.string()).max(2000) })).output(dossierView),
  /** What this citizen handed in or received before, that could be taken over instead of being asked for again. */
  reusable: base.input(z.object({ dossierId })).output(
    z.array(
      z.object({
        componentKey: z.string(),
        fromDossierId: z.string(),
        from: z.string(),
        name: z.string(),
        at: instant,
        fileId: z.string(),
      }),
    ),
  ),
  reuse: base.input(on({ key: z.string(), fromDossierId: z.string(), fileId: z.string() })).output(dossierView),
  setFees: base.input(on({ input: feeInput })).output(dossierView),
  pay: decides
    .input(on({ method: paymentMethod, amount: z.number().int().nonnegative(), note: z.string().max(200).optional() }))
    .output(dossierView),
  /** Cancels the record of a payment, or notes that the money was given back. */
  undoPayment: decides.input(on({ kind: z.enum(['cancelled', 'refunded']), reason })).output(dossierView),
  /** A code to pay the fee by bank app, as an image and as text. */
  paymentCode: base
    .input(z.object({ dossierId }))
    .output(z.object({ text: z.string(), svg: z.string(), amount: z.number().int(), purpose: z.string() })),
  /** Moves the promised date before acceptance; the law that allows it is asked for. */
  setDue: decides.input(on({ dueAt: instant, basis })).output(dossierView),
  /**
   * Accepts: builds the components' PDFs, takes the next official code (or a provisional number when the province cannot be
   * reached), writes dossier, receipt and outbox in one transaction, prints. `receipt` is null for an immediate procedure
   * unless `wantsReceipt`.
   */
  accept: decides
    .input(on({ wantsReceipt: z.boolean().default(false), duplicatesSeen: z.boolean().default(false) }))
    .output(z.object({ dossier: dossierView, receipt: dossierDocument.nullable() })),
  /** Keeps the draft and lets the ticket go; F2 with an unfinished intake does the same. */
  park: base.input(on({})).output(dossierView),
  discard: decides.input(on({})).output(dossierView),

  // --- after acceptance ---------------------------------------------------------------------------------------------
  requestSupplement: decides
    .input(
      on({
        items: z.array(z.string().trim().min(2).max(300)).min(1).max(30),
        reason,
        basis,
        guidance: z.string().max(2000).default(''),
        stage: z.enum(['intake', 'appraisal', 'specialised']),
        approver: z.string().max(120).default(''),
        expiresAt: instant.optional(),
      }),
    )
    .output(dossierView),
  receiveSupplement: decides.input(on({})).output(dossierView),
  /** The province gave it back and it was put right: goes as a new revision. Receipt and dates stay as they are. */
  resend: decides.input(on({})).output(dossierView),
  refuse: decides.input(on({ reason, basis: basis.optional() })).output(dossierView),
  withdraw: decides.input(on({ reason })).output(dossierView),
  discontinue: decides.input(on({ reason, basis })).output(dossierView),
  /** Apology and extension, once: after it a second is refused. */
  apologise: decides.input(on({ reason, newDueAt: instant, signer: z.string().trim().min(2).max(120) })).output(dossierView),
  /** Hands the papers to the deciding agency; the dossier is being worked on from then. */
  forward: decides.input(on({ to: z.string().max(200).optional() })).output(dossierView),
  coordinate: decides.input(on({ agency: z.string().min(2).max(200), reason })).output(dossierView),
  requestObligation: decides.input(on({ amount: z.number().int().positive(), reason, basis })).output(dossierView),
  /** The citizen paid, the other agency answered: the clock runs again. */
  resume: decides.input(on({ note: z.string().max(400).default('') })).output(dossierView),
  setShelf: base.input(on({ shelf: z.string().max(60) })).output(dossierView),

  // --- result -------------------------------------------------------------------------------------------------------
  /** Writes the result from the procedure's template (a draft to be signed), with room for the signature. */
  draftResult: decides
    .input(on({ number: z.string().max(60).default(''), signer: z.string().max(120), signerTitle: z.string().max(120) }))
    .output(dossierView),
  attachResult: decides.input(on({ pdf })).output(dossierView),
  /** Result done without a digital signature of ours (signed by hand, or in a ministry's system): says where and when. */
  finish: decides.input(on({ source: z.string().min(2).max(200) })).output(dossierView),
  /** Hands the result over: status 10. */
  handOver: decides
    .input(
      on({
        receiver: z.string().trim().min(2).max(120),
        receiverIdNumber: z.string().max(20).optional(),
        relation: z.string().max(120).default('chủ hồ sơ'),
        method: z.enum(['counter', 'post', 'electronic']).default('counter'),
        originalsReturned: z.boolean().default(true),
      }),
    )
    .output(dossierView),
  rate: base
    .meta({ roles: ['officer', 'feedback'] })
    .input(on({ stars: z.number().int().min(1).max(5), comment: z.string().max(1000).optional() }))
    .output(z.object({ stars: z.number().int() })),
  /** One receipt for everything that this citizen handed in on this ticket; it is printed. */
  visitReceipt: decides.input(on({})).output(dossierView),
  /** How many dossiers of this visit were taken in; from two on one receipt can name them all. */
  visitCount: base.input(z.object({ dossierId })).output(z.object({ count: z.number().int().nonnegative() })),
  /** The receipt again, e.g. with the official code after a provisional one; prints when `print`. */
  newSlip: decides.input(on({ print: z.boolean().default(true) })).output(z.object({ dossier: dossierView, receipt: dossierDocument })),

  // --- looking ------------------------------------------------------------------------------------------------------
  get: base.input(z.object({ dossierId })).output(dossierView),
  /** Snapshot and then the whole dossier after each change. */
  watch: base.input(z.object({ dossierId })).output(live(dossierView, dossierView)),
  history: base.input(z.object({ dossierId })).output(z.array(historyEntry)),
  /** Official or provisional code, as it stands on a receipt. */
  byCode: base.input(z.object({ code: z.string().max(80) })).output(dossierView),
  /** Name, number, procedure, code; without diacritics and with beginnings of words. Newest first. */
  search: base
    .input(z.object({ text: z.string().max(120), limit: z.number().int().min(1).max(100).default(20) }))
    .output(z.object({ items: z.array(dossierLine), more: z.boolean() })),
  worklists: base.output(live(worklistsView, worklistsView)),
  worklist: base.input(z.object({ name: worklistName, limit: z.number().int().min(1).max(500).default(100) })).output(z.array(dossierLine)),
  /** Opens one of the dossier's documents or component PDFs. */
  document: base.input(z.object({ dossierId, documentId: z.string() })).output(fileLink),
  /** Mẫu 06, always built from the history as it is now. */
  controlSheet: base.input(z.object({ dossierId })).output(fileLink),
};
