/**
 * Dossier codes as they occur (TT 01/2018/TT-VPCP Điều 19, QĐ 20/2020/QĐ-TTg Điều 4 and today's practice): agency groups in
 * the old or the new order, a date of six or eight digits, a sequence of four to seven.
 */
export interface DossierCode {
  readonly agency: string;
  /** YYYY-MM-DD. */
  readonly day: string;
  readonly sequence: string;
  /** `new` reads from level 1 on (`H15.50.05.13`), `old` ends with it (`000.00.01.H29`). */
  readonly order: 'new' | 'old';
}

const CODE = /^([A-Z0-9]{2,3}(?:\.[A-Z0-9]{2,3}){0,7})-(\d{6}|\d{8})-(\d{4,7})$/;
const PROVISIONAL = /^TAM-([A-Z0-9]{1,8})-(\d{6})-(\d{1,5})$/;

/** Undefined for anything that is no code, including a date that does not exist. */
export function parseDossierCode(text: string): DossierCode | undefined {
  const found = CODE.exec(text.trim().toUpperCase());
  if (!found) return undefined;
  const [, agency = '', digits = '', sequence = ''] = found;
  const day = dayFrom(digits);
  if (!day) return undefined;
  return { agency, day, sequence, order: /^[A-Y]\d{2}$/.test(agency.split('.')[0] ?? '') ? 'new' : 'old' };
}

export interface ProvisionalCode {
  readonly counter: string;
  readonly day: string;
  readonly number: number;
}

export function parseProvisional(text: string): ProvisionalCode | undefined {
  const found = PROVISIONAL.exec(text.trim().toUpperCase());
  const day = found && dayFrom(found[2] ?? '');
  return found && day ? { counter: found[1] ?? '', day, number: Number(found[3]) } : undefined;
}

/**
 * `TAM-3-261123-1`: cannot be mistaken for an official code by eye or by a program.
 * @param counter letters and digits of the counter's id; others are dropped
 * @param day YYYY-MM-DD
 */
export function provisionalCode(counter: string, day: string, number: number): string {
  const name =
    counter
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, '')
      .slice(-8) || '0';
  return `TAM-${name}-${day.slice(2, 4)}${day.slice(5, 7)}${day.slice(8, 10)}-${number}`;
}

/** As it stands in provisional numbers; two counters whose names fall together share one sequence. */
export const counterName = (counter: string): string =>
  counter
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .slice(-8) || '0';

function dayFrom(digits: string): string | undefined {
  const full = digits.length === 6 ? `20${digits}` : digits;
  const day = `${full.slice(0, 4)}-${full.slice(4, 6)}-${full.slice(6, 8)}`;
  const at = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== day ? undefined : day;
}
