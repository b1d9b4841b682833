import { closeSync } from 'node:fs';
import type { Refusal } from '../contract/refusal.ts';
import { fillNumberAndDate, makeAppearance, onPage, reserveNumberAndDate, usualPlace, type Picture } from './appearance/index.ts';
import type { BatchFile, Owed } from './batch/journal.ts';
import { makeDurable, writeBeside } from './append/index.ts';
import { evidenceText, type TrustFinding } from './evidence.ts';
import type { Certificate } from './cms/index.ts';
import { collectLongTerm, TimestampError, type LongTermOptions } from './trust/index.ts';
import { upgradeFile, type Stamp } from './upgrade.ts';
import { evidenceName, prepareFile, type Level, type PreparedFile, type SignedFile, type Signer } from './sign.ts';

export interface PrepareContext {
  readonly signedAt: number;
  readonly agency: string | null;
  /** The whole station is in training: every block says so, whatever key signs. */
  readonly training: boolean;
  readonly timestampBytes: number;
  readonly pictures?: { readonly signature: Picture | null; readonly seal: Picture | null };
}

/** A file of a batch, which may not have begun. */
export type PlannedFile = Pick<BatchFile, 'position' | 'input' | 'output' | 'seenSha256' | 'options'>;
/** Who will sign; the key may still be closed. */
export type Preparer = Pick<Signer, 'certificate' | 'chain' | 'hash' | 'training'>;

/** Prepares one file of a batch with the visible form it was given. */
export function prepareBatchFile(file: PlannedFile, signer: Preparer, context: PrepareContext): Promise<PreparedFile | Refusal> {
  const { form, placement, field, number, steps, blanks, copyKind } = file.options;
  const picture = form === 'personal' ? context.pictures?.signature : form === 'seal' || form === 'copy' ? context.pictures?.seal : null;
  return prepareFile(
    {
      input: file.input,
      output: file.output,
      seen: file.seenSha256,
      signedAt: context.signedAt,
      reason: context.training || signer.training ? 'TẬP HUẤN' : null,
      field,
      page: placement?.page ?? (form === 'attachment' || form === 'copy' ? 0 : -1),
      timestampBytes: context.timestampBytes,
      also: (update, pdf) => {
        if (steps[0] === 'leader' && steps.includes('clerk')) return reserveNumberAndDate(update, pdf, blanks ?? null);
        if (steps[0] === 'clerk' && number !== null) fillNumberAndDate(update, pdf, { number, day: context.signedAt });
        return [];
      },
      appearance:
        form === 'none'
          ? null
          : (page, pdf) => {
              const place = placement ?? usualPlace(form, pdf.pages(), pdf, picture !== null);
              if (!place) return null;
              return makeAppearance(
                {
                  form,
                  signer: signer.certificate.subject,
                  signedAt: context.signedAt,
                  agency: context.agency,
                  documentNumber: number,
                  copyForm: form === 'copy' ? (copyKind ?? 'SAO Y') : null,
                  picture: picture ?? null,
                  training: context.training || signer.training,
                },
                onPage(page, place),
                page.rotate,
              );
            },
    },
    signer,
  );
}

export interface CompleteContext {
  /** The level that was asked for. */
  readonly level: Level;
  readonly finding: TrustFinding | undefined;
  readonly stamp: Stamp | null;
  readonly longTerm: LongTermOptions;
  /** Other certificates at hand. */
  readonly pool: readonly Certificate[];
}

export interface Completed {
  /** The level that was reached. */
  readonly level: Level;
  readonly sha256: string;
  /** What is still owed; said to the officer, never dropped. */
  readonly owes: Owed | null;
  /** Certificates whose revocation state could not be captured. */
  readonly missing: readonly string[];
}

const NOT_ASKED: TrustFinding = {
  status: 'unknown',
  vi: 'Chưa biết: chưa kiểm tra chứng thư.',
  en: 'Not known: the certificate was not checked.',
  chain: [],
  ocsp: [],
  crls: [],
};

/** What is written beside the result before it has its name. Its level is the one that the signature itself reaches. */
export function evidenceOf(prepared: PreparedFile, signer: Signer, timestamped: boolean, finding: TrustFinding | undefined): string {
  const { request, prepared: laidOut } = prepared;
  return evidenceText(request.output, laidOut.field, signer, timestamped ? 'B-T' : 'B-B', request.signedAt, finding ?? NOT_ASKED);
}

/** After the rename: long-term data when asked for; the evidence then tells the level that was reached. */
export async function completeSigned(
  prepared: PreparedFile,
  signer: Signer,
  signed: SignedFile,
  timestamp: Buffer | null,
  context: CompleteContext,
): Promise<Completed> {
  const { output, field } = signed;
  const done = await raise(output, signer.certificate, signed, timestamp, context);
  if (done.level === 'B-LT' || done.level === 'B-LTA') {
    const { signedAt } = prepared.request;
    const text = evidenceText(output, field, signer, done.level, signedAt, context.finding ?? NOT_ASKED);
    const fd = writeBeside(evidenceName(output, field), text);
    await makeDurable(fd).finally(() => closeSync(fd));
  }
  return done;
}

/** From B-T upwards: B-LT when every certificate has an answer, B-LTA when a second timestamp comes too. */
export async function raise(
  output: string,
  certificate: Certificate,
  signed: Pick<SignedFile, 'field' | 'sha256'>,
  timestamp: Buffer | null,
  context: CompleteContext,
): Promise<Completed> {
  const { sha256, field } = signed;
  if (!timestamp) return { level: 'B-B', sha256, owes: context.level === 'B-B' ? null : 'timestamp', missing: [] };
  if (context.level === 'B-B' || context.level === 'B-T') return { level: 'B-T', sha256, owes: null, missing: [] };
  const data = await collectLongTerm(certificate, context.pool, timestamp, context.longTerm);
  if (!data.complete) return { level: 'B-T', sha256, owes: 'long-term', missing: data.missing };
  const lasting = { validation: { field, data } };
  if (context.level === 'B-LTA' && context.stamp) {
    try {
      return { level: 'B-LTA', sha256: await upgradeFile(output, { ...lasting, stamp: context.stamp }), owes: null, missing: [] };
    } catch (error) {
      if (!(error instanceof TimestampError)) throw error;
    }
  }
  const owes = context.level === 'B-LTA' ? 'long-term' : null;
  return { level: 'B-LT', sha256: await upgradeFile(output, { ...lasting, stamp: null }), owes, missing: [] };
}
