/**
 * VietQR by NAPAS: EMVCo merchant-presented QR, tag-length-value with two digits each, closed by CRC-16/CCITT-FALSE.
 * Reference: EMV QRCPS MPM 1.1, chapter 4.
 */
export interface VietQr {
  /** Six digits of the bank (treasury). */
  readonly bankBin: string;
  readonly account: string;
  /** Đồng; without it the payer types the sum. */
  readonly amount?: number;
  /** Shown to the payer and on the statement. Diacritics are dropped: banks take ASCII only. */
  readonly purpose?: string;
}

const tlv = (tag: string, value: string): string => {
  if (value.length > 99) throw new RangeError(`VietQR: field ${tag} is longer than 99 characters`);
  return `${tag}${String(value.length).padStart(2, '0')}${value}`;
};

/** @throws RangeError when a field does not fit or has a wrong shape */
export function vietQr(payment: VietQr): string {
  if (!/^\d{6}$/.test(payment.bankBin)) throw new RangeError('VietQR: the bank code has six digits');
  if (!/^[0-9A-Za-z]{1,19}$/.test(payment.account)) throw new RangeError('VietQR: an account has 1 to 19 letters and digits');
  const { amount } = payment;
  if (amount !== undefined && (!Number.isSafeInteger(amount) || amount <= 0 || String(amount).length > 13))
    throw new RangeError('VietQR: the amount is a whole number of đồng with at most 13 digits');
  const purpose = ascii(payment.purpose ?? '');
  const beneficiary = tlv('00', payment.bankBin) + tlv('01', payment.account);
  const body =
    tlv('00', '01') +
    tlv('01', amount === undefined ? '11' : '12') +
    tlv('38', tlv('00', 'A000000727') + tlv('01', beneficiary) + tlv('02', 'QRIBFTTA')) +
    tlv('53', '704') +
    (amount === undefined ? '' : tlv('54', String(amount))) +
    tlv('58', 'VN') +
    (purpose === '' ? '' : tlv('62', tlv('08', purpose)));
  const open = `${body}6304`;
  return open + crc16(open).toString(16).toUpperCase().padStart(4, '0');
}

/** Printable ASCII only; a Vietnamese letter becomes its base letter. At most 90 characters, so that tag 62 fits. */
export function ascii(text: string): string {
  return text
    .replaceAll('đ', 'd')
    .replaceAll('Đ', 'D')
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .replace(/ +/g, ' ')
    .trim()
    .slice(0, 90);
}

/** CRC-16/CCITT-FALSE: polynomial 1021, start FFFF, no reflection. */
export function crc16(text: string): number {
  let crc = 0xffff;
  for (const unit of Buffer.from(text, 'latin1')) {
    crc ^= unit << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000) === 0 ? (crc << 1) & 0xffff : ((crc << 1) ^ 0x1021) & 0xffff;
  }
  return crc;
}

/** Splits a code into its fields; undefined when lengths or checksum are wrong. */
export function readVietQr(text: string): Map<string, string> | undefined {
  if (text.length < 8 || text.slice(-8, -4) !== '6304') return undefined;
  if (crc16(text.slice(0, -4)) !== Number.parseInt(text.slice(-4), 16)) return undefined;
  return fields(text);
}

function fields(text: string): Map<string, string> | undefined {
  const found = new Map<string, string>();
  for (let at = 0; at < text.length;) {
    const head = /^(\d\d)(\d\d)$/.exec(text.slice(at, at + 4));
    const length = head ? Number(head[2]) : Number.NaN;
    if (!head || at + 4 + length > text.length) return undefined;
    found.set(head[1] ?? '', text.slice(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return found;
}
