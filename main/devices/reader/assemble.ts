/** After a line end a code may go on (a machine readable zone has three lines); without one it may just be slow. */
const QUIET_AFTER_LINE_MS = 60;
const QUIET_MS = 250;
/** Longer than any code; a reader on the wrong speed sends noise without end. */
const MOST_BYTES = 4096;

/**
 * Puts the bytes of a serial reader together into codes: a code ends with silence, shorter after a line end. Two codes
 * that came in one burst are parted at the line end, a machine readable zone is not.
 */
export function createAssembler(onCode: (text: string) => void) {
  let bytes: number[] = [];
  let timer: NodeJS.Timeout | null = null;
  const flush = () => {
    timer = null;
    const text = new TextDecoder('utf-8').decode(Uint8Array.from(bytes));
    bytes = [];
    for (const code of partCodes(text)) onCode(code);
  };
  return {
    feed(data: Uint8Array) {
      for (const byte of data) if (bytes.length < MOST_BYTES) bytes.push(byte);
      if (timer) clearTimeout(timer);
      const last = bytes.at(-1);
      timer = setTimeout(flush, last === 0x0d || last === 0x0a ? QUIET_AFTER_LINE_MS : QUIET_MS);
    },
    close() {
      if (timer) clearTimeout(timer);
      timer = null;
      bytes = [];
    },
  };
}

/** Lines of a burst as codes. Lines of nothing but MRZ characters belong together. */
export function partCodes(text: string): string[] {
  const lines = text.split(/[\r\n]+/u).filter((line) => line.trim() !== '');
  const codes: string[] = [];
  let zone: string[] = [];
  const closeZone = () => {
    if (zone.length > 0) codes.push(zone.join('\n'));
    zone = [];
  };
  for (const line of lines) {
    if (/^[A-Z0-9<]{28,32}$/u.test(line.trim()) && line.includes('<')) {
      zone.push(line.trim());
      if (zone.length === 3) closeZone();
    } else {
      closeZone();
      codes.push(line);
    }
  }
  closeZone();
  return codes;
}
