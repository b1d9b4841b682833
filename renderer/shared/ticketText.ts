/** "B028" as it is shown: series, a space, number. A text of another shape stays as it is. */
export const spaced = (text: string): string => text.replace(/^([A-ZĐ]+)\s*(\d+)$/, '$1 $2');

/** A wait as people read it: "10–20"; the same number twice is said once; nothing known gives null. */
export function rangeText(wait: { readonly fromMinutes: number; readonly toMinutes: number } | undefined): string | null {
  if (!wait) return null;
  return wait.fromMinutes === wait.toMinutes ? String(wait.toMinutes) : `${wait.fromMinutes}–${wait.toMinutes}`;
}
