import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';

export type Language = 'vi' | 'en';
/** Picks the sentence of the screen's language. Both languages stand beside each other at the place of use, so neither can be forgotten. */
export type Say = (vi: string, en: string) => string;

/**
 * A minority language as an office translates it: each Vietnamese sentence of the screen with its translation. Numbers in a
 * sentence are written `#`, in the order of the Vietnamese ("# người chờ"). What is not translated stays Vietnamese.
 */
export interface LanguagePack {
  /** BCP 47, such as `rad` (Êđê) or `km`. */
  readonly code: string;
  readonly name: string;
  readonly words: Readonly<Record<string, string>>;
}

/** The pack's words for a Vietnamese sentence; pure. */
export function packed(pack: LanguagePack, vi: string): string {
  const whole = pack.words[vi];
  if (whole !== undefined) return whole;
  const numbers = vi.match(/\d+/g) ?? [];
  const words = pack.words[vi.replace(/\d+/g, '#')];
  return words === undefined ? vi : words.replace(/#/g, () => numbers.shift() ?? '');
}

interface LanguageState {
  /** The language of what a pack does not translate: dates, times, the hub's sentences. */
  readonly language: Language;
  /** Chosen on top of Vietnamese; null for Vietnamese and English themselves. */
  readonly pack: LanguagePack | null;
  readonly say: Say;
  readonly setLanguage: (language: Language, pack?: LanguagePack) => void;
}

const LanguageContext = createContext<LanguageState>({ language: 'vi', pack: null, say: (vi) => vi, setLanguage: () => {} });

/** @param storageKey where the choice is kept; a kiosk keeps none, because the next citizen starts in Vietnamese */
export function LanguageProvider({ storageKey, children }: { storageKey?: string; children: ReactNode }) {
  const [language, setState] = useState<Language>(() => (storageKey && localStorage.getItem(storageKey) === 'en' ? 'en' : 'vi'));
  const [pack, setPack] = useState<LanguagePack | null>(null);
  useEffect(() => {
    document.documentElement.lang = pack?.code ?? language;
  }, [language, pack]);
  const setLanguage = useCallback(
    (next: Language, chosen?: LanguagePack) => {
      if (storageKey) localStorage.setItem(storageKey, next);
      setState(next);
      setPack(chosen ?? null);
    },
    [storageKey],
  );
  const value = useMemo<LanguageState>(
    () => ({ language, pack, setLanguage, say: (vi, en) => (pack ? packed(pack, vi) : language === 'vi' ? vi : en) }),
    [language, pack, setLanguage],
  );
  return <LanguageContext.Provider value={value}>{children}</LanguageContext.Provider>;
}

export const useLanguage = (): LanguageState => useContext(LanguageContext);
export const useSay = (): Say => useContext(LanguageContext).say;
