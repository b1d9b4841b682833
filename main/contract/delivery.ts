import { z } from 'zod';
import { base, businessDay, command, fileLink, instant, live } from './base.ts';

/** One sentence in each language, ready to show. Rooms write it; screens never build sentences from codes. */
const sentence = z.object({ vi: z.string(), en: z.string() });

/**
 * Where a piece of work stands on its way to the province.
 * `ready` Sẵn sàng gửi · `sending-files` Đang tải tệp n/m · `submitted` Đã gửi, chờ xác nhận · `unknown` Chưa rõ kết quả (sent, no
 * reply; the province is asked before anything is sent again) · `acknowledged` Tỉnh đã nhận · `reconciled` Đã đối chiếu ·
 * `waiting-retry` Thử lại lúc hh:mm · `waiting-order` Chờ việc trước · `waiting-sign-in` Chờ đăng nhập lại · `waiting-hours` Chờ giờ gửi
 * · `paused` Đang tạm dừng · `refused` Tỉnh trả lại · `needs-file` Cần quét lại (a file changed or is gone) · `moved` Đã chuyển máy khác
 * · `superseded` Đã có bản sau.
 */
export const deliveryState = z.enum([
  'ready',
  'sending-files',
  'submitted',
  'unknown',
  'acknowledged',
  'reconciled',
  'waiting-retry',
  'waiting-order',
  'waiting-sign-in',
  'waiting-hours',
  'paused',
  'refused',
  'needs-file',
  'moved',
  'superseded',
]);

/** `dossier`: the dossier itself (Tiếp nhận, or Bổ sung from revision 2); `status`: a step or a result reported afterwards. */
export const deliveryKind = z.enum(['dossier', 'status']);

/** What a person is asked to do. `none` is an answer too: "Không cần làm gì". */
export const deliveryRemedy = z.enum(['none', 'correct', 'sign-in', 'rescan', 'resume', 'free-disk', 'call-support']);

export const outboxRow = z.object({
  id: z.string(),
  dossierId: z.string(),
  revision: z.number().int().positive(),
  kind: deliveryKind,
  /** "Tiếp nhận", "Bổ sung", "Trả kết quả" ... */
  kindText: sentence,
  /** What stands on the citizen's paper now: the official code when there is one, else `TAM-...`. Never cut on a screen. */
  code: z.string(),
  provisionalCode: z.string().nullable(),
  officialCode: z.string().nullable(),
  procedureName: z.string(),
  applicantName: z.string(),
  state: deliveryState,
  /** The state in words: "Đang tải tệp 3/5", "Thử lại lúc 09:48". */
  stateText: sentence,
  /** Colour and icon family of the state: `st ok|wait|warn|bad|off` of the tokens. */
  tone: z.enum(['ok', 'wait', 'warn', 'bad', 'off']),
  /** Vì sao. */
  why: sentence,
  /** Cần làm: the sentence, and which action belongs to it. */
  remedy: z.object({ action: deliveryRemedy, vi: z.string(), en: z.string() }),
  /** Files and bytes of this piece of work; null when it carries none. */
  progress: z
    .object({
      filesDone: z.number().int(),
      filesTotal: z.number().int(),
      bytesDone: z.number().int(),
      bytesTotal: z.number().int(),
      percent: z.number().min(0).max(100),
    })
    .nullable(),
  attempts: z.number().int(),
  nextRetryAt: instant.nullable(),
  /** Since when it waits; "Đã chờ" is now minus this. */
  enqueuedAt: instant,
  acknowledgedAt: instant.nullable(),
  /** True for the rows that need a person; they come first. */
  needsPerson: z.boolean(),
});

/** The line to the province as a whole. */
export const lineState = z.object({
  state: z.enum(['up', 'down', 'sign-in', 'paused', 'certificate', 'not-configured']),
  since: instant,
  nextTryAt: instant.nullable(),
  text: sentence,
});

/** For the strip at the bottom ("Chưa gửi tỉnh 8, cũ nhất 52 phút"), the rail's count and the tabs. */
export const outboxSummary = z.object({
  unsent: z.number().int(),
  needsPerson: z.number().int(),
  acknowledgedToday: z.number().int(),
  differences: z.number().int(),
  /** When the oldest unsent piece of work was put in; null when nothing waits. */
  oldestAt: instant.nullable(),
  line: lineState,
  paused: z.boolean(),
  /** Colour and icon family of the strip's cell: bad wants a person (or has no line, or is stuck), warn is on its way. */
  tone: z.enum(['ok', 'wait', 'warn', 'bad', 'off']),
  /** Said when something is unsent for 30 minutes although the line is up: how many, since when, why, what to do. Else null. */
  alert: sentence.nullable(),
  /** Things that came back and nobody has looked at. */
  inbox: z.number().int(),
});

const outboxSnapshot = z.object({
  summary: outboxSummary,
  rows: z.array(outboxRow),
  /** More rows wait than are listed (the list ends at 500). */ more: z.boolean(),
});
const outboxEvent = z.object({ summary: outboxSummary, changed: z.array(outboxRow), removed: z.array(z.string()) });

/** One line of a dossier's way, for the side panel. */
export const wayStep = z.object({
  at: instant.nullable(),
  tone: z.enum(['ok', 'bad', 'wait', 'next']),
  vi: z.string(),
  en: z.string(),
});

/** What was said on the wire, kept as evidence. `reply` is the province's own text, at most 64 KiB. */
export const evidence = z.object({
  id: z.number().int(),
  at: instant,
  step: z.string(),
  key: z.string(),
  status: z.number().int().nullable(),
  reply: z.string(),
  replySha256: z.string(),
  tookMs: z.number().int(),
  outcome: sentence,
});

/** Four separate axes; each says who said so and when. */
export const remoteStatus = z.object({
  axis: z.enum(['business', 'money', 'paper', 'sync']),
  /** Code 1 to 10 on the business axis; a word on the others. */
  value: z.string(),
  text: sentence,
  source: z.enum(['province', 'counter']),
  sourceAt: instant,
  heardAt: instant,
});

/** What the province sent to the desk. */
export const inboxItem = z.object({
  id: z.string(),
  kind: z.enum(['result', 'supplement-request', 'status', 'official-code']),
  dossierId: z.string().nullable(),
  code: z.string(),
  text: sentence,
  at: instant,
  seenAt: instant.nullable(),
  files: z.array(z.object({ name: z.string(), size: z.number().int(), sha256: z.string() })),
});

/**
 * A difference between our list and the province's.
 * `only-here`: the province does not have it · `only-there`: we do not have it · `status`: both have it, the state differs ·
 * `files`: the province holds other files · `twice`: the province has it more than once.
 */
export const difference = z.object({
  id: z.string(),
  day: businessDay,
  kind: z.enum(['only-here', 'only-there', 'status', 'files', 'twice']),
  code: z.string(),
  dossierId: z.string().nullable(),
  text: sentence,
  ours: z.string().nullable(),
  theirs: z.string().nullable(),
  /** Ways to settle it, best first. */
  ways: z.array(
    z.object({ way: z.enum(['send-again', 'take-theirs', 'send-ours', 'ask-province', 'accept']), vi: z.string(), en: z.string() }),
  ),
  foundAt: instant,
  settledAt: instant.nullable(),
  settledBy: z.string().nullable(),
  settledWay: z.string().nullable(),
});

export const reconciliationRun = z.object({
  day: businessDay,
  at: instant,
  ours: z.number().int(),
  theirs: z.number().int(),
  same: z.number().int(),
  differences: z.number().int(),
  text: sentence,
});

/** What the population data say of a person; what they do not say is null. */
export const citizen = z.object({
  fullName: z.string().nullable(),
  /** `YYYY-MM-DD`, or what the register has. */
  birthDate: z.string().nullable(),
  sex: z.string().nullable(),
  address: z.string().nullable(),
});
const lookUpEntry = z.object({
  at: instant,
  officerName: z.string(),
  reason: z.string(),
  dossierId: z.string().nullable(),
  /** Code on the citizen's paper when the dossier was sent or is waiting; null for a draft. */
  code: z.string().nullable(),
  outcome: sentence,
});

const id = z.string().min(1).max(80);
/** What a command on the outbox answers: the rows it touched, as they are now. */
const touched = z.object({ rows: z.array(outboxRow), summary: outboxSummary });

/** Gửi tỉnh: the outbox, what came back, and the daily comparison. */
export const deliveryContract = {
  /** The outbox, live. Rows that need a person first, then oldest first. */
  watch: base.output(live(outboxSnapshot, outboxEvent)),
  /** Only the counts, live; also for stations where nobody has signed in. */
  strip: base.meta({ roles: ['officer', 'station'] }).output(live(outboxSummary, outboxSummary)),
  /** One page of a tab of the outbox page. */
  list: base
    .input(
      z.object({
        tab: z.enum(['unsent', 'needs-person', 'acknowledged-today', 'all']),
        limit: z.number().int().min(1).max(500).default(100),
        before: instant.optional(),
      }),
    )
    .output(z.object({ rows: z.array(outboxRow), more: z.boolean() })),
  /** Everything about one piece of work: the side panel. */
  show: base.input(z.object({ id })).output(
    z.object({
      row: outboxRow,
      /** For the citizen: "không bị ảnh hưởng, ngày nhận và ngày hẹn giữ nguyên". */
      citizen: sentence,
      way: z.array(wayStep),
      files: z.array(
        z.object({
          name: z.string(),
          component: z.string(),
          size: z.number().int(),
          sha256: z.string(),
          sent: z.boolean(),
          problem: sentence.nullable(),
        }),
      ),
      remote: z.array(remoteStatus),
    }),
  ),
  /** Thử gửi ngay (Ctrl+G): one row, or all that wait when `id` is absent. */
  retryNow: base.input(command({ id: id.optional() })).output(touched),
  /** Stops sending. The desk is not touched; nothing is lost. */
  pause: base.input(command({ reason: z.string().max(200).optional() })).output(outboxSummary),
  resume: base.input(command({})).output(outboxSummary),
  /** Signs in again at the province; empty fields mean: with what is stored. The secret goes to the safe, never to a log. */
  signIn: base
    .input(
      command({
        user: z.string().max(200).optional(),
        secret: z.string().max(500).optional(),
        /** PIN of the token that holds the key of the client certificate. */
        pin: z.string().max(64).optional(),
      }),
    )
    .output(outboxSummary),
  /** Marks a refused or broken piece of work as being corrected by this officer; answers where the desk must go. */
  correct: base.input(command({ id })).output(z.object({ dossierId: z.string(), why: sentence })),
  /** The province's own replies, as evidence (Ctrl+I). */
  evidence: base.input(z.object({ id, limit: z.number().int().min(1).max(200).default(50) })).output(z.array(evidence)),
  /** Everything of the dossiers with this provisional or official code, whole or a part; separators and case do not matter. */
  search: base.input(z.object({ text: z.string().min(3).max(60) })).output(z.object({ rows: z.array(outboxRow) })),
  /** What the province says about a dossier, on four axes. */
  remote: base.input(z.object({ dossierId: id })).output(z.array(remoteStatus)),
  /**
   * Asks the national population data about a citizen, for a dossier. Written down first: who, why, which dossier; the number itself
   * is kept as a hash. The answer is not kept anywhere.
   */
  lookUp: base
    .meta({ duties: ['reception', 'appraisal', 'supervisor'] })
    .input(z.object({ idNumber: z.string().regex(/^\d{12}$/), reason: z.string().trim().min(3).max(300), dossierId: id.nullable() }))
    .output(z.object({ person: citizen.nullable() })),
  /** The book of look-ups, newest first; nobody's number stands in it. */
  lookUps: base.meta({ duties: ['supervisor', 'admin'] }).output(z.array(lookUpEntry)),
  /** Results and supplement requests that came back. */
  inbox: base.input(z.object({ unseenOnly: z.boolean().default(true), dossierId: id.optional() })).output(z.array(inboxItem)),
  inboxSeen: base.input(command({ id })).output(z.object({ inbox: z.number().int() })),
  /** A file that came back with a result. */
  inboxFile: base.input(z.object({ id, sha256: z.string() })).output(fileLink),
  /** Runs the comparison of a day now, or gives the last result without asking the province. */
  reconcile: base.input(command({ day: businessDay })).output(z.object({ run: reconciliationRun, differences: z.array(difference) })),
  differences: base
    .input(z.object({ day: businessDay.optional(), openOnly: z.boolean().default(true) }))
    .output(z.object({ run: reconciliationRun.nullable(), differences: z.array(difference) })),
  settle: base
    .input(
      command({
        id,
        way: z.enum(['send-again', 'take-theirs', 'send-ours', 'ask-province', 'accept']),
        note: z.string().max(500).default(''),
      }),
    )
    .output(difference),
  /** All unsent dossiers with their files into one encrypted file, for another station. They rest here as `moved`. */
  exportUnsent: base
    .meta({ duties: ['supervisor', 'admin'] })
    .input(command({ passphrase: z.string().min(12).max(200) }))
    .output(z.object({ file: fileLink, dossiers: z.number().int(), bytes: z.number().int(), text: sentence })),
  /** Takes such a file in. `uploadId` is what `POST /upload` answered for it. */
  importUnsent: base
    .meta({ duties: ['supervisor', 'admin'] })
    .input(command({ uploadId: z.string(), passphrase: z.string().min(1).max(200) }))
    .output(z.object({ dossiers: z.number().int(), alreadyHere: z.number().int(), text: sentence })),
  /** Gives work that was exported back to this station, when the other one will not send it. */
  takeBack: base
    .meta({ duties: ['supervisor', 'admin'] })
    .input(command({}))
    .output(touched),
};
