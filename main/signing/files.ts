import type { Refusal } from '../contract/refusal.ts';
import { makeAppearance, onPage, usualPlace, type Picture } from './appearance/index.ts';
import type { BatchFile, Step } from './batch/journal.ts';
import { storeEvidence, type TrustFinding } from './evidence.ts';
import { prepareFile, type Level, type PreparedFile, type SignedFile, type Signer } from './sign.ts';

export interface PrepareContext {
  readonly signedAt: number;
  readonly agency: string | null;
  /** The whole station is in training: every block says so, whatever key signs. */
  readonly training: boolean;
  readonly timestampBytes: number;
  readonly step: Step;
  readonly pictures?: { readonly signature: Picture | null; readonly seal: Picture | null };
}

/** Prepares one file of a batch with the visible form it was given. */
export function prepareBatchFile(file: BatchFile, signer: Signer, context: PrepareContext): Promise<PreparedFile | Refusal> {
  const { form, placement, field, number } = file.options;
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
      appearance:
        form === 'none'
          ? null
          : (page, pdf) => {
              const place = placement ?? usualPlace(form, pdf.pages(), pdf);
              if (!place) return null;
              return makeAppearance(
                {
                  form,
                  signer: signer.certificate.subject,
                  signedAt: context.signedAt,
                  agency: context.agency,
                  documentNumber: number,
                  copyForm: form === 'copy' ? 'SAO Y' : null,
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
  readonly level: Level;
  readonly finding: TrustFinding | undefined;
  readonly now: number;
}

const NOT_ASKED: TrustFinding = {
  status: 'unknown',
  vi: 'Chưa biết: chưa kiểm tra chứng thư.',
  en: 'Not known: the certificate was not checked.',
  chain: [],
  ocsp: [],
  crls: [],
};

/** After the rename: evidence beside the result. */
export async function completeSigned(
  file: BatchFile,
  signer: Signer,
  signed: SignedFile,
  timestamped: boolean,
  context: CompleteContext,
): Promise<{ level: Level; sha256: string }> {
  const level: Level = timestamped ? 'B-T' : 'B-B';
  await storeEvidence(file.output, signed.field, signer, level, context.now, context.finding ?? NOT_ASKED);
  return { level, sha256: signed.sha256 };
}
