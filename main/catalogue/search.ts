import { fold, syllables } from '../contract/fold.ts';

export interface SearchEntry {
  readonly code: string;
  readonly name: string;
  readonly aliases: readonly string[];
}

export interface Match<T extends SearchEntry> {
  readonly entry: T;
  readonly highlights: { start: number; length: number }[];
  /** Lower is better: 0 together and in order, 1 all in the name, 2 some only in an alias or the code, 3 only most of them. */
  readonly quality: number;
}

interface Word {
  readonly text: string;
  readonly start: number;
}

const words = (folded: string): Word[] => [...folded.matchAll(/[a-z0-9]+/gu)].map((m) => ({ text: m[0], start: m.index }));

/**
 * Every typed syllable must begin a word of the name, an alias or the code. Ranked by the use at this counter, then by how
 * well it fits, the shorter name first, then by code, so that the order never jumps between two equal answers.
 */
export function searchProcedures<T extends SearchEntry>(
  entries: readonly T[],
  text: string,
  usedHere: (code: string) => number,
): Match<T>[] {
  const typed = syllables(text);
  const matches: Match<T>[] = [];
  for (const entry of entries) {
    const match = typed.length === 0 ? { entry, highlights: [], quality: 0 } : matchEntry(entry, typed);
    if (match) matches.push(match);
  }
  return matches.sort(
    (a, b) =>
      Number(a.quality > 1) - Number(b.quality > 1) ||
      Number(a.quality > 2) - Number(b.quality > 2) ||
      usedHere(b.entry.code) - usedHere(a.entry.code) ||
      a.quality - b.quality ||
      a.entry.name.length - b.entry.name.length ||
      a.entry.code.localeCompare(b.entry.code),
  );
}

function matchEntry<T extends SearchEntry>(entry: T, typed: readonly string[]): Match<T> | undefined {
  const name = words(fold(entry.name));
  const run = findRun(name, typed);
  if (run) return { entry, highlights: join(run), quality: 0 };
  const aliases = entry.aliases.flatMap((a) => words(fold(a)));
  const code = fold(entry.code);
  const hits: { start: number; length: number }[] = [];
  let elsewhere = false;
  let missing = 0;
  for (const t of typed) {
    const inName = name.filter((w) => w.text.startsWith(t));
    if (inName.length > 0) hits.push(...inName.map((w) => ({ start: w.start, length: t.length })));
    else if (aliases.some((w) => w.text.startsWith(t)) || code.startsWith(t) || code.replace('.', '').startsWith(t)) elsewhere = true;
    else missing += 1;
  }
  // Somebody who typed a long name slightly wrong still gets a list; somebody who typed two syllables gets what they typed.
  if (missing > 0 && (typed.length < 3 || missing * 2 > typed.length)) return undefined;
  return { entry, highlights: join(hits), quality: missing > 0 ? 3 : elsewhere ? 2 : 1 };
}

/** The typed words next to each other and in order; all but the last in full, the last may be a beginning. */
function findRun(name: readonly Word[], typed: readonly string[]): { start: number; length: number }[] | undefined {
  for (let i = 0; i + typed.length <= name.length; i += 1) {
    const fits = typed.every((t, k) => {
      const word = name[i + k]?.text ?? '';
      return k === typed.length - 1 ? word.startsWith(t) : word === t;
    });
    if (fits) return typed.map((t, k) => ({ start: name[i + k]?.start ?? 0, length: t.length }));
  }
  return undefined;
}

/** Sorted, and neighbours that only a space parts become one. */
function join(runs: { start: number; length: number }[]): { start: number; length: number }[] {
  const out: { start: number; length: number }[] = [];
  for (const r of runs.toSorted((a, b) => a.start - b.start || b.length - a.length)) {
    const last = out.at(-1);
    if (last && r.start <= last.start + last.length + 1) last.length = Math.max(last.length, r.start + r.length - last.start);
    else out.push({ ...r });
  }
  return out;
}
