import type { z } from 'zod';
import type {
  batchView,
  previewView,
  settingsView,
  signingSnapshot,
  tokensView,
  verificationView,
  worklistItem,
} from '../contract/signing.ts';
import type { Item } from './batch/journal.ts';
import type { Preview } from './preview.ts';
import type { SigningSettings } from './settings.ts';
import type { BatchView, Signing } from './signing.ts';
import { sentenceOf, type TokenList } from './tokens/index.ts';
import type { FileLink } from './types.ts';
import type { Verification } from './verify/index.ts';

/** From the room's own types to what the contract promises to screens. */
export function itemView(item: Item): z.infer<typeof worklistItem> {
  return {
    documentId: item.documentId,
    dossierId: item.dossierId,
    dossierCode: item.dossierCode,
    title: item.title,
    form: item.form,
    copyKind: item.copyKind,
    step: item.steps[0] ?? 'leader',
    steps: [...item.steps],
    numberBlank: item.blanks !== null,
    state: item.state,
    seen: item.seenSha256 !== null,
    seenSha256: item.seenSha256,
    addedAt: item.addedAt,
    reason: item.reason && sentenceOf(item.reason),
    signedAt: item.signedAt,
    signer: item.signer,
    level: item.level,
  };
}

export function viewOfBatch(view: BatchView): z.infer<typeof batchView> {
  const { batch, files, titles, runner } = view;
  const counts = { pending: 0, signed: 0, refused: 0, failed: 0, skipped: 0 };
  for (const file of files) counts[file.state] += 1;
  return {
    id: batch.id,
    state: batch.state,
    why: batch.why && sentenceOf(batch.why),
    certificateId: batch.certificateId,
    signer: batch.signer,
    tokenSerial: batch.tokenSerial,
    level: batch.level,
    files: files.map((file) => ({
      documentId: file.documentId,
      dossierCode: titles.get(file.documentId)?.dossierCode ?? '',
      title: titles.get(file.documentId)?.title ?? '',
      state: file.state,
      activity: file.state === 'pending' ? (runner?.activities.get(file.position) ?? 'none') : 'none',
      reason: file.reason && sentenceOf(file.reason),
      level: file.level,
      signedAt: file.signedAt,
    })),
    counts,
    remainingMs: runner?.remainingMs ?? null,
    startedAt: batch.startedAt,
    endedAt: batch.endedAt,
  };
}

export function snapshot(signing: Signing): z.infer<typeof signingSnapshot> {
  const batch = signing.newestBatch();
  return {
    worklist: signing.worklist().map(itemView),
    batch: batch && viewOfBatch(batch),
    unlocked: signing.unlocked,
    tokenChanges: signing.tokenChanges,
    owed: signing.journal.owed().length,
  };
}

export const viewOfTokens = (list: TokenList): z.infer<typeof tokensView> => ({
  tokens: list.tokens.map((token) => ({ ...token, certificates: token.certificates.map((one) => ({ ...one })) })),
  problems: [...list.problems],
});

export const viewOfPreview = (seen: Preview, file: FileLink): z.infer<typeof previewView> => ({ ...seen, file });

export const viewOfSettings = (settings: SigningSettings): z.infer<typeof settingsView> => ({
  level: settings.level,
  tsaUrl: settings.tsaUrl,
  offline: settings.offline,
  alwaysSeal: settings.alwaysSeal,
  pss: settings.pss,
  places: Object.fromEntries(Object.entries(settings.places)),
});

export const viewOfVerification = (answer: Verification): z.infer<typeof verificationView> => ({
  verdict: answer.verdict,
  reason: answer.reason === undefined ? null : { code: answer.reason, vi: answer.vi ?? '', en: answer.en ?? '' },
  signatures: answer.signatures.map(({ details: _details, ...signature }) => signature),
});
