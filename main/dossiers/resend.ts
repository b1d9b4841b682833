import type { DossierView } from '../contract/dossiers.ts';
import { isRefusal, refuse, type Refusal } from '../contract/refusal.ts';
import { buildComponents, changedMeanwhile } from './accept.ts';
import { saveIn, unknownDossier, type Core } from './core.ts';
import type { Actor } from './deps.ts';
import { outgoingDossier } from './outgoing.ts';
import { entryOf, titleOf } from './view.ts';

/** What the province gave back and the officer put right: the next revision takes the place of the refused one in the outbox. */
export function resending(core: Core) {
  const { deps, rows } = core;
  return {
    async resend(commandId: string, id: string, actor: Actor): Promise<DossierView | Refusal> {
      const answer = await core.once<{ ok: true }>(commandId, 'resend', async () => {
        const d = rows.get(id);
        if (!d) return unknownDossier();
        if (d.axes.sync !== 'rejected')
          return refuse(
            'nothing-to-correct',
            'Tỉnh không trả lại hồ sơ này nên không cần gửi lại; xem trang Gửi tỉnh.',
            'The province did not give this dossier back, so there is nothing to send again; see the outbox.',
          );
        const files = await buildComponents(core, d);
        if (isRefusal(files)) return files;
        return () => {
          const now = rows.get(id);
          if (!now || now.revision !== d.revision) return changedMeanwhile();
          const entry = entryOf(now, deps);
          if (!entry)
            return refuse(
              'procedure-gone',
              'Danh mục không còn thủ tục này nên chưa gửi lại được; hãy báo người phụ trách danh mục.',
              'The catalogue no longer has this procedure, so it cannot be sent again; tell who keeps the catalogue.',
            );
          for (const c of now.body.components) c.file = files.get(c.key) ?? c.file;
          now.body.sentRevision += 1;
          now.body.rejection = null;
          now.axes = { ...now.axes, sync: 'queued' };
          deps.enqueueDossier(outgoingDossier(now, entry, deps.catalogue, actor), now.body.sentRevision);
          saveIn(core, now);
          core.note(now, actor, 'resend', 'Gửi lại tỉnh sau khi sửa', titleOf(now));
          return { ok: true };
        };
      });
      if (isRefusal(answer)) return answer;
      const d = rows.get(id);
      return d ? core.view(d) : unknownDossier();
    },
  };
}
