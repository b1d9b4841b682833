import { randomBytes } from 'node:crypto';
import {
  dict,
  isDict,
  isRef,
  isString,
  name,
  ref,
  refKey,
  string,
  writeObject,
  type PdfDict,
  type PdfObject,
  type PdfRef,
} from '../pdf/objects.ts';

/** What an incremental update needs to know of the file it follows. */
export interface UpdateBase {
  readonly size: number;
  readonly startxref: number;
  readonly style: 'table' | 'stream' | 'hybrid';
  readonly trailer: PdfDict;
  /** One more than the highest object number in use, whatever /Size says. */
  readonly nextObject: number;
  /** The last byte of the file, so that the update starts on its own line. */
  readonly lastByte: number;
}

export interface WrittenUpdate {
  /** Everything that goes after the original bytes. */
  readonly bytes: Buffer;
  /** Position in the whole file of the first byte of the value of `ref` (behind `N G obj` and its line end). */
  valueOffset(ref: PdfRef): number;
}

const MOST_TABLE_OFFSET = 9_999_999_999;

/**
 * The objects that one save adds or replaces (ISO 32000-2, 7.5.6). Only these are written; the original bytes stay the
 * prefix of the result, and the cross-reference section keeps the style of the last one, because Acrobat faults a table
 * after a stream and a stream after a hybrid section.
 */
export class Update {
  private readonly base: UpdateBase;
  private readonly values = new Map<string, { readonly ref: PdfRef; readonly value: PdfObject | Buffer }>();
  private next: number;

  constructor(base: UpdateBase) {
    this.base = base;
    this.next = base.nextObject;
  }

  /** A reference for a new object. */
  allocate(): PdfRef {
    const made = ref(this.next);
    this.next += 1;
    return made;
  }

  /** Adds a new object or replaces an old one. A buffer is written as it is: the value's own PDF syntax. */
  set(at: PdfRef, value: PdfObject | Buffer): void {
    this.values.set(refKey(at), { ref: at, value });
  }

  add(value: PdfObject | Buffer): PdfRef {
    const at = this.allocate();
    this.set(at, value);
    return at;
  }

  /** The value that this update holds for a reference, if it holds one. */
  pending(at: PdfRef): PdfObject | undefined {
    const found = this.values.get(refKey(at))?.value;
    return Buffer.isBuffer(found) ? undefined : found;
  }

  /** @throws RangeError when a position does not fit the ten digits of a cross-reference table */
  write(): WrittenUpdate {
    const { base } = this;
    const parts: Buffer[] = [];
    let at = base.size;
    const push = (part: Buffer) => {
      parts.push(part);
      at += part.length;
    };
    if (base.lastByte !== 0x0a) push(Buffer.from('\n'));
    const offsets = new Map<number, { offset: number; gen: number }>();
    const valueOffsets = new Map<string, number>();
    const entries = [...this.values.values()].sort((a, b) => a.ref.num - b.ref.num);
    for (const entry of entries) {
      offsets.set(entry.ref.num, { offset: at, gen: entry.ref.gen });
      push(Buffer.from(`${entry.ref.num} ${entry.ref.gen} obj\n`, 'latin1'));
      valueOffsets.set(refKey(entry.ref), at);
      push(Buffer.isBuffer(entry.value) ? entry.value : writeObject(entry.value));
      push(Buffer.from('\nendobj\n', 'latin1'));
    }
    const start = at;
    if (base.style === 'stream') push(this.xrefStream(offsets, start));
    else push(this.xrefTable(offsets));
    push(Buffer.from(`startxref\n${start}\n%%EOF\n`, 'latin1'));
    if (at > MOST_TABLE_OFFSET) throw new RangeError('the file is larger than a cross-reference table can describe');
    return {
      bytes: Buffer.concat(parts),
      valueOffset: (wanted) => {
        const found = valueOffsets.get(refKey(wanted));
        if (found === undefined) throw new RangeError(`object ${wanted.num} is not in this update`);
        return found;
      },
    };
  }

  private trailer(size: number): Map<string, PdfObject> {
    const from = this.base.trailer.entries;
    const entries = new Map<string, PdfObject>([['Size', size]]);
    for (const key of ['Root', 'Info']) {
      const value = from.get(key);
      if (isRef(value)) entries.set(key, value);
      else if (isDict(value)) entries.set(key, value);
    }
    const id = from.get('ID');
    // The first half names the document for ever, the second this version of it (ISO 32000-2, 14.4).
    if (Array.isArray(id) && isString(id[0])) entries.set('ID', [string(id[0].bytes, true), string(new Uint8Array(randomBytes(16)), true)]);
    entries.set('Prev', this.base.startxref);
    return entries;
  }

  private xrefTable(offsets: Map<number, { offset: number; gen: number }>): Buffer {
    const lines = ['xref\n'];
    for (const [first, count] of runs([...offsets.keys()])) {
      lines.push(`${first} ${count}\n`);
      for (let num = first; num < first + count; num++) {
        const entry = offsets.get(num);
        lines.push(`${String(entry?.offset ?? 0).padStart(10, '0')} ${String(entry?.gen ?? 0).padStart(5, '0')} n \n`);
      }
    }
    const trailer = writeObject(dict(this.trailer(this.next)));
    return Buffer.concat([Buffer.from(`${lines.join('')}trailer\n`, 'latin1'), trailer, Buffer.from('\n')]);
  }

  private xrefStream(offsets: Map<number, { offset: number; gen: number }>, start: number): Buffer {
    const own = this.next;
    const all = new Map(offsets).set(own, { offset: start, gen: 0 });
    const numbers = [...all.keys()].sort((a, b) => a - b);
    const data = Buffer.alloc(numbers.length * 8);
    numbers.forEach((num, row) => {
      const entry = all.get(num);
      data[row * 8] = 1;
      data.writeUIntBE(entry?.offset ?? 0, row * 8 + 1, 5);
      data.writeUIntBE(entry?.gen ?? 0, row * 8 + 6, 2);
    });
    const entries = new Map<string, PdfObject>([['Type', name('XRef')], ...this.trailer(own + 1)]);
    entries.set('W', [1, 5, 2]);
    entries.set('Index', runs(numbers).flat());
    const value = writeObject({ kind: 'stream', dict: dict(entries), bytes: data });
    return Buffer.concat([Buffer.from(`${own} 0 obj\n`, 'latin1'), value, Buffer.from('\nendobj\n', 'latin1')]);
  }
}

/** Consecutive numbers as pairs of first and count. */
function runs(numbers: readonly number[]): [number, number][] {
  const sorted = [...numbers].sort((a, b) => a - b);
  const found: [number, number][] = [];
  for (const num of sorted) {
    const last = found.at(-1);
    if (last && last[0] + last[1] === num) last[1] += 1;
    else found.push([num, 1]);
  }
  return found;
}
