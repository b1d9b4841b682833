import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';

/** Something that was done at once and can be taken back for some seconds. */
export interface UndoOffer {
  readonly key: string;
  readonly vi: string;
  readonly en: string;
  /** Epoch ms of the hub. */
  readonly until: number;
  readonly undo: () => void;
}

interface Undo {
  readonly offer: UndoOffer | null;
  readonly propose: (offer: UndoOffer) => void;
  readonly clear: () => void;
}

const UndoContext = createContext<Undo>({ offer: null, propose: () => {}, clear: () => {} });

export function UndoProvider({ children }: { children: ReactNode }) {
  const [offer, setOffer] = useState<UndoOffer | null>(null);
  const clear = useCallback(() => setOffer(null), []);
  const value = useMemo(() => ({ offer, propose: setOffer, clear }), [offer, clear]);
  return <UndoContext.Provider value={value}>{children}</UndoContext.Provider>;
}

export const useUndo = (): Undo => useContext(UndoContext);
export const UNDO_MS = 8_000;
