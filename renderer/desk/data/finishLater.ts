import { useCallback, useEffect, useState } from 'react';
import type { DeskView } from '../../../main/contract/queue.ts';
import { NotConnected, client, serverNow } from '../../shared/client.ts';
import { newCommandId } from '../../shared/ids.ts';
import type { Live } from '../../shared/live.ts';

/** A "finish" that was pressed while the hub was away. */
export interface Later {
  readonly commandId: string;
  readonly ticketId: string;
  readonly text: string;
  readonly at: number;
}

const STORAGE = 'quay.desk.finish-later';

function read(): Later | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORAGE) ?? 'null') as Later | null;
    return kept && typeof kept.commandId === 'string' && typeof kept.ticketId === 'string' ? kept : null;
  } catch {
    return null;
  }
}

export interface FinishLater {
  readonly pending: Later | null;
  readonly keep: (ticket: { readonly ticketId: string; readonly text: string }, commandId?: string) => void;
  readonly forget: () => void;
}

/**
 * A counter that loses the hub finishes its citizen: the press is kept, survives a reload of the page, and is handed in with
 * its own id as soon as a fresh picture says that the same ticket still stands here.
 */
export function useFinishLater(desk: Live<DeskView>): FinishLater {
  const [pending, setPending] = useState<Later | null>(read);
  const put = useCallback((next: Later | null) => {
    if (next) sessionStorage.setItem(STORAGE, JSON.stringify(next));
    else sessionStorage.removeItem(STORAGE);
    setPending(next);
  }, []);
  const forget = useCallback(() => put(null), [put]);
  const keep = useCallback<FinishLater['keep']>(
    ({ ticketId, text }, commandId) => put({ commandId: commandId ?? newCommandId(), ticketId, text, at: serverNow() }),
    [put],
  );

  const fresh = desk.staleSince === null ? desk.data : undefined;
  const standing = fresh?.current?.ticketId;
  const known = fresh !== undefined;
  useEffect(() => {
    if (!pending || !known) return;
    if (standing !== pending.ticketId) {
      put(null);
      return;
    }
    client.queue.finish({ commandId: pending.commandId }).then(
      () => put(null),
      (error: unknown) => {
        // Gone again: kept for the next time. A refusal is the hub's word that there is nothing to finish.
        if (!(error instanceof NotConnected)) put(null);
      },
    );
  }, [pending, known, standing, put]);
  return { pending, keep, forget };
}
