import { useCallback, useEffect, useRef, useState } from 'react';
import type { DossierView } from '../../../main/contract/dossier-views.ts';
import { troubleOf, type Trouble } from '../../shared/answer.ts';
import { client } from '../../shared/client.ts';
import { newCommandId } from '../../shared/ids.ts';
import { useLive } from '../../shared/live.ts';

export interface Draft {
  readonly dossier: DossierView | undefined;
  readonly stale: boolean;
  readonly trouble: Trouble | null;
  readonly busy: boolean;
  readonly dismiss: () => void;
  /** Sends changes one after the other, in the order of the hands; each carries its own command id. */
  readonly send: <T>(work: (order: { commandId: string; dossierId: string }) => Promise<T>) => Promise<T | undefined>;
}

/** The dossier as the hub has it, and a way to change it. Every change is on the hub's disk when its answer is here. */
export function useDraft(dossierId: string): Draft {
  const [answered, setAnswered] = useState<DossierView | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [pending, setPending] = useState(0);
  const tail = useRef<Promise<unknown>>(Promise.resolve());

  const live = useLive<DossierView, DossierView>({
    key: dossierId,
    sparse: true,
    open: (signal) => client.dossiers.watch({ dossierId }, { signal }),
    apply: (_, view) => view,
  });
  useEffect(() => setAnswered(null), [dossierId]);

  const send = useCallback(
    <T>(work: (order: { commandId: string; dossierId: string }) => Promise<T>): Promise<T | undefined> => {
      setPending((n) => n + 1);
      const mine = tail.current.then(async () => {
        try {
          const answer = await work({ commandId: newCommandId(), dossierId });
          setTrouble(null);
          const view = viewIn(answer);
          if (view) setAnswered(view);
          return answer;
        } catch (error) {
          setTrouble(troubleOf(error));
          return undefined;
        } finally {
          setPending((n) => n - 1);
        }
      });
      tail.current = mine;
      return mine;
    },
    [dossierId],
  );
  const dismiss = useCallback(() => setTrouble(null), []);
  // An answer may be a moment ahead of the stream, and the stream ahead of an old answer: the higher revision is newer.
  const dossier = answered && (!live.data || answered.revision > live.data.revision) ? answered : live.data;
  return { dossier, stale: live.staleSince !== null, trouble, busy: pending > 0, dismiss, send };
}

const isView = (value: unknown): value is DossierView =>
  typeof value === 'object' && value !== null && 'axes' in value && 'components' in value && 'revision' in value;
function viewIn(answer: unknown): DossierView | null {
  if (isView(answer)) return answer;
  if (typeof answer === 'object' && answer !== null && 'dossier' in answer && isView(answer.dossier)) return answer.dossier;
  return null;
}
