/**
 * Cuts the byte stream into ESC/POS commands, as they arrive in any pieces. Knows only how long each command is; what it
 * does stands in `paper.ts`.
 */
export interface Command {
  /** For example `ESC a`, `GS v 0`, `DLE EOT`, `LF`, or `text` for printable bytes, `unknown` for anything else. */
  readonly name: string;
  /** The bytes after the name: parameters, then data. */
  readonly data: Uint8Array;
}

const ESC_LENGTHS: Record<string, number> = {
  '@': 0,
  '2': 0,
  '<': 0, // initialise, default line spacing, home
  a: 1,
  E: 1,
  G: 1,
  '!': 1,
  t: 1,
  R: 1,
  '%': 1,
  '?': 1,
  J: 1,
  d: 1,
  '3': 1,
  M: 1,
  '{': 1,
  '-': 1,
  V: 1,
  ' ': 1,
  r: 1,
  '=': 1,
  $: 2,
  '\\': 2,
  p: 3,
  B: 2,
};
const GS_LENGTHS: Record<string, number> = { '!': 1, a: 1, r: 1, B: 1, b: 1, I: 1, P: 2, L: 2, W: 2, '^': 3, H: 1, f: 1, h: 1, w: 1 };

/** Returns one command and the bytes it took, or null when more bytes are needed. */
export function nextCommand(bytes: Uint8Array, at: number): { command: Command; used: number } | null {
  const have = bytes.length - at;
  const first = bytes[at]!;
  const take = (name: string, head: number, length: number) =>
    have < head + length ? null : { command: { name, data: bytes.slice(at + head, at + head + length) }, used: head + length };
  if (first === 0x10) {
    if (have < 2) return null;
    return bytes[at + 1] === 0x04 ? take('DLE EOT', 2, 1) : bytes[at + 1] === 0x14 ? take('DLE DC4', 2, 3) : take('unknown', 0, 2);
  }
  if (first === 0x0a) return take('LF', 1, 0);
  if (first === 0x0d) return take('CR', 1, 0);
  if (first === 0x1c) {
    if (have < 2) return null;
    const letter = String.fromCharCode(bytes[at + 1]!);
    return letter === '.' || letter === '&' ? take(`FS ${letter}`, 2, 0) : take('unknown', 0, 2);
  }
  if (first === 0x1b) return escape(bytes, at, have, take);
  if (first === 0x1d) return group(bytes, at, have, take);
  if (first < 0x20) return take('unknown', 0, 1);
  let end = at;
  while (end < bytes.length && bytes[end]! >= 0x20) end += 1;
  return take('text', 0, end - at);
}

type Take = (name: string, head: number, length: number) => { command: Command; used: number } | null;

function escape(bytes: Uint8Array, at: number, have: number, take: Take) {
  if (have < 2) return null;
  const letter = String.fromCharCode(bytes[at + 1]!);
  if (letter === '*') {
    if (have < 5) return null;
    const columns = bytes[at + 3]! + bytes[at + 4]! * 256;
    return take('ESC *', 2, 3 + columns * (bytes[at + 2]! >= 32 ? 3 : 1));
  }
  if (letter === '&') {
    if (have < 5) return null;
    const [rows, from, to] = [bytes[at + 2]!, bytes[at + 3]!, bytes[at + 4]!];
    let length = 3;
    for (let c = from; c <= to; c += 1) {
      if (have < 2 + length + 1) return null;
      length += 1 + bytes[at + 2 + length]! * rows;
    }
    return take('ESC &', 2, length);
  }
  const length = ESC_LENGTHS[letter];
  return length === undefined ? take('unknown', 0, 2) : take(`ESC ${letter}`, 2, length);
}

function group(bytes: Uint8Array, at: number, have: number, take: Take) {
  if (have < 2) return null;
  const letter = String.fromCharCode(bytes[at + 1]!);
  if (letter === 'v') {
    if (have < 8) return null;
    const stride = bytes[at + 4]! + bytes[at + 5]! * 256;
    const rows = bytes[at + 6]! + bytes[at + 7]! * 256;
    return take('GS v 0', 3, 5 + stride * rows);
  }
  if (letter === '(') {
    if (have < 5) return null;
    return take(`GS ( ${String.fromCharCode(bytes[at + 2]!)}`, 3, 2 + bytes[at + 3]! + bytes[at + 4]! * 256);
  }
  if (letter === 'V') {
    if (have < 3) return null;
    return take('GS V', 2, bytes[at + 2]! >= 65 ? 2 : 1);
  }
  const length = GS_LENGTHS[letter];
  return length === undefined ? take('unknown', 0, 2) : take(`GS ${letter}`, 2, length);
}
