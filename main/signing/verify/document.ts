import { HIDDEN_SIGNATURE, openPdf, PdfError, readSignatureFields, type PdfFile } from '../pdf/index.ts';
import type { Certificate } from './certificate.ts';
import { DerError } from './der.ts';
import { finding, ranked, type Finding } from './findings.ts';
import { checkIntact, type Intact } from './intact.ts';
import { judgeDocTimestamp, judgeSigner, looseMaterial, type Judged, type Proof } from './judge.ts';
import { imageJob, type ImageJob } from './image-job.ts';
import { joined, noMaterial, readDss, readEmbedded, type Material } from './material.ts';
import type { OnlineRevocation } from './online.ts';
import type { PathContext } from './path.ts';
import type { Trust } from './trust.ts';
import type { Modifications, SignatureVerification, Verdict, Verification } from './types.ts';

export interface DocumentContext {
  trust: Trust;
  online: OnlineRevocation | undefined;
  /** The moment to judge at, epoch milliseconds. */
  now: number;
  /** The present, epoch milliseconds. */
  present: number;
  /** Called now and then; throws when time is up. */
  check: () => void;
}

/** Verifies every signature of one file, in this process. Use `verify` of the index, which does it in a process of its own. */
export async function verifyDocument(path: string, context: DocumentContext): Promise<Verification & { images?: ImageJob }> {
  let file: PdfFile;
  try {
    file = await openPdf(path);
  } catch (error) {
    if (error instanceof PdfError) return unreadable(path, error);
    throw error;
  }
  try {
    return await judgeFile(path, file, context);
  } catch (error) {
    // What lies in the compressed objects of an encrypted file is ciphertext: nothing else can be said about it.
    if (error instanceof PdfError && error.problem.code === 'brokenObject' && isEncrypted(file))
      return unreadable(path, new PdfError('encrypted', error.problem.detail));
    if (error instanceof PdfError) return unreadable(path, error);
    // Certificates and answers are read as far as they are needed, so a fault deep inside one may show late.
    if (error instanceof DerError) return unreadable(path, new PdfError('brokenObject', `signature data: ${error.message}`));
    throw error;
  } finally {
    await file.close();
  }
}

const isEncrypted = (file: PdfFile): boolean => file.problems.some((one) => one.code === 'encrypted');

const LOCKED = {
  vi: 'Tệp được đặt mật khẩu (mã hóa) nên không đọc được để kiểm tra. Hãy xin bản không đặt mật khẩu.',
  en: 'The file is encrypted and cannot be read, so it cannot be checked. Ask for a copy without a password.',
};

function unreadable(path: string, error: PdfError): Verification {
  const { code, detail } = error.problem;
  // The reader's sentence speaks of signing.
  const { vi, en } = code === 'encrypted' ? LOCKED : error.problem;
  return { file: path, verdict: 'TOTAL-FAILED', signatures: [], reason: `${code}: ${en} (${detail})`, vi, en };
}

async function judgeFile(path: string, file: PdfFile, context: DocumentContext): Promise<Verification & { images?: ImageJob }> {
  const items = await checkIntact(file, context.check);
  if (items.length === 0) return unsigned(path, file, context.check);
  const { general, notes } = inside(file, items);
  const dss = attempt(() => readDss(file));
  const material = joined(
    dss,
    ...items
      .flatMap((item) => [item.cms, item.token])
      .filter((cms) => cms !== undefined)
      .map(readEmbedded),
  );
  const paths: PathContext = { trust: context.trust, material, online: context.online, now: context.now, present: context.present };
  const judged = await judgeAll(paths, items, dss);
  const loose = looseMaterial(dss, paths);
  if (loose.length > 0) general.push(finding('unknownParts', `security store: ${loose.slice(0, 5).join(', ')}`));
  const signatures = items.map((item) => report(item, judged.get(item), general));
  const verdict = worst(signatures.map((signature) => signature.verdict));
  const decisive = signatures.find((signature) => signature.verdict === verdict);
  const images = verdict === 'TOTAL-PASSED' ? question(path, file, items) : undefined;
  return {
    file: path,
    verdict,
    signatures,
    ...(decisive === undefined ? {} : { vi: decisive.vi, en: decisive.en }),
    ...(notes.length > 0 ? { notes } : {}),
    ...(images === undefined ? {} : { images }),
  };
}

/** The second opinion: from the oldest signature on. */
function question(path: string, file: PdfFile, items: Intact[]): ImageJob | undefined {
  const [oldest] = [...items].sort((a, b) => (a.range?.end ?? 0) - (b.range?.end ?? 0));
  if (oldest?.range === undefined || oldest.later.length === 0) return undefined;
  return imageJob(file, path, oldest.range, oldest.later);
}

/** No field carries a signature: never had, had one once, or hides one where no reader looks. */
function unsigned(path: string, file: PdfFile, check: () => void): Verification {
  const problems = file.audit();
  const hidden = problems.find((one) => one.detail.includes(HIDDEN_SIGNATURE));
  if (hidden !== undefined) {
    const vi = 'Tệp bị cắt cụt hoặc giấu một chữ ký; không đáng tin cậy.';
    const en = 'The file is cut short or hides a signature; it cannot be relied on.';
    return { file: path, verdict: 'TOTAL-FAILED', signatures: [], reason: `${hidden.code}: ${en} (${hidden.detail})`, vi, en };
  }
  const once = file.revisions.length > 1 && hadSignature(file, check);
  const locked = isEncrypted(file);
  const [vi, en] = once
    ? ['Tệp từng có chữ ký số nhưng đã bị gỡ.', 'The file had a signature once; it was removed.']
    : locked
      ? ['Tệp chưa có chữ ký số và được đặt mật khẩu.', 'The file has no signature, and it is encrypted.']
      : ['Tệp chưa có chữ ký số.', 'The file has no signature.'];
  // What an encrypted file looks like inside says nothing about it.
  const notes = locked ? [] : [...new Set(problems.map((one) => `${one.code}: ${one.en}`))];
  return { file: path, verdict: 'NO-SIGNATURE', signatures: [], reason: en, vi, en, ...(notes.length > 0 ? { notes } : {}) };
}

const LOOKED_BACK = 200;

function hadSignature(file: PdfFile, check: () => void): boolean {
  for (let index = file.revisions.length - 2; index >= Math.max(0, file.revisions.length - LOOKED_BACK); index--) {
    check();
    try {
      if (readSignatureFields(file.at(index)).some((field) => field.value !== undefined)) return true;
    } catch (error) {
      if (!(error instanceof PdfError)) throw error;
    }
  }
  return false;
}

/** Newest first: a document timestamp proves the time for what stands before it, older document timestamps included. */
async function judgeAll(context: PathContext, items: Intact[], dss: Material): Promise<Map<Intact, Judged>> {
  const judged = new Map<Intact, Judged>();
  const proofs: Proof[] = [];
  const carried: Proof[] = [];
  const newestFirst = [...items].sort((a, b) => (b.range?.revision ?? 0) - (a.range?.revision ?? 0));
  for (const item of newestFirst.filter((one) => one.token !== undefined || one.range?.isTimestamp === true)) {
    const { judged: answer, proof } = await judgeDocTimestamp(context, item, proofs);
    judged.set(item, answer);
    if (proof !== undefined) proofs.push(proof);
    if (item.token !== undefined && item.findings.length === 0)
      carried.push({ revision: item.range?.revision ?? 0, time: item.token.genTime });
  }
  const stored = dss.ocsp.length + dss.crls.length > 0;
  for (const item of newestFirst) {
    if (judged.has(item)) continue;
    const answer = await judgeSigner(context, item, proofs, stored);
    // The level says what the file carries, so an archive timestamp of an unknown authority counts for it too.
    if (answer.level === 'B-LT' && carried.some((one) => one.revision > (item.range?.revision ?? 0))) answer.level = 'B-LTA';
    if (answer.level === 'B-B' && carried.some((one) => one.revision > (item.range?.revision ?? 0))) answer.level = 'B-T';
    judged.set(item, answer);
  }
  return judged;
}

/** What is odd in the bytes that the signatures cover: broken structure weighs, the rest is told. */
function inside(file: PdfFile, items: Intact[]): { general: Finding[]; notes: string[] } {
  const last = Math.max(-1, ...items.map((item) => item.range?.revision ?? -1));
  const problems = [...file.problems, ...file.audit(0, last + 1)];
  const general: Finding[] = [];
  const broken = problems.find((one) => one.blocks && one.code !== 'encrypted');
  if (broken !== undefined) general.push(finding('brokenFile', `${broken.code}: ${broken.detail}`));
  if (problems.some((one) => one.code === 'encrypted')) general.push(finding('encrypted'));
  const notes = [...new Set(problems.filter((one) => !one.blocks).map((one) => `${one.code}: ${one.en}`))];
  return { general, notes };
}

function attempt(work: () => Material): Material {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof PdfError)) throw error;
    return { ...noMaterial(), broken: ['security store'] };
  }
}

const PASSED: Record<Exclude<Modifications, 'OTHER'>, [string, string]> = {
  NONE: ['Chữ ký hợp lệ.', 'The signature is valid.'],
  LTA_UPDATES: ['Chữ ký hợp lệ; về sau chỉ có bổ sung dữ liệu lưu trữ.', 'The signature is valid; only archive data were added later.'],
  FORM_FILLING: ['Chữ ký hợp lệ; về sau chỉ có điền mẫu hoặc ký thêm.', 'The signature is valid; later only fields were filled or signed.'],
  ANNOTATIONS: ['Chữ ký hợp lệ; về sau có thêm chú thích được phép.', 'The signature is valid; permitted comments were added later.'],
};

function report(item: Intact, judged: Judged | undefined, general: Finding[]): SignatureVerification {
  const findings = ranked([...(judged?.findings ?? item.findings), ...general]);
  const verdict = worst(findings.map((one) => one.verdict));
  const decisive = findings.find((one) => one.verdict === verdict);
  const [vi, en] =
    decisive === undefined ? PASSED[item.modifications === 'OTHER' ? 'NONE' : item.modifications] : [decisive.vi, decisive.en];
  const iso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());
  return {
    field: item.field.name,
    verdict,
    subIndication: decisive?.subIndication ?? null,
    modifications: item.modifications,
    coversWholeFile: item.coversWholeFile,
    signer: title(judged?.signer),
    level: judged?.level ?? null,
    signedAt: iso(judged?.signedAt),
    timestampAt: iso(judged?.timestampAt),
    vi,
    en,
    details: [
      ...findings.map((one) => (one.detail === '' ? one.code : `${one.code}: ${one.detail}`)),
      ...(judged?.details ?? []),
      ...item.details,
    ],
  };
}

/** A name from a certificate must not steer a terminal or turn the direction of the text. */
const title = (certificate: Certificate | undefined): string | null => certificate?.title.replace(/[\p{Cc}\p{Cf}]/gu, '') ?? null;

function worst(verdicts: Verdict[]): Verdict {
  if (verdicts.includes('TOTAL-FAILED')) return 'TOTAL-FAILED';
  return verdicts.includes('INDETERMINATE') ? 'INDETERMINATE' : 'TOTAL-PASSED';
}
