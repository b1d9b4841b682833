/** What a key at the counter asks for; the queue room decides whether it can be. */
export type KeypadAction = 'next' | 'recall' | 'no-show' | 'park' | 'transfer' | 'finish';

/** A model as a table: which bytes mean which key. Adding a keypad is adding a row here. */
export interface KeypadModel {
  readonly id: string;
  readonly name: string;
  /** Bytes in hex; `??` is the address of the keypad on a shared wire, `**` any byte (checksums nobody documented). */
  readonly keys: readonly (readonly [bytes: string, action: KeypadAction])[];
}

export const KEYPAD_MODELS: readonly KeypadModel[] = [
  {
    id: 'ascii',
    name: 'Bàn phím gửi chữ cái (N R V P C F)',
    keys: [
      ['4e', 'next'],
      ['52', 'recall'],
      ['56', 'no-show'],
      ['50', 'park'],
      ['43', 'transfer'],
      ['46', 'finish'],
    ],
  },
  {
    id: 'framed',
    name: 'Bàn phím RS-485 có địa chỉ (STX, địa chỉ, phím, ETX, kiểm tra)',
    keys: [
      ['02 ?? 31 03 **', 'next'],
      ['02 ?? 32 03 **', 'recall'],
      ['02 ?? 33 03 **', 'no-show'],
      ['02 ?? 34 03 **', 'park'],
      ['02 ?? 35 03 **', 'transfer'],
      ['02 ?? 36 03 **', 'finish'],
    ],
  },
  {
    id: 'hid-byte',
    name: 'Bàn phím HID (báo cáo 2 byte: số hiệu, phím)',
    keys: [
      ['01 01', 'next'],
      ['01 02', 'recall'],
      ['01 04', 'no-show'],
      ['01 08', 'park'],
      ['01 10', 'transfer'],
      ['01 20', 'finish'],
    ],
  },
];

type Cell = number | 'address' | 'any';

/** Holding a key, or a bouncing contact, is one press. */
const SAME_KEY_MS = 300;

/**
 * Finds keys in a stream of bytes that comes in any pieces. Bytes that begin no key are dropped one by one, so that noise
 * on the wire costs a press at most, never the next one.
 */
export function createKeyParser(model: KeypadModel, options: { busAddress?: number | undefined; now: () => number }) {
  const table = model.keys.map(([text, action]) => ({
    cells: text.split(' ').map((cell): Cell => (cell === '??' ? 'address' : cell === '**' ? 'any' : Number.parseInt(cell, 16))),
    action,
  }));
  let waiting: number[] = [];
  let last: { action: KeypadAction; at: number } | null = null;
  const fits = (cell: Cell, byte: number) =>
    cell === 'any' || (cell === 'address' ? options.busAddress === undefined || byte === options.busAddress : byte === cell);

  return (bytes: Uint8Array): KeypadAction[] => {
    const out: KeypadAction[] = [];
    waiting.push(...bytes);
    while (waiting.length > 0) {
      const whole = table.find(({ cells }) => cells.length <= waiting.length && cells.every((cell, i) => fits(cell, waiting[i]!)));
      if (whole) {
        waiting = waiting.slice(whole.cells.length);
        const now = options.now();
        if (!last || last.action !== whole.action || now - last.at >= SAME_KEY_MS) out.push(whole.action);
        last = { action: whole.action, at: now };
        continue;
      }
      if (table.some(({ cells }) => cells.length > waiting.length && waiting.every((byte, i) => fits(cells[i]!, byte)))) break;
      waiting.shift();
    }
    return out;
  };
}
