import { decode, type Budget } from './filters.ts';
import { readIndirect, type Indirect } from './indirect.ts';
import { isDict, isName, isRef, isStream, type PdfDict, type PdfObject, type PdfRef, type PdfStream } from './objects.ts';
import { Parser } from './parser.ts';
import { PdfError, type PdfLimits } from './problems.ts';
import { MemorySource, type ByteSource } from './source.ts';
import type { Revision } from './revisions.ts';
import type { XrefEntry } from './xref.ts';

interface Container {
  source: MemorySource;
  /** Object number and position of each object inside. */
  index: { num: number; at: number }[];
}

/** Objects kept, and the bytes that they were read from: what a hostile object grows to in memory is a multiple of those. */
const KEPT_OBJECTS = 100_000;
const KEPT_BYTES = 6 << 20;
const KEPT_CONTAINERS = 32;

/** What all views of one file share: the bytes, the history of each object number, and the objects read so far. */
export class ObjectStore {
  readonly source: ByteSource;
  readonly limits: PdfLimits;
  readonly budget: Budget;
  readonly history = new Map<number, XrefEntry[]>();
  readonly #objects = new Map<XrefEntry, Indirect>();
  readonly #containers = new Map<XrefEntry, Container>();
  #keptBytes = 0;
  readonly #loading = new Set<XrefEntry>();
  readonly #children = new Map<XrefEntry, readonly Child[]>();

  constructor(source: ByteSource, limits: PdfLimits, budget: Budget, revisions: Revision[]) {
    this.source = source;
    this.limits = limits;
    this.budget = budget;
    for (const revision of revisions) {
      for (const section of revision.sections) {
        for (const [num, entry] of section.entries) {
          const list = this.history.get(num);
          if (list === undefined) this.history.set(num, [entry]);
          else if (list.at(-1)?.revision === revision.index) list[list.length - 1] = entry;
          else list.push(entry);
        }
      }
    }
  }

  /** The entry of an object number as of a revision. */
  entry(num: number, revision: number): XrefEntry | undefined {
    const list = this.history.get(num);
    if (list === undefined) return undefined;
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((list[middle]?.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return list[low - 1];
  }

  /** The object that an entry points to. @throws PdfError when what stands there is not that object */
  load(num: number, entry: XrefEntry): Indirect | undefined {
    if (entry.type === 'free') return undefined;
    const kept = this.#objects.get(entry);
    if (kept !== undefined) return kept;
    if (this.#loading.has(entry)) throw new PdfError('looped', `object ${num} needs itself to be read`);
    this.#loading.add(entry);
    try {
      const found = entry.type === 'offset' ? this.#direct(num, entry) : this.#packed(num, entry);
      if (this.#objects.size >= KEPT_OBJECTS || this.#keptBytes > KEPT_BYTES) {
        this.#objects.clear();
        this.#keptBytes = 0;
      }
      this.#objects.set(entry, found);
      this.#keptBytes += found.read;
      return found;
    } finally {
      this.#loading.delete(entry);
    }
  }

  #direct(num: number, entry: XrefEntry & { type: 'offset' }): Indirect {
    const found = readIndirect(this.source, entry.offset, this.limits, (value) => this.#plain(value, entry.revision));
    if (found.num !== num || found.gen !== entry.gen) {
      throw new PdfError('brokenXref', `entry of object ${num} points to object ${found.num}`, entry.offset);
    }
    return found;
  }

  #plain(value: PdfObject, revision: number): PdfObject {
    return isRef(value) ? this.follow(value, revision) : value;
  }

  #packed(num: number, entry: XrefEntry & { type: 'packed' }): Indirect {
    const container = this.container(entry.container, entry.revision);
    const place = container.index[entry.index];
    if (place?.num !== num) throw new PdfError('brokenXref', `object ${num} is not where its object stream should hold it`);
    const parser = new Parser(container.source, place.at, this.limits, false);
    const value = parser.object();
    if (isRef(value)) throw new PdfError('brokenObject', `object ${num} in an object stream is a bare reference`);
    return { num, gen: 0, value, start: -1, end: -1, read: parser.pos - place.at, oddWhite: parser.oddWhite };
  }

  /** An opened object stream (ISO 32000-2, 7.5.7). */
  container(num: number, revision: number): Container {
    const entry = this.entry(num, revision);
    if (entry?.type !== 'offset') throw new PdfError('brokenXref', `object stream ${num} is missing`);
    const kept = this.#containers.get(entry);
    if (kept !== undefined) return kept;
    const stream = this.load(num, entry)?.value;
    if (!isStream(stream) || !isName(stream.dict.entries.get('Type'), 'ObjStm'))
      throw new PdfError('brokenXref', `object ${num} is no object stream`);
    const plain = (value: PdfObject | undefined): PdfObject => this.#plain(value ?? null, revision);
    const data = this.data(stream, revision);
    const count = plain(stream.dict.entries.get('N'));
    const first = plain(stream.dict.entries.get('First'));
    if (typeof count !== 'number' || typeof first !== 'number' || count < 0 || first < 0 || first > data.length || count > data.length) {
      throw new PdfError('brokenObject', `object stream ${num} has a malformed head`);
    }
    const source = new MemorySource(data);
    const parser = new Parser(source, 0, this.limits, false);
    const index: Container['index'] = [];
    for (let i = 0; i < count; i++) {
      parser.skipWhite();
      const inner = parser.integer();
      parser.skipWhite();
      const at = parser.integer() + first;
      if (at >= data.length && count > 0 && at !== data.length)
        throw new PdfError('brokenObject', `object stream ${num} points outside itself`);
      index.push({ num: inner, at });
    }
    const container = { source, index };
    if (this.#containers.size >= KEPT_CONTAINERS) this.#containers.delete(this.#containers.keys().next().value ?? entry);
    this.#containers.set(entry, container);
    return container;
  }

  /** The references inside the object of an entry, kept without the object: walks over a whole document come back to them. */
  children(num: number, entry: XrefEntry): readonly Child[] {
    let found = this.#children.get(entry);
    if (found === undefined) {
      found = references(this.load(num, entry)?.value ?? null);
      this.#children.set(entry, found);
    }
    return found;
  }

  /** The data of a stream with its filters taken off. */
  data(stream: PdfStream, revision: number): Uint8Array {
    const raw = this.raw(stream);
    return decode(stream.dict, raw, (value) => this.#plain(value ?? null, revision), this.limits, this.budget);
  }

  raw(stream: PdfStream): Uint8Array {
    if (stream.bytes !== undefined) return stream.bytes;
    const span = stream.span ?? { start: 0, length: 0 };
    return this.source.read(span.start, span.length);
  }

  /** The object behind a reference, through references to references; null for what is free or missing. */
  follow(start: PdfRef, revision: number): PdfObject {
    let value: PdfObject = start;
    for (let i = 0; i < 32; i++) {
      if (!isRef(value)) return value;
      const entry = this.entry(value.num, revision);
      // ISO 32000-2, 7.3.10: a reference to an object that is not there is null; so is one of another generation.
      if (entry === undefined || entry.type === 'free') return null;
      if ((entry.type === 'offset' ? entry.gen : 0) !== value.gen) return null;
      value = this.load(value.num, entry)?.value ?? null;
    }
    throw new PdfError('looped', `reference ${start.num} ${start.gen} leads to more than 32 references`);
  }
}

/** A reference inside an object, and the nearest key in front of it; undefined in an array that is the object itself. */
export interface Child {
  key: string | undefined;
  ref: PdfRef;
}

const NONE: readonly Child[] = [];

function references(value: PdfObject): readonly Child[] {
  const found: Child[] = [];
  const stack: { key: string | undefined; item: PdfObject }[] = [{ key: undefined, item: value }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { key, item } = next;
    if (item === null || typeof item !== 'object') continue;
    if (Array.isArray(item)) for (const inner of item) stack.push({ key, item: inner });
    else if (isRef(item)) found.push({ key, ref: item });
    else if (isDict(item)) for (const [name, inner] of item.entries) stack.push({ key: name, item: inner });
    else if (isStream(item)) for (const [name, inner] of item.dict.entries) stack.push({ key: name, item: inner });
  }
  return found.length === 0 ? NONE : found;
}

/** The document as of one revision: what a reader that had only the bytes up to its end would see. */
export class PdfView {
  readonly store: ObjectStore;
  readonly revision: number;
  readonly trailer: PdfDict;

  constructor(store: ObjectStore, revision: number, trailer: PdfDict) {
    this.store = store;
    this.revision = revision;
    this.trailer = trailer;
  }

  /** The object behind a reference (null when free or missing); any other value as it is. @throws PdfError */
  resolve(value: PdfObject | undefined): PdfObject {
    if (value === undefined) return null;
    return isRef(value) ? this.store.follow(value, this.revision) : value;
  }

  /** The resolved value of a key; null when the key is absent. */
  get(dict: PdfDict, key: string): PdfObject {
    return this.resolve(dict.entries.get(key));
  }

  dict(value: PdfObject | undefined): PdfDict | undefined {
    const found = this.resolve(value);
    return isDict(found) ? found : undefined;
  }

  /** Where an object of this view stands in the file: its entry and, for one that stands by itself, its first and last byte. */
  locate(num: number): { entry: XrefEntry; start: number; end: number } | undefined {
    const entry = this.store.entry(num, this.revision);
    if (entry === undefined) return undefined;
    const found = this.store.load(num, entry);
    return { entry, start: found?.start ?? -1, end: found?.end ?? -1 };
  }

  /** Stream data with the filters taken off. @throws PdfError unsupported, brokenObject, tooLarge */
  data(stream: PdfStream): Uint8Array {
    return this.store.data(stream, this.revision);
  }

  /** Stream data as they stand in the file. */
  raw(stream: PdfStream): Uint8Array {
    return this.store.raw(stream);
  }

  /** The document catalogue. @throws PdfError brokenObject */
  get root(): PdfDict {
    const root = this.dict(this.trailer.entries.get('Root'));
    if (root === undefined) throw new PdfError('brokenObject', 'the trailer leads to no catalogue');
    return root;
  }

  get rootRef(): PdfRef {
    const root = this.trailer.entries.get('Root');
    if (!isRef(root)) throw new PdfError('brokenXref', 'the trailer has no /Root reference');
    return root;
  }
}
