import { randomUUID } from 'node:crypto';
import { isRefusal, refuse, type Refusal } from '../contract/refusal.ts';
import { componentKey, type Sessions } from '../devices/scanner/index.ts';
import type { Actor, Dossiers } from '../dossiers/index.ts';

const SCANNER: Actor = { id: 'scanner', name: 'Máy quét', title: '', counterId: '' };

/**
 * Keeps the papers of a dossier as they lie in the scanner's piles. This is done here and not by the desk: a page belongs to
 * its dossier also when nobody looks at its pile, and two messages that overtake each other cannot lose it.
 * @returns how to stop
 */
export function followPiles(sessions: Sessions, dossiers: Dossiers, onError: (error: unknown) => void): () => void {
  const take = (key: string, pictureChanged: boolean, blankSeen: boolean): void => {
    const { session, pages } = sessions.pile(key);
    // While the feeder runs the dossier waits for the end of the stack.
    if (session?.state === 'scanning') return;
    const at = key.indexOf('/');
    const draftId = key.slice(0, at);
    const component = key.slice(at + 1);
    const dossier = dossiers.get(draftId);
    if (isRefusal(dossier)) return; // A test scan belongs to no dossier.
    const kept = dossier.components.find((one) => one.key === component);
    if (!kept) return;
    const ids = pages.filter((page) => !page.dropped).map((page) => page.id);
    const same = ids.join(' ') === kept.pageIds.join(' ');
    // A PDF was made of these pages before one of them was turned or improved: it is made again.
    const stale = pictureChanged && kept.file !== null && ids.length > 0;
    if (same && !stale && !blankSeen) return;
    dossiers.setPages(randomUUID(), draftId, SCANNER, component, ids);
  };
  const safely = (key: string, pictureChanged = false, blankSeen = false): void => {
    try {
      take(key, pictureChanged, blankSeen);
    } catch (error) {
      onError(error);
    }
  };
  const off = sessions.listenAll((key, event) => {
    if (event.kind !== 'page') safely(key);
    else if (!event.seen) safely(key, true);
    else if (event.page.blank === true) safely(key, false, true);
  });
  void sessions.recovered.then((keys) => keys.forEach((key) => safely(key)));
  return off;
}

const stillScanning = (): Refusal =>
  refuse(
    'scan-running',
    'Máy quét còn đang quét giấy của hồ sơ này. Chờ quét xong hoặc bấm Dừng quét, rồi làm lại.',
    'The scanner is still taking in papers of this dossier. Wait for it or stop it, then do this again.',
  );

/** The dossiers as the desk gets them: nothing leaves the desk while its papers are in the feeder. */
export function withPiles(dossiers: Dossiers, sessions: Sessions): Dossiers {
  return {
    ...dossiers,
    async accept(commandId, id, ...rest) {
      return sessions.scansInto(id) ? stillScanning() : dossiers.accept(commandId, id, ...rest);
    },
    async resend(commandId, id, ...rest) {
      return sessions.scansInto(id) ? stillScanning() : dossiers.resend(commandId, id, ...rest);
    },
    chooseProcedure(commandId, id, actor, ...rest) {
      const answer = dossiers.chooseProcedure(commandId, id, actor, ...rest);
      if (isRefusal(answer)) return answer;
      // Pages that were scanned for a paper of this name lie in its pile still.
      for (const { key, pageIds } of answer.components) {
        const ids = sessions.pile(componentKey(id, key)).pages.flatMap((page) => (page.dropped ? [] : [page.id]));
        if (ids.length > 0 && ids.join(' ') !== pageIds.join(' ')) dossiers.setPages(randomUUID(), id, actor, key, ids);
      }
      return dossiers.get(id);
    },
  };
}
