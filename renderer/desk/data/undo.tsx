import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';
import { serverNow } from '../../shared/client.ts';
import { newCommandId } from '../../shared/ids.ts';

const UNDO_MS = 8_000;

/** Something that was done at once and can be taken back for some seconds. */
export interface UndoOffer {
  readonly key: string;
  readonly vi: string;
  readonly en: string;
  /** When it was done, and until when it can be taken back; epoch ms of the hub. */
  readonly at: number;
  readonly until: number;
  readonly undo: () => void;
}

interface Undo {
  readonly offer: UndoOffer | null;
  /** Offers to take back what was done just now. */
  readonly propose: (offer: Pick<UndoOffer, 'vi' | 'en' | 'undo'>) => void;
  readonly clear: () => void;
}

const UndoContext = createContext<Undo>({ offer: null, propose: () => {}, clear: () => {} });

export function UndoProvider({ children }: { children: ReactNode }) {
  const [offer, setOffer] = useState<UndoOffer | null>(null);
  const clear = useCallback(() => setOffer(null), []);
  const propose = useCallback((what: Pick<UndoOffer, 'vi' | 'en' | 'undo'>) => {
    const at = serverNow();
    setOffer({ ...what, key: `own-${newCommandId()}`, at, until: at + UNDO_MS });
  }, []);
  const value = useMemo(() => ({ offer, propose, clear }), [offer, propose, clear]);
  return <UndoContext.Provider value={value}>{children}</UndoContext.Provider>;
}

export const useUndo = (): Undo => useContext(UndoContext);
