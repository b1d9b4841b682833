/** ISO day as people write it: "14/08/1991"; a year alone stays a year. */
export const dateShown = (iso: string): string => (/^\d{4}-\d{2}-\d{2}$/.test(iso) ? iso.split('-').reverse().join('/') : iso);

/**
 * A typed day as ISO: "14/8/1991", "14.08.1991" and "14081991" are '1991-08-14'; '' is ''. Undefined when it is no day of the
 * calendar, so that the field can say so instead of guessing.
 */
export function dayTyped(text: string): string | undefined {
  const clean = text.trim();
  if (clean === '') return '';
  const parts = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})$/.exec(clean) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(clean);
  if (!parts) return undefined;
  const [, day = '', month = '', year = ''] = parts;
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== iso ? undefined : iso;
}

/** As `dayTyped`, and a year alone ("1960"), which is all that some people's papers say. */
export const dateTyped = (text: string): string | undefined => (/^(1[89]|20)\d{2}$/.test(text.trim()) ? text.trim() : dayTyped(text));

/** A typed time of day as "16:30"; "16h30", "1630" and "8" are understood. Undefined when there is no such time. */
export function timeTyped(text: string): string | undefined {
  const clean = text.trim().toLowerCase();
  if (clean === '') return '';
  const parts = /^(\d{1,2})(?:[:.h](\d{2})?)?$/.exec(clean) ?? /^(\d{2})(\d{2})$/.exec(clean);
  if (!parts) return undefined;
  const [, hour = '', minute = '00'] = parts;
  return Number(hour) < 24 && Number(minute) < 60 ? `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}` : undefined;
}
