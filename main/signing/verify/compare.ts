import {
  isDict,
  isName,
  isRef,
  isStream,
  isString,
  PdfError,
  type PdfDict,
  type PdfObject,
  type PdfRef,
  type PdfStream,
  type PdfView,
} from '../pdf/index.ts';
import { sameBytes } from './der.ts';
import type { Modifications } from './types.ts';

export const LEVELS: Modifications[] = ['NONE', 'LTA_UPDATES', 'FORM_FILLING', 'ANNOTATIONS', 'OTHER'];
export const worse = (a: Modifications, b: Modifications): Modifications => (LEVELS.indexOf(a) >= LEVELS.indexOf(b) ? a : b);

/** How a place in the document is looked at: what a difference there amounts to. */
type Mode = 'OTHER' | 'ANNOTATIONS' | 'FORM_FILLING' | 'LTA_UPDATES';

interface Pair {
  old: PdfObject;
  new: PdfObject;
  mode: Mode;
  path: string;
  /** The key of the dictionary that leads here, through arrays. */
  key: string;
}

/** What an object with rules of its own is for. */
export type Role = 'root' | 'page' | 'field';

/**
 * Keys that lead to a field as a field, and to the catalogue as the catalogue. By any other key the same dictionary is something else
 * as well (the resources of a page, the states of an appearance), and what its own rules leave open would change that something.
 */
const LEADS: Record<'root' | 'field', Set<string>> = {
  root: new Set(['Data']),
  field: new Set('Parent Kids Obj T Fields CO Annots Annotation AN TA Data'.split(' ')),
};

/** Keys by which the elements and trees of a tagged document hang together. */
const TAGS = new Set('StructTreeRoot K P Nums Kids ParentTree SE'.split(' '));

const PIECE = 1 << 20;

/**
 * What comparisons of earlier revisions walked through strictly. As long as a revision changes none of these objects, nothing behind them
 * has changed either, and the next comparison need not walk there again.
 */
export interface Settled {
  numbers: Set<number>;
}

/**
 * Walks two states of a document side by side. Each object is compared once in every mode in which it is reached, so that an object
 * with two roles (a metadata stream that is also a page's content) is held to the stricter one.
 */
export class Comparison {
  readonly old: PdfView;
  readonly new: PdfView;
  /** Object numbers whose entry the newer state changed. */
  readonly changed: Set<number>;
  /** Objects that have rules of their own (pages, fields, the catalogue): reached from elsewhere they are not walked into. */
  readonly governed = new Map<number, Role>();
  /** Parts of the tags to which something permitted was added and nothing else happened. */
  readonly grown = new Set<number>();
  /** Object numbers that the walk reached in the newer state. */
  readonly reached = new Set<number>();
  level: Modifications = 'NONE';
  /** Something beyond archive data was touched, harmless in itself (metadata, information, resources of the form). */
  edited = false;
  /** Archive data came: a security store that grew, or a document timestamp. */
  archived = false;
  readonly reasons: string[] = [];
  readonly #visited: Record<Mode, Set<number>> = {
    OTHER: new Set(),
    ANNOTATIONS: new Set(),
    FORM_FILLING: new Set(),
    LTA_UPDATES: new Set(),
  };
  readonly #fresh = new Set<number>();
  readonly #queue: Pair[] = [];

  readonly #settled: Settled;
  readonly #skip: boolean;

  constructor(older: PdfView, newer: PdfView, changed: Set<number>, settled: Settled) {
    this.old = older;
    this.new = newer;
    this.changed = changed;
    this.#settled = settled;
    this.#skip = ![...changed].some((num) => settled.numbers.has(num));
  }

  /** Notes a difference. Places are structural (`/Root/Pages`), never content. */
  differ(level: Modifications, path: string): void {
    if (level === 'NONE') return;
    this.level = worse(this.level, level);
    if (/^(trailer\/Info|\/Root\/Metadata|\/AcroForm\/(DR|DA|NeedAppearances))/.test(path)) this.edited = true;
    if (path.startsWith('/DSS')) this.archived = true;
    if (this.reasons.length < 20) this.reasons.push(`${level}: ${path}`);
  }

  /** Compares two values; `run` does the work. */
  compare(
    older: PdfObject | undefined,
    newer: PdfObject | undefined,
    mode: Mode,
    path: string,
    key = path.slice(path.lastIndexOf('/') + 1),
  ): void {
    this.#queue.push({ old: older ?? null, new: newer ?? null, mode, path, key });
  }

  run(): void {
    for (let pair = this.#queue.pop(); pair !== undefined && this.level !== 'OTHER'; pair = this.#queue.pop()) this.#pair(pair);
    if (!this.#skip || this.level === 'OTHER') this.#settled.numbers.clear();
    if (this.level !== 'OTHER') for (const key of this.#visited.OTHER) this.#settled.numbers.add(Math.floor(key / 65_536));
  }

  #pair({ old: older, new: newer, mode, path, key }: Pair): void {
    if (isRef(older) || isRef(newer)) {
      this.#refs(older, newer, mode, path, key);
      return;
    }
    this.#values(older, newer, mode, path, key);
  }

  #refs(older: PdfObject, newer: PdfObject, mode: Mode, path: string, place: string): void {
    const oldRef = isRef(older) ? older : undefined;
    const newRef = isRef(newer) ? newer : undefined;
    const same = oldRef !== undefined && newRef !== undefined && oldRef.num === newRef.num && oldRef.gen === newRef.gen;
    if (!same && mode === 'OTHER') {
      this.differ('OTHER', `${path} leads elsewhere`);
      return;
    }
    if (same && newRef !== undefined) {
      const role = this.governed.get(newRef.num);
      if (role === 'page' || (role !== undefined && LEADS[role].has(place))) return;
      // By another key a part of the tags is something else as well.
      if (this.grown.has(newRef.num) && !TAGS.has(place)) {
        this.#values(this.old.resolve(oldRef), this.new.resolve(newRef), mode, path, place);
        return;
      }
      if (this.#skip && mode === 'OTHER' && this.#settled.numbers.has(newRef.num)) return;
      const key = newRef.num * 65_536 + newRef.gen;
      const visited = this.#visited[mode];
      if (visited.has(key)) return;
      visited.add(key);
      this.reached.add(newRef.num);
      // What grew holds all that it held; only that is followed, what was added has been looked at.
      if (this.grown.has(newRef.num)) this.#led(this.old, newRef, mode, path, place);
      else if (this.changed.has(newRef.num)) this.#values(this.old.resolve(oldRef), this.new.resolve(newRef), mode, path, place);
      else this.#led(this.new, newRef, mode, path, place);
      return;
    }
    this.differ(mode, path);
    this.fresh(newer, path);
  }

  /** An object that the revision left alone differs nowhere in itself; what it leads to may. */
  #led(view: PdfView, item: PdfRef, mode: Mode, path: string, place: string): void {
    const entry = view.store.entry(item.num, view.revision);
    if (entry === undefined || entry.type === 'free') return;
    for (const { key, ref } of view.store.children(item.num, entry))
      this.#queue.push({ old: ref, new: ref, mode, path, key: key ?? place });
  }

  #values(older: PdfObject, newer: PdfObject, mode: Mode, path: string, place: string): void {
    if (isStream(older) && isStream(newer)) {
      if (!this.#sameData(older, newer)) this.differ(mode, `${path} (stream data)`);
      this.#dicts(older.dict, newer.dict, mode, path);
    } else if (isDict(older) && isDict(newer)) this.#dicts(older, newer, mode, path);
    else if (Array.isArray(older) && Array.isArray(newer)) {
      if (older.length !== newer.length) this.differ(mode, path);
      for (let i = 0; i < Math.max(older.length, newer.length); i++) {
        // An item that is only in one of them counts as a difference of this place.
        if (i < older.length && i < newer.length) this.compare(older[i], newer[i], mode, path, place);
        else if (i < newer.length && mode !== 'OTHER') this.fresh(newer[i], path);
      }
    } else if (!sameScalar(older, newer)) {
      this.differ(mode, path);
      if (mode !== 'OTHER') this.fresh(newer, path);
    }
  }

  #dicts(older: PdfDict, newer: PdfDict, mode: Mode, path: string): void {
    for (const key of new Set([...older.entries.keys(), ...newer.entries.keys()])) {
      const before = older.entries.get(key) ?? null;
      const after = newer.entries.get(key) ?? null;
      this.compare(before, after, mode, `${path}/${key}`, key);
    }
  }

  #sameData(older: PdfStream, newer: PdfStream): boolean {
    const a = older.span;
    const b = newer.span;
    if (a === undefined || b === undefined || a.length !== b.length) return false;
    if (a.start === b.start) return true;
    for (let at = 0; at < a.length; at += PIECE) {
      const count = Math.min(PIECE, a.length - at);
      const source = this.new.store.source;
      if (!sameBytes(source.read(a.start + at, count), source.read(b.start + at, count))) return false;
    }
    return true;
  }

  /**
   * Accepts a value that is new in the newer state, with all that it leads to: objects that did not exist before, or that stand
   * unchanged. An existing object that was overwritten is not accepted here: its old place must allow the change.
   */
  fresh(value: PdfObject | undefined, path: string): void {
    const stack: PdfObject[] = [value ?? null];
    for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
      if (item === null || typeof item !== 'object') continue;
      if (Array.isArray(item)) stack.push(...item);
      else if (isDict(item)) stack.push(...item.entries.values());
      else if (isStream(item)) stack.push(...item.dict.entries.values());
      else if (isRef(item)) this.#freshRef(item, stack, path);
      if (stack.length > 1_000_000) throw new PdfError('tooLarge', 'a new object leads to too many others');
    }
  }

  #freshRef(item: PdfRef, stack: PdfObject[], path: string): void {
    if (this.governed.has(item.num) || this.#fresh.has(item.num)) return;
    this.#fresh.add(item.num);
    this.reached.add(item.num);
    if (!this.changed.has(item.num) || this.grown.has(item.num)) return;
    if (this.old.resolve(item) !== null && !this.unchanged(item))
      this.differ('OTHER', `${path} uses object ${item.num}, which was overwritten`);
    stack.push(this.new.resolve(item));
  }

  /** Whether an object reads the same in both states, however often it was written. */
  unchanged(item: PdfRef): boolean {
    return this.sameShallow(this.old.resolve(item), this.new.resolve(item));
  }

  /** Equality with references taken as names, not followed. */
  sameShallow(older: PdfObject, newer: PdfObject): boolean {
    if (Array.isArray(older) && Array.isArray(newer)) {
      return older.length === newer.length && older.every((item, i) => this.sameShallow(item, newer[i] ?? null));
    }
    if (isStream(older) && isStream(newer)) return this.#sameData(older, newer) && this.sameShallow(older.dict, newer.dict);
    if (isDict(older) && isDict(newer)) {
      const keys = new Set([...older.entries.keys(), ...newer.entries.keys()]);
      return [...keys].every((key) => this.sameShallow(older.entries.get(key) ?? null, newer.entries.get(key) ?? null));
    }
    if (isRef(older) && isRef(newer)) return older.num === newer.num && older.gen === newer.gen;
    return sameScalar(older, newer);
  }
}

function sameScalar(older: PdfObject, newer: PdfObject): boolean {
  if (isName(older) && isName(newer)) return older.value === newer.value;
  if (isString(older) && isString(newer)) return sameBytes(older.bytes, newer.bytes);
  return older === newer;
}
