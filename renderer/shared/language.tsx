import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';

export type Language = 'vi' | 'en';
/** Picks the sentence of the screen's language. Both languages stand beside each other at the place of use, so neither can be forgotten. */
export type Say = (vi: string, en: string) => string;

interface LanguageState {
  readonly language: Language;
  readonly say: Say;
  readonly setLanguage: (language: Language) => void;
}

const LanguageContext = createContext<LanguageState>({ language: 'vi', say: (vi) => vi, setLanguage: () => {} });

/** @param storageKey where the choice is kept; a kiosk keeps none, because the next citizen starts in Vietnamese */
export function LanguageProvider({ storageKey, children }: { storageKey?: string; children: ReactNode }) {
  const [language, setState] = useState<Language>(() => (storageKey && localStorage.getItem(storageKey) === 'en' ? 'en' : 'vi'));
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const setLanguage = useCallback(
    (next: Language) => {
      if (storageKey) localStorage.setItem(storageKey, next);
      setState(next);
    },
    [storageKey],
  );
  const value = useMemo<LanguageState>(
    () => ({ language, setLanguage, say: (vi, en) => (language === 'vi' ? vi : en) }),
    [language, setLanguage],
  );
  return <LanguageContext.Provider value={value}>{children}</LanguageContext.Provider>;
}

export const useLanguage = (): LanguageState => useContext(LanguageContext);
export const useSay = (): Say => useContext(LanguageContext).say;
