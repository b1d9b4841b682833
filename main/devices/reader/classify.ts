import type { Scan } from '../../contract/devices.ts';
import { readIdCardQr } from './id-card.ts';
import { readMrz, td1Lines } from './mrz.ts';

/**
 * `H15.50.05.13-261008-0975`: agency, day, sequence; ministries start with G. The groups of the agency also come in the old
 * order (`000.00.01.H29`) and the day with eight digits. A receipt without a line carries the provisional `TAM-3-261123-1`.
 */
const DOSSIER_CODE = /(?<![\w.-])((?:\d{1,4}\.)*[GH]\d{2}(?:\.\d{1,4})*-(?:\d{6}|\d{8})-\d{4,7}|TAM-[A-Z0-9]{1,8}-\d{6}-\d{1,5})(?![\w-])/u;

/** Series, day, time and check word of a booking slip; whether it is a good one is the queue's to say. */
const APPOINTMENT_CODE = /^[A-Z]{1,2}-\d{8}-\d{4}-[A-Z0-9]{4,12}$/u;

/**
 * Tells codes apart by their shape alone, wherever they were scanned. Nothing is filled from a code that is not whole.
 * @param options.today `YYYY-MM-DD` in Vietnam
 * @param options.typed came in as keystrokes
 */
export function classify(raw: string, options: { today: string; typed?: boolean }): Scan {
  // Readers add a BOM, an AIM prefix of control characters or several line ends, depending on their settings.
  const text = raw
    .normalize('NFC')
    .replace(/^\uFEFF/u, '')
    .replace(/[^\P{Cc}\r\n]/gu, '')
    .trim();
  const typed = options.typed ?? false;

  const lines = td1Lines(text);
  if (lines) return readMrz(lines, options.today);
  if (/^I[A-Z<]VNM/u.test(text) || (/</u.test(text) && /^[A-Z0-9<\s]+$/u.test(text))) {
    return {
      kind: 'broken',
      what: 'mrz',
      vi: 'Dòng mã ở mặt sau thẻ đọc chưa đủ ba dòng. Hãy quét lại cả ba dòng.',
      en: 'The zone on the back came in incomplete. Scan all three lines again.',
    };
  }
  if (text.startsWith('QUAY:')) return readOwn(text);
  if (/^\d{3,12}\|/u.test(text) || text.split('|').length >= 5) return readIdCardQr(text, options.today, typed);
  if (/^\d{12}$/u.test(text)) {
    return {
      kind: 'broken',
      what: 'id-card',
      vi: 'Mã này chỉ có số căn cước, không có họ tên. Hãy quét mã QR ở góc thẻ.',
      en: 'This code has the ID number only, no name. Scan the QR in the corner of the card.',
    };
  }
  if (APPOINTMENT_CODE.test(text)) return { kind: 'appointment', code: text };
  const code = DOSSIER_CODE.exec(text.toUpperCase())?.[1];
  if (code && !text.includes('|')) return { kind: 'receipt', dossierCode: code };
  return {
    kind: 'unknown',
    vi: 'Mã này không phải căn cước, giấy hẹn hay phiếu số của đơn vị. Chưa điền gì vào hồ sơ.',
    en: 'This code is no ID card, receipt or ticket of ours. Nothing was filled in.',
  };
}

function readOwn(text: string): Scan {
  const ticket = /^QUAY:T:([A-Z]{1,3}\d{1,4}):([A-Z0-9-]{4,40})$/u.exec(text);
  if (ticket) return { kind: 'ticket', number: ticket[1]!.replace(/^([A-Z]+)/u, '$1 '), code: ticket[2]!.toLowerCase() };
  const booked = text.replace(/^QUAY:A:/u, '');
  if (booked !== text && APPOINTMENT_CODE.test(booked)) return { kind: 'appointment', code: booked };
  return {
    kind: 'broken',
    what: booked === text ? 'ticket' : 'appointment',
    vi: 'Mã trên phiếu bị rách hoặc đọc thiếu. Hãy quét lại, hoặc gõ số in trên phiếu.',
    en: 'The code on the slip is torn or came in incomplete. Scan again, or type the number on it.',
  };
}

/** No person types 8 keys in a row this fast; readers in keyboard mode do. */
const SCANNER_GAP_MS = 30;

/**
 * Did a reader in keyboard mode type this? Nearly every gap must be shorter than 30 ms; one in twenty may be longer,
 * because a busy machine delivers keys late.
 * @param gapsMs time before each key after the first
 */
export function isScannerBurst(text: string, gapsMs: readonly number[]): boolean {
  if (Array.from(text).length < 8 || gapsMs.length < 7) return false;
  const slow = gapsMs.filter((gap) => gap >= SCANNER_GAP_MS).length;
  return slow <= gapsMs.length / 20;
}
