import type { LogEntry } from '../../../main/queue/types.ts';

/** A hub's whole log. */
export async function whole(hub: { log(after: number, limit?: number): Promise<LogEntry[]> }): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for (;;) {
    const page = await hub.log(entries.length, 5000);
    entries.push(...page);
    if (page.length < 5000) return entries;
  }
}

/** JSON with sorted keys: the two stores keep the text, but not always the order in which it was made. */
export function canonical(text: string): string {
  const sorted = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(sorted)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .toSorted(([a], [b]) => (a < b ? -1 : 1))
              .map(([k, v]) => [k, sorted(v)]),
          )
        : value;
  return JSON.stringify(sorted(JSON.parse(text)));
}
