import type { DueDateView } from '../../../main/contract/catalogue.ts';

type Day = DueDateView['days'][number];
export interface DueCell {
  readonly first: Day;
  /** The last day of a run of like days; the same as `first` for a single day. */
  readonly last: Day;
  readonly kind: Day['kind'];
}

/** How many boxes the row has room for. */
export const DUE_CELLS = 10;

/**
 * The counted days as boxes: each day by itself while there is room for five; beyond that, runs of counted days share one box.
 * A day off that has a name of its own always keeps its box.
 */
export function dueCells(days: readonly Day[]): DueCell[] {
  const single = days.map((day) => ({ first: day, last: day, kind: day.kind }));
  if (single.length <= 5) return single;
  const runs: DueCell[] = [];
  for (const cell of single) {
    const before = runs.at(-1);
    const same =
      before &&
      before.kind === cell.kind &&
      (cell.kind === 'counted' || (cell.kind === 'off' && weekend(before.last) && weekend(cell.first)));
    if (same) runs[runs.length - 1] = { ...before, last: cell.last };
    else runs.push(cell);
  }
  if (runs.length <= DUE_CELLS) return runs;
  // A long procedure: the beginning and the end are what people ask about, and days off with a name.
  const named = runs.filter((cell, index) => index < 4 || index >= runs.length - 3 || (cell.kind === 'off' && !weekend(cell.first)));
  return named.length <= DUE_CELLS ? named : [...named.slice(0, DUE_CELLS - 3), ...named.slice(-3)];
}

const weekend = (day: Day): boolean => day.weekday === 'CN' || day.weekday === 'T7';
