import { z } from 'zod';
import { base, command, fileLink, instant, live } from './base.ts';

/** One sentence in each language, ready to show. */
const sentence = z.object({ code: z.string(), vi: z.string(), en: z.string() });

export const signatureLevel = z.enum(['B-B', 'B-T', 'B-LT', 'B-LTA']);
/** `personal` chữ ký cá nhân · `seal` dấu cơ quan · `attachment` phụ lục riêng · `copy` bản sao điện tử · `none` không hiện. */
export const visibleForm = z.enum(['personal', 'seal', 'attachment', 'copy', 'none']);
/** Who signs next: `leader` người có thẩm quyền ký · `clerk` văn thư ghi số, ngày và đóng dấu cơ quan. */
export const signingStep = z.enum(['leader', 'clerk']);

/** What an electronic copy is (NĐ 30/2020, Điều 25). */
export const copyKind = z.enum(['SAO Y', 'SAO LỤC', 'TRÍCH SAO']);

export const certificateView = z.object({
  /** SHA-256 of the certificate: its name in every call. */
  id: z.string(),
  subject: z.string(),
  organisation: z.string().nullable(),
  issuer: z.string(),
  serial: z.string(),
  notBefore: instant,
  notAfter: instant,
  daysLeft: z.number().int(),
  /** Set from 60 days before the end. */
  expiring: z.boolean(),
  key: z.string(),
  /** Why it may not sign, when it may not. */
  refused: sentence.nullable(),
});

export const tokenView = z.object({
  /** Path of the PKCS#11 module, or `training` for the key of training. */
  module: z.string(),
  label: z.string(),
  manufacturer: z.string(),
  model: z.string(),
  serial: z.string(),
  locked: z.boolean(),
  finalTry: z.boolean(),
  countLow: z.boolean(),
  /** The PIN is typed on the token itself; screens do not ask. */
  pinPad: z.boolean(),
  training: z.boolean(),
  certificates: z.array(certificateView),
});

export const tokensView = z.object({
  tokens: z.array(tokenView),
  /** Modules that could not be used, with what to do. */
  problems: z.array(sentence.extend({ module: z.string() })),
});

/** In points from the lower left corner of the page as it stands in the file (not turned). */
export const placement = z.object({
  page: z.number().int().min(-1),
  x: z.number(),
  y: z.number(),
  width: z.number().positive(),
  height: z.number().positive(),
});

export const worklistState = z.enum(['waiting', 'in-batch', 'signed', 'refused', 'failed', 'set-aside', 'returned']);

export const worklistItem = z.object({
  documentId: z.string(),
  dossierId: z.string(),
  dossierCode: z.string(),
  title: z.string(),
  form: visibleForm,
  /** For the form `copy`. */
  copyKind,
  step: signingStep,
  /** Steps that remain, this one included. */
  steps: z.array(signingStep),
  /** Number and date are left blank in it: the clerk's step must give them. */
  numberBlank: z.boolean(),
  state: worklistState,
  /** Somebody has looked at exactly these bytes; only such items go into a batch. */
  seen: z.boolean(),
  /** SHA-256 of the bytes that were looked at; what a batch sends back for a document that a colleague has opened. */
  seenSha256: z.string().nullable(),
  addedAt: instant,
  reason: sentence.nullable(),
  /** When and by whom it was signed last: the leader's signature while it waits for the clerk. */
  signedAt: instant.nullable(),
  signer: z.string().nullable(),
  level: signatureLevel.nullable(),
});

export const previewView = z.object({
  documentId: z.string(),
  /** The very bytes that will be signed; screens draw them with pdf.js. */
  file: fileLink,
  /** SHA-256 of these bytes, to be sent back with `start`. */
  sha256: z.string(),
  /** What of each page is shown, in points, before it is turned. */
  pages: z.array(z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number(), rotate: z.number() })),
  /** Points of caution: two headers, bytes after the end, duplicate objects. */
  warnings: z.array(sentence),
  /** Why this file cannot be signed as it is. */
  refused: sentence.nullable(),
  /** A clean copy may be made: nobody has signed it yet. */
  cleanable: z.boolean(),
  signatures: z.array(z.object({ field: z.string(), signer: z.string().nullable(), signedAt: z.string().nullable() })),
  emptyFields: z.array(z.string()),
  /** At the clerk's step: the document has an empty place for its number and date. */
  numberWanted: z.boolean(),
  /** Where the form goes, from its saved place or from the name and title on the page. */
  placement: placement.nullable(),
});

export const batchFileState = z.enum(['pending', 'signed', 'refused', 'failed', 'skipped']);
export const batchFile = z.object({
  documentId: z.string(),
  dossierCode: z.string(),
  title: z.string(),
  state: batchFileState,
  /** What is going on with the file now: at the token, asking for a timestamp, being checked. */
  activity: z.enum(['none', 'preparing', 'signing', 'timestamp', 'checking']),
  reason: sentence.nullable(),
  level: signatureLevel.nullable(),
  signedAt: instant.nullable(),
});

/**
 * `running` · `paused` waits for the token, a PIN or an answer, see `why` · `cancelling` finishes the file at hand · `done` ·
 * `cancelled` the officer stopped it · `stopped` something stopped it for good (a wrong PIN, a locked token).
 */
export const batchState = z.enum(['running', 'paused', 'cancelling', 'done', 'cancelled', 'stopped']);
export const batchView = z.object({
  id: z.string(),
  state: batchState,
  /** Why it waits or stopped; `token-removed`, `needs-pin`, `timestamp-failed`, `interrupted`, `wrong-pin` ... */
  why: sentence.nullable(),
  certificateId: z.string(),
  signer: z.string(),
  tokenSerial: z.string(),
  level: signatureLevel,
  files: z.array(batchFile),
  counts: z.object({ pending: z.number(), signed: z.number(), refused: z.number(), failed: z.number(), skipped: z.number() }),
  /** Estimate from the files done so far; null until one is done. */
  remainingMs: z.number().nullable(),
  startedAt: instant,
  endedAt: instant.nullable(),
});

export const signingSnapshot = z.object({
  worklist: z.array(worklistItem),
  batch: batchView.nullable(),
  /** The token process of the batch is alive and logged in. */
  unlocked: z.boolean(),
  /** Grows whenever other tokens are seen than before. */
  tokenChanges: z.number().int(),
  owed: z.number().int(),
});

const batchItem = z.object({
  documentId: z.string(),
  /** From `preview`: what the officer looked at. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  placement: placement.nullable().optional(),
  field: z.string().nullable().optional(),
  /** Number and symbol of this document: written by the clerk's step, named by a separate attachment. */
  number: z.string().max(60).optional(),
});

export const settingsView = z.object({
  level: signatureLevel,
  tsaUrl: z.string().nullable(),
  offline: z.boolean(),
  /** Every result goes to the clerk for number, date and seal after the leader, also one that brings its number. */
  alwaysSeal: z.boolean(),
  /** RSA signatures are made with PSS where the token has it; else, and without this, with PKCS#1 v1.5. */
  pss: z.boolean(),
  places: z.record(z.string(), placement),
});

/** A PKCS#11 module that is asked for tokens here. */
export const moduleView = z.object({
  path: z.string(),
  /** SHA-256 of the file as it is now, hexadecimal; null when it cannot be read. */
  sha256: z.string().nullable(),
  /** `officer` pointed at and confirmed here · `configured` · `known` by its file name. */
  source: z.enum(['officer', 'configured', 'known']),
  /** Why it is not loaded. */
  problem: sentence.nullable(),
});

/** A certificate that ends within 60 days, as of the last look at the tokens. */
export const expiringView = z.object({
  id: z.string(),
  subject: z.string(),
  issuer: z.string(),
  tokenLabel: z.string(),
  notAfter: instant,
  daysLeft: z.number().int(),
});

export const rootView = z.object({
  id: z.string(),
  subject: z.string(),
  notAfter: instant,
  source: z.enum(['vgca', 'neac', 'added']),
  addedAt: instant,
});

export const owedView = z.object({
  documentId: z.string(),
  dossierCode: z.string(),
  title: z.string(),
  kind: z.enum(['timestamp', 'long-term']),
  since: instant,
});

export const verificationView = z.object({
  verdict: z.enum(['TOTAL-PASSED', 'INDETERMINATE', 'TOTAL-FAILED', 'NO-SIGNATURE']),
  /** For a file that cannot be judged: why. */
  reason: sentence.nullable(),
  signatures: z.array(
    z.object({
      field: z.string(),
      verdict: z.enum(['TOTAL-PASSED', 'INDETERMINATE', 'TOTAL-FAILED']),
      subIndication: z.string().nullable(),
      modifications: z.string(),
      coversWholeFile: z.boolean(),
      signer: z.string().nullable(),
      level: z.string().nullable(),
      signedAt: z.string().nullable(),
      timestampAt: z.string().nullable(),
      vi: z.string(),
      en: z.string(),
    }),
  ),
});

export const signingContract = {
  /** Every token and certificate that can be seen now. Starts and ends one child process per module; asks no PIN. */
  tokens: base.output(tokensView),
  /** The worklist "chờ ký số", the batch and the unlock state, live. */
  watch: base.output(live(signingSnapshot, signingSnapshot)),
  /** What ends within 60 days, from the last look at the tokens; starts no process. */
  expiring: base.output(z.array(expiringView)),
  preview: base.input(z.object({ documentId: z.string() })).output(previewView),
  /** Places on the pages that fit the name or the title of the signer. */
  findPlace: base.input(z.object({ documentId: z.string(), text: z.string().min(2).max(120) })).output(z.array(placement)),
  /** Before the first signature only: rewrites the file without what readers disagree about. Look at it again afterwards. */
  cleanCopy: base.input(command({ documentId: z.string() })).output(previewView),
  setAside: base
    .input(command({ documentId: z.string(), kind: z.enum(['set-aside', 'returned', 'waiting']), reason: z.string().max(300) }))
    .output(worklistItem),
  /** Before the first signature: which visible form, which kind of copy, whether the clerk's step follows. */
  arrange: base
    .input(command({ documentId: z.string(), form: visibleForm.optional(), copyKind: copyKind.optional(), clerk: z.boolean().optional() }))
    .output(worklistItem),
  /**
   * Starts a batch. The PIN goes straight to the token's process and is kept nowhere else; null for a pin pad. `confirmFinalTry`
   * is the officer's explicit yes after the refusal `final-try`.
   */
  start: base
    .input(
      command({
        module: z.string(),
        tokenSerial: z.string(),
        certificateId: z.string(),
        pin: z.string().min(1).max(64).nullable(),
        confirmFinalTry: z.boolean().optional(),
        level: signatureLevel.optional(),
        items: z.array(batchItem).min(1).max(500),
      }),
    )
    .output(batchView),
  /** Ends after the file at hand; what is pending becomes skipped. */
  cancel: base.input(command({ batchId: z.string() })).output(batchView),
  /** Goes on after a pause; `pin` only when `why` is `needs-pin`. */
  resume: base
    .input(command({ batchId: z.string(), pin: z.string().min(1).max(64).nullable().optional(), confirmFinalTry: z.boolean().optional() }))
    .output(batchView),
  /** When no timestamp came: ask again, sign now as B-B and leave a to-do, or stop. */
  answerTimestamp: base.input(command({ batchId: z.string(), answer: z.enum(['retry', 'without', 'stop']) })).output(batchView),
  owed: base.output(z.array(owedView)),
  /** Asks again for the timestamps that are owed. */
  settleOwed: base.input(command({})).output(z.object({ settled: z.number().int(), left: z.number().int() })),
  signedFile: base.input(z.object({ documentId: z.string() })).output(fileLink),
  settings: base.output(settingsView),
  saveSettings: base
    .meta({ roles: ['officer'], duties: ['admin', 'supervisor', 'clerk', 'leader'] })
    .input(
      command({
        level: signatureLevel.optional(),
        tsaUrl: z.string().url().nullable().optional(),
        offline: z.boolean().optional(),
        alwaysSeal: z.boolean().optional(),
        pss: z.boolean().optional(),
      }),
    )
    .output(settingsView),
  modules: base.output(z.array(moduleView)),
  /** Looks at a driver file before anything loads it: architecture, C_GetFunctionList, SHA-256. Keeps nothing. */
  inspectModule: base
    .meta({ roles: ['officer'], duties: ['admin', 'supervisor', 'clerk', 'leader'] })
    .input(z.object({ path: z.string().min(1).max(500) }))
    .output(moduleView),
  /** Keeps a module under the SHA-256 that the officer was shown; a file that changes later is not loaded until confirmed again. */
  addModule: base
    .meta({ roles: ['officer'], duties: ['admin', 'supervisor', 'clerk', 'leader'] })
    .input(command({ path: z.string().min(1).max(500), sha256: z.string().regex(/^[0-9a-f]{64}$/) }))
    .output(z.array(moduleView)),
  removeModule: base
    .meta({ roles: ['officer'], duties: ['admin', 'supervisor', 'clerk', 'leader'] })
    .input(command({ path: z.string() }))
    .output(z.array(moduleView)),
  savePlace: base.input(command({ form: visibleForm, placement })).output(settingsView),
  /** Which certificates have a signature picture here, and whether the agency's seal is there. */
  pictures: base.output(z.object({ signatures: z.array(z.string()), seal: z.boolean() })),
  /** Transparent PNG, base64: a signature (blue) for one certificate, or the seal (red) of the agency. */
  savePicture: base
    .input(command({ kind: z.enum(['signature', 'seal']), certificateId: z.string().nullable(), png: z.string().max(6_000_000) }))
    .output(z.object({ signatures: z.array(z.string()), seal: z.boolean() })),
  roots: base.output(z.array(rootView)),
  /** A PEM or DER file, base64; one PEM file may bring several. */
  addRoot: base
    .meta({ roles: ['officer'], duties: ['admin', 'supervisor'] })
    .input(command({ certificate: z.string().max(60_000), source: z.enum(['vgca', 'neac', 'added']) }))
    .output(z.array(rootView)),
  removeRoot: base
    .meta({ roles: ['officer'], duties: ['admin', 'supervisor'] })
    .input(command({ id: z.string() }))
    .output(z.array(rootView)),
  /** The verdict on a document of the worklist, signed or not, in the words of EN 319 102-1. */
  verify: base.input(z.object({ documentId: z.string() })).output(verificationView),
};
