import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { businessDay, type Clock, type Store } from '../store/index.ts';
import type { Outbox } from './outbox.ts';

const day = z.iso.date();
const keepingFile = z.strictObject({
  note: z.string().optional(),
  /** Dated: the last rule that has begun counts. */
  rules: z
    .array(z.strictObject({ from: day, evidenceDays: z.number().int().min(30), basis: z.string().min(5) }))
    .min(1)
    .refine((rules) => rules.every((r, i) => i === 0 || (rules[i - 1]?.from ?? '') < r.from), 'rules must be in the order of their days'),
});
export type KeepingRule = z.infer<typeof keepingFile>['rules'][number];

export const keepingPath = fileURLToPath(new URL('../../resources/province/keeping.json', import.meta.url));

/** How long evidence is kept, from a file that a province can change. @throws when the file has a mistake */
export const loadKeeping = (file: string): KeepingRule[] => keepingFile.parse(JSON.parse(readFileSync(file, 'utf8'))).rules;

/** The rule of a day; null before the first one begins. Pure. */
export const ruleOn = (rules: readonly KeepingRule[], today: string): KeepingRule | null =>
  rules.filter((rule) => rule.from <= today).at(-1) ?? null;

/** Rows that one look takes away, so that nobody at the desk notices. */
const AT_ONCE = 500;

/** Takes evidence away that is older than the rule says, of dossiers that have arrived whole; a little at each look. */
export function createKeeping(deps: { store: Store; outbox: Outbox; clock: Clock; rules: readonly KeepingRule[] }) {
  let doneOn = '';
  return {
    tidy(): void {
      const now = deps.clock.now();
      const today = businessDay(now);
      if (doneOn === today) return;
      const rule = ruleOn(deps.rules, today);
      const gone = rule ? deps.store.transaction(() => deps.outbox.pruneEvidence(now - rule.evidenceDays * 86_400_000, AT_ONCE)) : 0;
      if (gone < AT_ONCE) doneOn = today;
    },
  };
}
