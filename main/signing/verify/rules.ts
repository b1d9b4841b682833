import { decodeText, isDict, isName, isRef, isString, type PdfDict, type PdfObject, type PdfRef, type PdfView } from '../pdf/index.ts';
import type { Comparison } from './compare.ts';

/** Fields that a revision filled, signed or added, for the locks. Document timestamps lock nobody out and are not listed. */
export interface Touched {
  fields: Set<string>;
}

const NEW_FIELD_KEYS = new Set('Type Subtype FT T TU TM V F Ff P Rect AP AS Lock SV MK DA Q BS Border H Parent Kids M NM'.split(' '));
const FILLED_KEYS = new Set(['V', 'AP', 'AS', 'M', 'I', 'RV']);
const SIGNED_KEYS = new Set(['V', 'AP', 'AS', 'M', 'F']);
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
  readonly #touched: Touched;
  /** Widgets of the signature fields that this revision added, by object number, and the level each amounts to. */
  readonly #added = new Map<number, 'FORM_FILLING' | 'LTA_UPDATES'>();
  readonly #fieldPairs = new Set<number>();

  constructor(comparison: Comparison, touched: Touched) {
    this.#c = comparison;
    this.#touched = touched;
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
    const plain = [...(dict?.entries.values() ?? [])].every((value) => isString(value) || isName(value));
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
      if (key === 'AcroForm') this.#form(before, after);
      else if (key === 'DSS') this.#dss(before, after);
      else if (key === 'Metadata') c.compare(before, after, after === undefined ? 'OTHER' : 'LTA_UPDATES', path);
      else if (key === 'Extensions') c.compare(before, after, this.#extensions(after) ? 'LTA_UPDATES' : 'OTHER', path);
      else if (key === 'Version') this.#version(before, after);
      else if (key !== 'Pages') c.compare(before, after, 'OTHER', path);
    }
    this.#pageNode(older.entries.get('Pages') ?? null, newer.entries.get('Pages') ?? null, 0);
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

  #form(before: PdfObject | undefined, after: PdfObject | undefined): void {
    const c = this.#c;
    const older = c.old.dict(before);
    const newer = c.new.dict(after);
    if (isRef(after)) {
      c.reached.add(after.num);
      if (isRef(before) ? before.num !== after.num : c.changed.has(after.num) && c.old.resolve(after) !== null)
        c.differ('OTHER', '/AcroForm leads elsewhere');
    }
    if (newer === undefined) {
      if (older !== undefined) c.differ('OTHER', '/AcroForm was removed');
      return;
    }
    const value = (dict: PdfDict | undefined, key: string): PdfObject => dict?.entries.get(key) ?? null;
    for (const key of new Set([...(older?.entries.keys() ?? []), ...newer.entries.keys()])) {
      const [a, b] = [value(older, key), value(newer, key)];
      const path = `/AcroForm/${key}`;
      if (key === 'Fields') this.#fields(a, b, undefined, path);
      else if (key === 'SigFlags') {
        const [was, is] = [c.old.resolve(a) ?? 0, c.new.resolve(b)];
        if (typeof was !== 'number' || typeof is !== 'number' || (was & is) !== was || is > 3) c.differ('OTHER', path);
        else if (was !== is) c.differ('LTA_UPDATES', path);
        if (isRef(b)) c.reached.add(b.num);
      } else if (key === 'DR') this.#resources(a, b, path);
      else if (key === 'DA' && a === null) c.differ('LTA_UPDATES', path);
      else if (key === 'NeedAppearances' && (b === null || b === false)) c.differ(a === b ? 'NONE' : 'LTA_UPDATES', path);
      else c.compare(a, b, 'OTHER', path);
    }
  }

  /** Resources may grow; what was there stays what it was. */
  #resources(before: PdfObject, after: PdfObject, path: string): void {
    const c = this.#c;
    const [older, newer] = [c.old.dict(before), c.new.dict(after)];
    if (older === undefined) {
      if (c.old.resolve(before) !== null) c.differ('OTHER', path);
      if (after !== null) c.differ('LTA_UPDATES', path);
      c.fresh(after, path);
      return;
    }
    if (newer === undefined || (isRef(before) && isRef(after) && before.num !== after.num)) {
      c.differ('OTHER', path);
      return;
    }
    if (isRef(after)) c.reached.add(after.num);
    for (const key of new Set([...older.entries.keys(), ...newer.entries.keys()])) {
      const [a, b] = [older.entries.get(key), newer.entries.get(key)];
      const [oldGroup, newGroup] = [c.old.dict(a), c.new.dict(b)];
      if (a === undefined) {
        c.differ('LTA_UPDATES', `${path}/${key}`);
        c.fresh(b, `${path}/${key}`);
      } else if (oldGroup === undefined || newGroup === undefined) c.compare(a, b, 'OTHER', `${path}/${key}`);
      else {
        if (isRef(b)) c.reached.add(b.num);
        for (const [name, item] of oldGroup.entries) c.compare(item, newGroup.entries.get(name), 'OTHER', `${path}/${key}/${name}`);
        for (const [name, item] of newGroup.entries) {
          if (oldGroup.entries.has(name)) continue;
          c.differ('LTA_UPDATES', `${path}/${key}`);
          c.fresh(item, `${path}/${key}`);
        }
      }
    }
  }

  /** A list of fields (of the form, or the kids of one): what was there stays, in its order; signature fields may come. */
  #fields(before: PdfObject, after: PdfObject, parent: { name: string; type: PdfObject } | undefined, path: string): void {
    const c = this.#c;
    const list = (view: PdfView, value: PdfObject): PdfObject[] => {
      const items = view.resolve(value);
      return Array.isArray(items) ? items : [];
    };
    const [older, newer] = [list(c.old, before), list(c.new, after)];
    this.#listRef(before, after, path);
    if (!keeps(older, newer)) c.differ('OTHER', `${path} lost an item or their order`);
    const known = new Set(older.filter(isRef).map((item) => item.num));
    for (const item of newer) {
      if (!isRef(item)) c.differ('OTHER', `${path} has a field that is no reference`);
      else if (known.has(item.num)) this.#field(item, parent, path);
      else this.#newField(item, parent, path);
    }
  }

  /** An array that grows may move from the dictionary into an object of its own, never into another existing one. */
  #listRef(before: PdfObject, after: PdfObject, path: string): void {
    const c = this.#c;
    if (!isRef(after)) return;
    c.reached.add(after.num);
    const moved = !isRef(before) || before.num !== after.num;
    if (moved && c.changed.has(after.num) && c.old.resolve(after) !== null) c.differ('OTHER', `${path} took over another object`);
  }

  #field(item: PdfRef, parent: { name: string; type: PdfObject } | undefined, path: string): void {
    const c = this.#c;
    if (this.#fieldPairs.has(item.num)) return;
    this.#fieldPairs.add(item.num);
    c.reached.add(item.num);
    const [older, newer] = [c.old.dict(item), c.new.dict(item)];
    if (older === undefined || newer === undefined) {
      if (older !== newer) c.differ('OTHER', `${path} (field ${item.num})`);
      return;
    }
    const title = c.old.get(older, 'T');
    const name = [parent?.name ?? '', isString(title) ? decodeText(title) : ''].filter(Boolean).join('.');
    const type = c.old.get(older, 'FT') ?? parent?.type ?? null;
    const filled =
      !c.sameShallow(older.entries.get('V') ?? null, newer.entries.get('V') ?? null) || this.#valueRewritten(newer.entries.get('V'));
    const wasSigned = c.old.resolve(older.entries.get('V')) !== null;
    const flags = c.old.get(older, 'Ff');
    const isSignature = isName(type, 'Sig');
    const widgetOfFilled = parent !== undefined && !isString(title) && this.#filledParents.has(parent.name);
    if (filled) {
      if ((isSignature && wasSigned) || (!isSignature && typeof flags === 'number' && (flags & 1) !== 0))
        c.differ('OTHER', `field ${item.num} changed its value`);
      const level = isSignature && this.#isDocTimestamp(newer.entries.get('V')) ? 'LTA_UPDATES' : 'FORM_FILLING';
      c.differ(level, `field ${item.num} got a value`);
      if (level === 'FORM_FILLING') this.#touched.fields.add(name);
      this.#filledParents.add(name);
      this.#value(older.entries.get('V'), newer.entries.get('V'), item.num);
    }
    const open = filled || widgetOfFilled ? (isSignature ? SIGNED_KEYS : FILLED_KEYS) : new Set<string>();
    for (const key of new Set([...older.entries.keys(), ...newer.entries.keys()])) {
      const [a, b] = [older.entries.get(key), newer.entries.get(key)];
      if (key === 'V' && filled) continue;
      if (key === 'Kids') this.#fields(a ?? null, b ?? null, { name, type }, `${path}/Kids`);
      // A button's states were drawn by the form's maker: filling it in chooses one, and redraws none.
      else if (open.has(key) && !(key === 'AP' && isName(type, 'Btn'))) c.compare(a, b, 'FORM_FILLING', `${path}/${key}`);
      else c.compare(a, b, 'OTHER', `${path}/${key}`);
    }
  }
  readonly #filledParents = new Set<string>();

  /** A value that stands in an object of its own and was overwritten in place. */
  #valueRewritten(value: PdfObject | undefined): boolean {
    return isRef(value) && this.#c.changed.has(value.num) && !this.#c.unchanged(value);
  }

  /** A text may be overwritten in place: should that object serve another purpose too, the walk meets it there and minds. */
  #value(before: PdfObject | undefined, after: PdfObject | undefined, field: number): void {
    const inPlace = isRef(before) && isRef(after) && before.num === after.num;
    if (inPlace) this.#c.compare(before, after, 'FORM_FILLING', `field ${field}/V`);
    else this.#c.fresh(after, `field ${field}/V`);
  }

  #isDocTimestamp(value: PdfObject | undefined): boolean {
    const dict = this.#c.new.dict(value);
    return (
      dict !== undefined &&
      isName(this.#c.new.get(dict, 'Type'), 'DocTimeStamp') &&
      isName(this.#c.new.get(dict, 'SubFilter'), 'ETSI.RFC3161')
    );
  }

  #newField(item: PdfRef, parent: { name: string; type: PdfObject } | undefined, path: string): void {
    const c = this.#c;
    const dict = c.new.dict(item);
    if (dict === undefined || c.old.resolve(item) !== null) {
      c.differ('OTHER', `${path} took in object ${item.num}`);
      return;
    }
    const type = c.new.get(dict, 'FT') ?? parent?.type ?? null;
    const title = c.new.get(dict, 'T');
    const known = [...dict.entries.keys()].every((key) => NEW_FIELD_KEYS.has(key));
    if (!isName(type, 'Sig') || !isString(title) || !known) {
      c.differ('OTHER', `${path} got a field that is no signature field`);
      return;
    }
    const signed = c.new.dict(dict.entries.get('V')) !== undefined;
    const drawn = this.#draws(dict);
    const kids = c.new.get(dict, 'Kids');
    // An empty field that shows something would paint over the page without anyone having signed for it.
    if (!signed && (drawn || Array.isArray(kids))) c.differ('OTHER', `new empty signature field ${item.num} draws on the page`);
    const level = this.#isDocTimestamp(dict.entries.get('V')) && !drawn ? 'LTA_UPDATES' : 'FORM_FILLING';
    c.differ(level, `new signature field ${item.num}`);
    if (level === 'FORM_FILLING') this.#touched.fields.add([parent?.name ?? '', decodeText(title)].filter(Boolean).join('.'));
    this.#added.set(item.num, level);
    if (Array.isArray(kids)) {
      for (const kid of kids) {
        const widget = c.new.dict(kid);
        if (
          !isRef(kid) ||
          widget === undefined ||
          c.old.resolve(kid) !== null ||
          ![...widget.entries.keys()].every((key) => NEW_FIELD_KEYS.has(key))
        ) {
          c.differ('OTHER', `new signature field ${item.num} has odd kids`);
        } else this.#added.set(kid.num, level);
      }
    }
    c.fresh(item, `field ${item.num}`);
  }

  #draws(dict: PdfDict): boolean {
    return this.#c.new.resolve(dict.entries.get('AP')) !== null;
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
    const list = (view: PdfView, value: PdfObject): PdfObject[] => {
      const items = view.resolve(value);
      return Array.isArray(items) ? items : [];
    };
    const [older, newer] = [list(c.old, before), list(c.new, after)];
    this.#listRef(before, after, path);
    const byNumber = new Map(older.filter(isRef).map((item) => [item.num, item]));
    const direct = older.filter((item) => !isRef(item));
    const kept = new Set<PdfObject>();
    for (const item of newer) {
      const was = isRef(item) ? byNumber.get(item.num) : direct.find((one) => c.sameShallow(one, item));
      if (was !== undefined) kept.add(was);
      if (was !== undefined) this.#annotation(was, item, path);
      else if (isRef(item) && this.#added.has(item.num)) c.differ(this.#added.get(item.num) ?? 'OTHER', path);
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

/** Whether all of `older` are references that stand in `newer` too, in the same order. */
function keeps(older: PdfObject[], newer: PdfObject[]): boolean {
  let at = 0;
  for (const item of older) {
    if (!isRef(item)) return false;
    const found = newer.findIndex((other, i) => i >= at && isRef(other) && other.num === item.num && other.gen === item.gen);
    if (found < 0) return false;
    at = found + 1;
  }
  return true;
}
