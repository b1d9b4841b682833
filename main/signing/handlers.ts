import { implement } from '@orpc/server';
import type { CallContext } from '../contract/context.ts';
import { isRefusal, type Refusal } from '../contract/refusal.ts';
import { signingContract } from '../contract/signing.ts';
import { badCertificate, notSigned, unknownDocument } from './refusals.ts';
import type { Signing } from './signing.ts';
import { itemView, snapshot, viewOfBatch, viewOfPreview, viewOfSettings, viewOfTokens, viewOfVerification } from './views.ts';

/** The procedures of the room. A PIN in the input is handed to the token's process and named nowhere else. */
export function signingHandlers(signing: Signing) {
  const os = implement(signingContract).$context<CallContext>();
  /** A refusal becomes the typed error of the contract. */
  const settle = <T>(result: T | Refusal, errors: { REFUSED: (options: { data: Refusal }) => Error }): T => {
    if (isRefusal(result)) throw errors.REFUSED({ data: result });
    return result;
  };
  const roots = () =>
    signing.roots.list().map(({ certificate, source, addedAt }) => ({
      id: certificate.id,
      subject: certificate.subject,
      notAfter: certificate.notAfter,
      source,
      addedAt,
    }));
  return os.router({
    tokens: os.tokens.handler(async () => viewOfTokens(await signing.tokens())),
    watch: os.watch.handler(async function* ({ signal }) {
      let seq = 0;
      let changed: (() => void) | null = null;
      let pending = false;
      const off = signing.onChange(() => {
        pending = true;
        changed?.();
      });
      const wake = () => changed?.();
      signal?.addEventListener('abort', wake);
      try {
        yield { type: 'snapshot' as const, seq, snapshot: snapshot(signing) };
        for (;;) {
          if (!pending) await new Promise<void>((resolve) => (changed = resolve));
          changed = null;
          if (signal?.aborted) return;
          pending = false;
          seq += 1;
          yield { type: 'event' as const, seq, event: snapshot(signing) };
        }
      } finally {
        off();
        signal?.removeEventListener('abort', wake);
      }
    }),
    expiring: os.expiring.handler(() => signing.expiring()),
    preview: os.preview.handler(async ({ input, errors }) => {
      const seen = settle(await signing.preview(input.documentId), errors);
      return viewOfPreview(seen, await signing.link(seen.file));
    }),
    findPlace: os.findPlace.handler(async ({ input, errors }) => settle(await signing.findPlace(input.documentId, input.text), errors)),
    cleanCopy: os.cleanCopy.handler(async ({ input, errors }) => {
      const seen = settle(await signing.cleanCopy(input.documentId), errors);
      return viewOfPreview(seen, await signing.link(seen.file));
    }),
    setAside: os.setAside.handler(({ input, errors }) =>
      itemView(settle(signing.setAside(input.documentId, input.kind, input.reason), errors)),
    ),
    arrange: os.arrange.handler(({ input, errors }) => {
      const { documentId, form, copyKind, clerk } = input;
      const change = { ...(form ? { form } : {}), ...(copyKind ? { copyKind } : {}), ...(clerk === undefined ? {} : { clerk }) };
      return itemView(settle(signing.arrange(documentId, change), errors));
    }),
    start: os.start.handler(async ({ input, errors }) =>
      viewOfBatch(settle(await signing.start({ ...input, confirmFinalTry: input.confirmFinalTry ?? false }), errors)),
    ),
    cancel: os.cancel.handler(({ input, errors }) => viewOfBatch(settle(signing.cancel(input.batchId), errors))),
    resume: os.resume.handler(async ({ input, errors }) =>
      viewOfBatch(settle(await signing.resume(input.batchId, input.pin, input.confirmFinalTry ?? false), errors)),
    ),
    answerTimestamp: os.answerTimestamp.handler(({ input, errors }) =>
      viewOfBatch(settle(signing.answerTimestamp(input.batchId, input.answer), errors)),
    ),
    owed: os.owed.handler(() =>
      signing.journal.owed().map(({ documentId, dossierCode, title, kind, since }) => ({ documentId, dossierCode, title, kind, since })),
    ),
    settleOwed: os.settleOwed.handler(async ({ errors }) => settle(await signing.settleOwed(), errors)),
    signedFile: os.signedFile.handler(async ({ input, errors }) => {
      const item = settle(signing.journal.item(input.documentId) ?? unknownDocument(), errors);
      if (item.signedAt === null) throw errors.REFUSED({ data: notSigned() });
      return signing.link(item.file);
    }),
    settings: os.settings.handler(() => viewOfSettings(signing.settings())),
    saveSettings: os.saveSettings.handler(({ input }) => {
      const { level, tsaUrl, offline, alwaysSeal, pss } = input;
      return viewOfSettings(
        signing.saveSettings({
          ...(level === undefined ? {} : { level }),
          ...(tsaUrl === undefined ? {} : { tsaUrl }),
          ...(offline === undefined ? {} : { offline }),
          ...(alwaysSeal === undefined ? {} : { alwaysSeal }),
          ...(pss === undefined ? {} : { pss }),
        }),
      );
    }),
    modules: os.modules.handler(() => signing.drivers.list()),
    inspectModule: os.inspectModule.handler(async ({ input, errors }) => settle(await signing.drivers.inspect(input.path), errors)),
    addModule: os.addModule.handler(async ({ input, errors }) => settle(await signing.drivers.add(input.path, input.sha256), errors)),
    removeModule: os.removeModule.handler(({ input }) => signing.drivers.remove(input.path)),
    savePlace: os.savePlace.handler(({ input }) =>
      viewOfSettings(signing.saveSettings({ places: { ...signing.settings().places, [input.form]: input.placement } })),
    ),
    pictures: os.pictures.handler(() => signing.pictures()),
    savePicture: os.savePicture.handler(({ input, errors }) => {
      const refused = signing.savePicture(input.kind, input.certificateId, Buffer.from(input.png, 'base64'));
      if (refused) throw errors.REFUSED({ data: refused });
      return signing.pictures();
    }),
    verify: os.verify.handler(async ({ input, errors }) => viewOfVerification(settle(await signing.verify(input.documentId), errors))),
    roots: os.roots.handler(roots),
    addRoot: os.addRoot.handler(({ input, errors }) => {
      if (!signing.roots.add(input.certificate, input.source)) throw errors.REFUSED({ data: badCertificate() });
      return roots();
    }),
    removeRoot: os.removeRoot.handler(({ input }) => {
      signing.roots.remove(input.id);
      return roots();
    }),
  });
}
