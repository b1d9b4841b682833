/** ISO day of a person field as people write it: "14/08/1991", or the year alone. */
export const dateShown = (iso: string): string => (/^\d{4}-\d{2}-\d{2}$/.test(iso) ? iso.split('-').reverse().join('/') : iso);

/**
 * What was typed for a date as ISO: "14/8/1991", "14081991", "1991". Undefined when it is no day of the calendar, so that the
 * field can say so instead of guessing.
 */
export function dateTyped(text: string): string | undefined {
  const clean = text.trim();
  if (clean === '') return '';
  if (/^(1[89]|20)\d{2}$/.test(clean)) return clean;
  const parts = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})$/.exec(clean) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(clean);
  if (!parts) return undefined;
  const [, day = '', month = '', year = ''] = parts;
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== iso ? undefined : iso;
}
