import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { access, constants, mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isRefusal, refuse, type Refusal } from '../contract/refusal.ts';
import { systemClock } from '../store/index.ts';
import { syncFolders } from './append/index.ts';
import { makeAppearance, onPage, SIZES, usualPlace, type VisibleForm } from './appearance/index.ts';
import { readCertificate, type Certificate } from './cms/index.ts';
import { completeSigned, evidenceOf } from './files.ts';
import { Lines, type Ending, type SignLine } from './lines.ts';
import {
  evidenceName,
  finishFile,
  prepareFile,
  TIMESTAMP_ROOM,
  type Level,
  type PreparedFile,
  type SignFile,
  type Signer,
} from './sign.ts';
import {
  faultSentence,
  listedCertificates,
  moduleFault,
  openKey,
  TokenError,
  TokenProcess,
  troubleSentence,
  type OpenKey,
} from './tokens/index.ts';
import { attributesDigest } from './cms/index.ts';
import { assess, issuersOf, requestTimestamp, TimestampError, type Assessment } from './trust/index.ts';
import { loadTrust, type Trust } from './verify/trust.ts';

export type { SignLine } from './lines.ts';
export type CommandLevel = Level;

export interface SignCommand {
  readonly module: string;
  readonly tokenLabel: string;
  /** Serial number, upper-case hexadecimal without leading zeros; null takes the only one that may sign. */
  readonly certificate: string | null;
  readonly pin: string;
  readonly level: Level;
  readonly tsa: string | null;
  readonly trustDir: string | null;
  readonly form: VisibleForm;
  /** RSA with PSS where the token has it. */
  readonly pss: boolean;
  /** Zero-based page and the lower left corner in points. */
  readonly place: { readonly page: number; readonly x: number; readonly y: number } | null;
  readonly outDir: string;
  readonly files: readonly { readonly given: string; readonly file: string }[];
}

const RANK = { signed: 0, refused: 3, token: 4, failed: 5 } as const;
/** So many files are timestamped and finished at once. */
const MOST_AT_ONCE = 4;

/**
 * Signs files one after the other with one key. Each gets exactly one line, in order. When the token stops, the rest is not tried.
 * Nothing is kept: no database, no PIN.
 */
export async function signFiles(command: SignCommand, tell: (line: SignLine, rank: number) => void): Promise<void> {
  const stopped = (refusal: Refusal, rank: number, outcome: 'refused' | 'failed') => {
    for (const { given } of command.files) tell(lineOf(given, outcome, refusal), rank);
  };
  try {
    // One level after the other: on file systems that refuse folders, Node's recursive mkdir never comes back.
    const missing: string[] = [];
    for (let at = command.outDir; !existsSync(at); at = path.dirname(at)) missing.push(at);
    for (const at of missing.reverse())
      await mkdir(at).catch((error: NodeJS.ErrnoException) => {
        // Another run may make the same folder at the same time.
        if (error.code !== 'EEXIST') throw error;
      });
    await access(command.outDir, constants.W_OK);
  } catch {
    return stopped(
      refuse('out-not-writable', 'Không ghi được vào thư mục kết quả.', 'The output folder cannot be written.'),
      RANK.failed,
      'failed',
    );
  }
  const trust: Trust = command.trustDir === null ? { anchors: [], intermediates: [] } : await loadTrust(command.trustDir);
  const key = await open(command, trust);
  if (isRefusal(key)) {
    // The certificate itself may not sign: a rule said no. Everything else here is the token's doing.
    const rule = /^(certificate-(?!missing|ambiguous)|key-|chain-)/.test(key.refused);
    return stopped(key, rule ? RANK.refused : RANK.token, rule ? 'refused' : 'failed');
  }
  try {
    await signAll(command, key, trust, tell);
  } finally {
    await key.close();
  }
}

interface CheckedKey extends OpenKey {
  readonly finding: Assessment;
}

/** Loads the module in a process of its own, once. */
async function open(command: SignCommand, trust: Trust): Promise<CheckedKey | Refusal> {
  const fault = moduleFault(command.module);
  if (fault) return faultSentence(fault);
  let process: TokenProcess | undefined;
  let key: CheckedKey | Refusal | undefined;
  try {
    process = await TokenProcess.start({ module: command.module });
    key = await openOn(process, command, trust);
    return key;
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    return troubleSentence(error);
  } finally {
    if (!key || isRefusal(key)) await process?.end();
  }
}

/** Finds the token by its label and the certificate by its serial number, and opens the key with the PIN. */
async function openOn(process: TokenProcess, command: SignCommand, trust: Trust): Promise<CheckedKey | Refusal> {
  const now = systemClock.now();
  const token = (await process.tokens()).find((one) => one.label === command.tokenLabel);
  if (!token)
    return refuse(
      'token-missing',
      'Không thấy token có nhãn này. Cắm token rồi thử lại.',
      'There is no token with this label. Plug it in and try again.',
    );
  // An empty line never was a PIN; sent to the token it would use up one of the officer's few tries.
  if (command.pin === '' && !token.flags.pinPad)
    return refuse(
      'pin-missing',
      'Dòng đầu của đầu vào chuẩn không có mã PIN; chưa gửi gì tới token.',
      'There is no PIN on the first line of standard input; nothing was sent to the token.',
    );
  const certificates = listedCertificates(token.certificates, now);
  const wanted = certificates.filter((one) => command.certificate === null || sameSerial(one.serial, command.certificate));
  const usable = wanted.filter((one) => one.refused === null);
  const chosen = usable[0] ?? wanted[0];
  if (!chosen && certificates.length > 0)
    return refuse(
      'certificate-missing',
      'Không thấy chứng thư có số này trên token.',
      'There is no certificate with this serial number on the token.',
    );
  if (usable.length > 1)
    return refuse(
      'certificate-ambiguous',
      'Token có nhiều chứng thư ký được; hãy chỉ rõ bằng --certificate.',
      'The token has several certificates that may sign; name one with --certificate.',
    );
  const key = await openKey(
    {
      module: command.module,
      serial: token.serial,
      certificateId: chosen?.id ?? '',
      pin: command.pin,
      confirmFinalTry: false,
      preferPss: command.pss,
    },
    {
      running: { process, token },
      trainingDir: null,
      now: () => systemClock.now(),
      chainOf: (certificate, others) =>
        issuersOf(
          certificate.der,
          others.map((one) => one.der),
          trust,
          now,
        ).map((der) => readCertificate(der)),
    },
  );
  if (isRefusal(key)) return key;
  const finding = await assess({
    certificate: key.signer.certificate.der,
    pool: key.signer.chain.map((one) => one.der),
    trust,
    at: now,
    offline: false,
  });
  if (!finding.refused) return { ...key, finding };
  await key.close();
  return finding.refused;
}

/** Hexadecimal as OpenSSL prints it, or decimal as Windows and some authorities do; leading zeros do not matter. */
function sameSerial(serial: string, given: string): boolean {
  const value = BigInt(`0x${serial}`);
  return value === BigInt(`0x${given}`) || (/^\d+$/.test(given) && value === BigInt(given));
}

/** While the token signs one file the next is prepared and the last ones are finished; the lines keep their order. */
async function signAll(command: SignCommand, key: CheckedKey, trust: Trust, tell: (line: SignLine, rank: number) => void): Promise<void> {
  const taken = new Set<string>();
  const lines = new Lines(tell);
  const begin = (at: number): Promise<Ready | Ending> | null => {
    const one = command.files[at];
    return one ? prepareOne(command, key.signer, one.given, one.file, outputFor(command.outDir, one.file, taken)) : null;
  };
  let stop: Refusal | null = null;
  let next = begin(0);
  for (const [at, { given, file }] of command.files.entries()) {
    let ready = await next;
    next = null;
    if (stop || !ready) {
      lines.add({ line: lineOf(given, 'failed', stop ?? failure(null)), rank: RANK.token });
      continue;
    }
    if ('prepared' in ready && systemClock.now() - ready.prepared.request.signedAt > FRESH_MS)
      ready = await prepareOne(command, key.signer, given, file, ready.output);
    if ('line' in ready) {
      lines.add(ready);
      next = begin(at + 1);
    } else {
      const { prepared } = ready;
      const signing = key.signer.sign(attributesDigest(prepared.attributes, key.signer.hash), prepared.attributes);
      next = begin(at + 1);
      try {
        lines.add(finishOne(command, key, trust, ready, await signing));
      } catch (error) {
        await discard(ready, await next);
        if (!(error instanceof TokenError)) throw error;
        stop = troubleSentence(error);
        lines.add({ line: lineOf(given, 'failed', stop), rank: RANK.token });
      }
    }
    await lines.atMost(MOST_AT_ONCE - 1);
  }
  await lines.atMost(0);
}

/** A name that nobody has: the input may lie in the same folder, and an older result is not overwritten. */
function outputFor(outDir: string, file: string, taken: Set<string>): string {
  const stem = path.basename(file, path.extname(file));
  for (let n = 1; ; n++) {
    const output = path.join(outDir, n === 1 ? `${stem}_daky.pdf` : `${stem}_daky-${n}.pdf`);
    if (taken.has(output) || existsSync(output)) continue;
    taken.add(output);
    return output;
  }
}

/** A file that lacks only its signature. */
interface Ready {
  readonly given: string;
  readonly output: string;
  readonly prepared: PreparedFile;
}

/** A signature says when it was made: a file that waited longer for the token is prepared anew. */
const FRESH_MS = 10_000;

async function discard(...files: (Ready | Ending | null)[]): Promise<void> {
  for (const one of files) if (one && 'prepared' in one) await rm(one.prepared.temporary, { force: true });
}

async function prepareOne(command: SignCommand, signer: Signer, given: string, file: string, output: string): Promise<Ready | Ending> {
  const readable = await access(file, constants.R_OK).then(
    async () => (await stat(file)).isFile(),
    () => false,
  );
  if (!readable)
    return {
      line: lineOf(given, 'failed', refuse('unreadable', 'Không đọc được tệp.', 'The file cannot be read.')),
      rank: RANK.failed,
    };
  try {
    const prepared = await prepareFile(requestFor(command, signer, file, output), signer);
    return isRefusal(prepared) ? { line: lineOf(given, 'refused', prepared), rank: RANK.refused } : { given, output, prepared };
  } catch (error) {
    return { line: lineOf(given, 'failed', failure(error)), rank: RANK.failed };
  }
}

async function finishOne(command: SignCommand, key: CheckedKey, trust: Trust, ready: Ready, signature: Buffer): Promise<Ending> {
  const { given, output, prepared } = ready;
  const { signer } = key;
  try {
    const timestamp = command.level === 'B-B' ? null : await stampFor(command)(createHash('sha256').update(signature).digest());
    const signed = await finishFile(prepared, signer, signature, timestamp, evidenceOf(prepared, signer, timestamp !== null, key.finding));
    const done = await completeSigned(prepared, signer, signed, timestamp, {
      level: command.level,
      finding: key.finding,
      stamp: command.tsa === null ? null : stampFor(command),
      pool: [...signer.chain],
      longTerm: { trust, at: systemClock.now(), offline: false },
    });
    await syncFolders([output]);
    if (done.owes === null) return { line: { file: given, outcome: 'signed', reason: null, level: done.level, output }, rank: RANK.signed };
    await removeResult(output, signed.field);
    return { line: lineOf(given, 'failed', notReached(command.level)), rank: RANK.failed };
  } catch (error) {
    await rm(prepared.temporary, { force: true });
    return { line: lineOf(given, 'failed', failure(error)), rank: RANK.failed };
  }
}

const stampFor = (command: SignCommand) => (imprint: Buffer) => requestTimestamp(imprint, { url: command.tsa ?? '' });

/** A file below the level that was asked for is not called signed, and does not stay. */
async function removeResult(output: string, field: string): Promise<void> {
  await rm(output, { force: true });
  await rm(evidenceName(output, field), { force: true });
}

const notReached = (level: Level): Refusal =>
  refuse(
    'long-term-missing',
    `Không lấy đủ dữ liệu thu hồi (OCSP, CRL) hoặc dấu thời gian cho mức ${level}; bản ký không được giữ lại.`,
    `The revocation data or timestamp for level ${level} could not be had; the signed copy was not kept.`,
  );

function failure(error: unknown): Refusal {
  if (error instanceof TimestampError)
    return refuse(
      'timestamp-failed',
      'Không xin được dấu thời gian sau 3 lần; tệp chưa được ký.',
      'No timestamp came after three tries; the file is not signed.',
    );
  return refuse(
    'write-failed',
    'Không ghi hoặc không kiểm lại được bản ký; tệp gốc giữ nguyên.',
    'The signed copy could not be written or checked; the original is untouched.',
  );
}

function lineOf(file: string, outcome: 'refused' | 'failed', refusal: Refusal): SignLine {
  return { file, outcome, reason: refusal.refused, level: null, output: null, vi: refusal.vi, en: refusal.en };
}

function requestFor(command: SignCommand, signer: Signer, file: string, output: string): SignFile {
  const signedAt = systemClock.now();
  const { form, place } = command;
  const usualPage = form === 'attachment' || form === 'copy' ? 0 : -1;
  return {
    input: file,
    output,
    seen: null,
    signedAt,
    reason: null,
    field: null,
    page: place?.page ?? usualPage,
    timestampBytes: command.level === 'B-B' ? 0 : TIMESTAMP_ROOM,
    appearance:
      form === 'none'
        ? null
        : (page, pdf) => {
            const box = place ? { x: place.x, y: place.y, ...SIZES[form] } : usualPlace(form, pdf.pages(), pdf, false);
            return box ? makeAppearance({ ...contentOf(signer.certificate), form, signedAt }, onPage(page, box), page.rotate) : null;
          },
  };
}

const contentOf = (certificate: Certificate) => ({
  signer: certificate.subject,
  agency: certificate.organisation,
  documentNumber: null,
  copyForm: null,
  picture: null,
  training: false,
});
