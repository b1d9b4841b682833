import { isDict, isName, isRef, isStream, isString, PdfError, type PdfDict, type PdfObject, type PdfView } from '../pdf/index.ts';
import { FieldRules, listsOf, type Touched } from './fields.ts';
import type { Comparison } from './compare.ts';
import { growTags } from './tagging.ts';

/** Comments as people make them. A widget is a form field, a link acts: neither is a comment. */
const COMMENTS = new Set(
  'Text FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut Stamp Caret Ink Popup FileAttachment Redact'.split(
    ' ',
  ),
);
const DSS_KEYS = new Set(['Type', 'Certs', 'OCSPs', 'CRLs', 'VRI']);
const VRI_KEYS = new Set(['Type', 'Cert', 'OCSP', 'CRL', 'TU', 'TS']);

/** The rules for the places where an honest later revision may differ (compare pyHanko's rule-based difference policy). */
export class Rules {
  readonly #c: Comparison;
  readonly #fields: FieldRules;

  constructor(comparison: Comparison, touched: Touched) {
    this.#c = comparison;
    this.#fields = new FieldRules(comparison, touched);
  }

  trailer(): void {
    const c = this.#c;
    const older = c.old.trailer.entries;
    const newer = c.new.trailer.entries;
    const own = new Set('Size Prev XRefStm Type W Index Filter DecodeParms Length ID Info Root'.split(' '));
    for (const key of newer.keys()) if (!own.has(key)) c.compare(older.get(key), newer.get(key), 'OTHER', `trailer/${key}`);
    if (older.has('Encrypt') !== newer.has('Encrypt')) c.differ('OTHER', 'trailer/Encrypt');
    const [a, b] = [older.get('ID'), newer.get('ID')];
    if (b !== undefined && (!Array.isArray(b) || b.length !== 2 || !b.every(isString))) c.differ('OTHER', 'trailer/ID');
    if (Array.isArray(a)) c.compare(a[0], Array.isArray(b) ? b[0] : null, 'OTHER', 'trailer/ID');
    const size = newer.get('Size');
    if (typeof size !== 'number' || !Number.isInteger(size) || [...c.changed].some((num) => num >= size)) c.differ('OTHER', 'trailer/Size');
    this.#info(older.get('Info'), newer.get('Info'));
    const [oldRoot, newRoot] = [older.get('Root'), newer.get('Root')];
    if (!isRef(oldRoot) || !isRef(newRoot) || oldRoot.num !== newRoot.num || oldRoot.gen !== newRoot.gen) c.differ('OTHER', 'trailer/Root');
  }

  #info(older: PdfObject | undefined, newer: PdfObject | undefined): void {
    const c = this.#c;
    const dict = c.new.dict(newer);
    // Only text may stand there, so that the freedom to change it cannot be used for anything that is drawn.
    const sound = dict !== undefined || c.new.resolve(newer) === null;
    const plain = sound && [...(dict?.entries.values() ?? [])].every((value) => isString(value) || isName(value));
    c.compare(older, newer, plain ? 'LTA_UPDATES' : 'OTHER', 'trailer/Info');
  }

  root(): void {
    const c = this.#c;
    const [older, newer] = [c.old.root, c.new.root];
    c.reached.add(c.new.rootRef.num);
    for (const key of new Set([...older.entries.keys(), ...newer.entries.keys()])) {
      const before = older.entries.get(key);
      const after = newer.entries.get(key);
      const path = `/Root/${key}`;
      if (key === 'AcroForm') this.#fields.form(before, after);
      else if (key === 'DSS') this.#dss(before, after);
      else if (key === 'Metadata') c.compare(before, after, this.#isMetadata(after) ? 'LTA_UPDATES' : 'OTHER', path);
      else if (key === 'Extensions') c.compare(before, after, this.#extensions(after) ? 'LTA_UPDATES' : 'OTHER', path);
      else if (key === 'Version') this.#version(before, after);
      else if (key !== 'Pages') c.compare(before, after, 'OTHER', path);
    }
    this.#pageNode(older.entries.get('Pages') ?? null, newer.entries.get('Pages') ?? null, 0);
    growTags(c, new Set(this.#fields.added.keys()));
  }

  #isMetadata(value: PdfObject | undefined): boolean {
    const stream = this.#c.new.resolve(value);
    return isStream(stream) && isName(stream.dict.entries.get('Type'), 'Metadata');
  }

  #extensions(value: PdfObject | undefined): boolean {
    const flat = (item: PdfObject, depth: number): boolean =>
      isDict(item)
        ? depth < 3 && [...item.entries.values()].every((inner) => flat(inner, depth + 1))
        : typeof item === 'number' || isName(item) || isString(item);
    return flat(this.#c.new.resolve(value), 0);
  }

  #version(before: PdfObject | undefined, after: PdfObject | undefined): void {
    const raised = isName(after) && /^[12]\.\d$/.test(after.value) && (!isName(before) || before.value <= after.value);
    this.#c.compare(before, after, raised ? 'LTA_UPDATES' : 'OTHER', '/Root/Version');
  }

  #pageNode(before: PdfObject, after: PdfObject, depth: number): void {
    const c = this.#c;
    if (!isRef(before) || !isRef(after) || before.num !== after.num || before.gen !== after.gen || depth > 64) {
      c.differ('OTHER', 'the page tree leads elsewhere');
      return;
    }
    c.reached.add(after.num);
    const [older, newer] = [c.old.dict(before), c.new.dict(after)];
    if (older === undefined || newer === undefined) {
      c.differ('OTHER', `page node ${after.num}`);
      return;
    }
    for (const key of new Set([...older.entries.keys(), ...newer.entries.keys()])) {
      const [a, b] = [older.entries.get(key), newer.entries.get(key)];
      const path = `page node ${after.num}/${key}`;
      if (key === 'Kids') {
        const [was, is] = [c.old.resolve(a), c.new.resolve(b)];
        if (isRef(b)) c.reached.add(b.num);
        if (!Array.isArray(was) || !Array.isArray(is) || was.length !== is.length) c.differ('OTHER', path);
        else was.forEach((kid, i) => this.#pageNode(kid, is[i] ?? null, depth + 1));
      } else if (key === 'Annots') this.#annotations(a ?? null, b ?? null, path);
      else c.compare(a, b, 'OTHER', path);
    }
  }

  #annotations(before: PdfObject, after: PdfObject, path: string): void {
    const c = this.#c;
    const lists = listsOf(c, before, after, path);
    if (lists === undefined) return;
    const { older, newer } = lists;
    const byNumber = new Map(older.filter(isRef).map((item) => [item.num, item]));
    const direct = older.filter((item) => !isRef(item));
    const kept = new Set<PdfObject>();
    // What was left alone is found in its place; a search through thousands, thousands of times, is nothing honest.
    let next = 0;
    let searched = 0;
    const find = (item: PdfObject): PdfObject | undefined => {
      for (let i = 0; i < direct.length; i++) {
        if (++searched > 500_000) throw new PdfError('tooLarge', 'too many annotations to tell apart');
        const at = (next + i) % direct.length;
        if (!c.sameShallow(direct[at] ?? null, item)) continue;
        next = at + 1;
        return direct[at];
      }
      return undefined;
    };
    for (const item of newer) {
      const was = isRef(item) ? byNumber.get(item.num) : find(item);
      if (was !== undefined) kept.add(was);
      if (was !== undefined) this.#annotation(was, item, path);
      else if (isRef(item) && (this.#fields.added.has(item.num) || this.#fields.loose(item, path)))
        c.differ(this.#fields.added.get(item.num) ?? 'OTHER', path);
      else {
        c.differ(
          this.#isComment(c.new, item) && (!isRef(item) || c.old.resolve(item) === null) ? 'ANNOTATIONS' : 'OTHER',
          `${path}: an annotation was added`,
        );
        c.fresh(item, path);
      }
    }
    for (const item of older) {
      if (kept.has(item)) continue;
      c.differ(this.#isComment(c.old, item) ? 'ANNOTATIONS' : 'OTHER', `${path}: an annotation was removed`);
    }
  }

  #annotation(older: PdfObject, newer: PdfObject, path: string): void {
    const c = this.#c;
    if (isRef(newer) && c.governed.has(newer.num)) return;
    c.compare(older, newer, this.#isComment(c.old, older) && this.#isComment(c.new, newer) ? 'ANNOTATIONS' : 'OTHER', path);
  }

  #isComment(view: PdfView, item: PdfObject): boolean {
    const dict = view.dict(item);
    if (dict === undefined || dict.entries.has('A') || dict.entries.has('AA') || dict.entries.has('FT')) return false;
    const subtype = view.get(dict, 'Subtype');
    return isName(subtype) && COMMENTS.has(subtype.value);
  }

  /** The document security store (ETSI EN 319 142-1, 5.4.2): certificates and revocation data, nothing else. */
  #dss(before: PdfObject | undefined, after: PdfObject | undefined): void {
    const c = this.#c;
    const dict = c.new.dict(after);
    const only = (item: PdfDict | undefined, keys: Set<string>): boolean => [...(item?.entries.keys() ?? [])].every((key) => keys.has(key));
    const vri = dict === undefined ? undefined : c.new.dict(dict.entries.get('VRI'));
    const named = [...(vri?.entries ?? [])].every(
      ([key, item]) => key === 'Type' || (/^[0-9A-F]{40}$/.test(key) && only(c.new.dict(item), VRI_KEYS)),
    );
    const sound = dict !== undefined && only(dict, DSS_KEYS) && named;
    c.compare(before, after, sound ? 'LTA_UPDATES' : 'OTHER', '/DSS');
  }
}
