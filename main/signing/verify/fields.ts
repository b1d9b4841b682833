import {
  decodeText,
  isDict,
  isLooseSignature,
  isName,
  isRef,
  isStream,
  isString,
  latin1,
  readPages,
  rectangle,
  type PdfDict,
  type PdfObject,
  type PdfRef,
} from '../pdf/index.ts';
import type { Comparison } from './compare.ts';
import { awaitsFont, awaitsLook } from './looks.ts';
import type { Modifications } from './types.ts';

/** Fields that a revision filled, signed or added, for the locks. Document timestamps lock nobody out and are not listed. */
export interface Touched {
  fields: Set<string>;
  /** Those of them that showed something before: the signer saw it. */
  replaced: Set<string>;
  /** Object numbers of the widgets whose look may have changed with them. */
  widgets: Set<number>;
}

const NEW_FIELD_KEYS = new Set(
  'Type Subtype FT T TU TM V F Ff P Rect AP AS Lock SV MK DA DR Q BS Border H Parent Kids M NM StructParent'.split(' '),
);
const FILLED_KEYS = new Set(['V', 'AP', 'AS', 'M', 'I', 'TI', 'RV']);
/** Anyone can get a document timestamp: it must not draw, nor bring into view what was drawn before. */
const STAMPED_KEYS = new Set(['V', 'M']);
const SIGNED_KEYS = new Set(['V', 'AP', 'AS', 'M', 'F']);

/** Operators that show text, pictures or shadings: what a look without a value says all the same. */
const PAINTS = /(?:^|[\s\])>])(?:Tj|TJ|Do|sh|BI|'|")(?:\s|$)/;

/** The field above, as far as those below inherit from it. */
interface Above {
  name: string;
  type: PdfObject;
  /** /V as it is now. */
  value: PdfObject;
}

/** The rules for the interactive form: empty fields may be filled, signature fields signed or added, resources may grow. */
export class FieldRules {
  readonly #c: Comparison;
  readonly #touched: Touched;
  /** Widgets of the signature fields that this revision added, by object number, and the level each amounts to. */
  readonly added = new Map<number, Modifications>();
  readonly #fieldPairs = new Set<number>();
  readonly #filledParents = new Set<string>();
  #smallestPage: number | undefined;

  constructor(comparison: Comparison, touched: Touched) {
    this.#c = comparison;
    this.#touched = touched;
  }

  form(before: PdfObject | undefined, after: PdfObject | undefined): void {
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
      else if (key === 'DA' && a === null) c.differ(awaitsLook(c.old) ? 'OTHER' : 'LTA_UPDATES', path);
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
          c.differ(key === 'Font' && awaitsFont(c.old, name, c.new, item) ? 'OTHER' : 'LTA_UPDATES', `${path}/${key}`);
          c.fresh(item, `${path}/${key}`);
        }
      }
    }
  }

  /** A list of fields (of the form, or the kids of one): what was there stays, in its order; signature fields may come. */
  #fields(before: PdfObject, after: PdfObject, parent: Above | undefined, path: string): void {
    const c = this.#c;
    const lists = listsOf(c, before, after, path);
    if (lists === undefined) return;
    const { older, newer } = lists;
    if (!keeps(older, newer)) c.differ('OTHER', `${path} lost an item or their order`);
    const known = new Set(older.filter(isRef).map((item) => item.num));
    for (const item of newer) {
      if (!isRef(item)) c.differ('OTHER', `${path} has a field that is no reference`);
      else if (known.has(item.num)) this.#field(item, parent, path);
      else this.#newField(item, parent, path);
    }
  }

  #field(item: PdfRef, parent: Above | undefined, path: string): void {
    const c = this.#c;
    if (this.#fieldPairs.has(item.num)) return;
    this.#fieldPairs.add(item.num);
    c.reached.add(item.num);
    if (this.#alone(item, parent, path)) return;
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
    const stamped = isSignature && this.#isDocTimestamp(c.new.get(newer, 'V') === null ? parent?.value : newer.entries.get('V'));
    if (filled || widgetOfFilled) {
      this.#touched.widgets.add(item.num);
      if (!(isSignature && !this.#draws(newer)) && [older, newer].some((widget) => this.#coversPage(widget)))
        c.differ('OTHER', `field ${item.num} covers the page and was filled`);
    }
    if (widgetOfFilled && !isSignature && !isName(type, 'Btn') && this.#showed(older)) this.#touched.replaced.add(name);
    if (filled) {
      if ((isSignature && wasSigned) || (!isSignature && typeof flags === 'number' && (flags & 1) !== 0))
        c.differ('OTHER', `field ${item.num} changed its value`);
      const level = stamped ? 'LTA_UPDATES' : 'FORM_FILLING';
      c.differ(level, `field ${item.num} got a value`);
      if (level === 'FORM_FILLING') this.#touched.fields.add(name);
      if (!isSignature && this.#showed(older)) this.#touched.replaced.add(name);
      this.#filledParents.add(name);
      this.#value(older.entries.get('V'), newer.entries.get('V'), item.num);
    }
    const open = filled || widgetOfFilled ? (stamped ? STAMPED_KEYS : isSignature ? SIGNED_KEYS : FILLED_KEYS) : new Set<string>();
    for (const key of new Set([...older.entries.keys(), ...newer.entries.keys()])) {
      const [a, b] = [older.entries.get(key), newer.entries.get(key)];
      if (key === 'V' && filled) continue;
      if (key === 'Kids')
        this.#fields(a ?? null, b ?? null, { name, type, value: newer.entries.get('V') ?? parent?.value ?? null }, `${path}/Kids`);
      else if (open.has(key)) {
        // A button's states were drawn by the form's maker; some fillers (iText) draw them anew, which must not replace what was shown.
        if (key === 'AP' && isName(type, 'Btn') && this.#stateShows(older) && this.#redrawn(a, b)) this.#touched.replaced.add(name);
        c.compare(a, b, 'FORM_FILLING', `${path}/${key}`);
      } else c.compare(a, b, 'OTHER', `${path}/${key}`);
    }
  }

  /** A field that the revision left alone, as most are: only what it leads to is looked at. Thousands of them, in each revision. */
  #alone(item: PdfRef, parent: Above | undefined, path: string): boolean {
    const c = this.#c;
    if (c.changed.has(item.num) || (parent !== undefined && this.#filledParents.has(parent.name))) return false;
    const entry = c.new.store.entry(item.num, c.new.revision);
    if (entry === undefined || entry.type === 'free') return false;
    const children = c.new.store.children(item.num, entry);
    if (children.some(({ key }) => key === 'V' || key === 'Kids' || key === undefined)) return false;
    for (const { key, ref } of children) c.compare(ref, ref, 'OTHER', path, key);
    return true;
  }

  /** Whether a field had a value, or an appearance with text or pictures, before it was filled. */
  #showed(field: PdfDict): boolean {
    const view = this.#c.old;
    const value = view.get(field, 'V');
    if (isString(value) ? decodeText(value).trim() !== '' : value !== null && !isName(value, 'Off')) return true;
    if (isName(value, 'Off')) return false;
    const look = view.dict(field.entries.get('AP'));
    const normal = look === undefined ? null : view.get(look, 'N');
    // A field of any type may keep its look among states (ISO 32000-2, 12.5.5).
    const states = isDict(normal) ? [...normal.entries.values()].slice(0, 100).map((state) => view.resolve(state)) : [normal];
    try {
      return states.filter(isStream).some((state) => PAINTS.test(latin1(view.data(state))));
    } catch {
      return true;
    }
  }

  /** Whether the state that a button is in says something: text or pictures, not only a frame. */
  #stateShows(widget: PdfDict): boolean {
    const view = this.#c.old;
    const look = view.dict(widget.entries.get('AP'));
    const normal = look === undefined ? null : view.get(look, 'N');
    const state = view.get(widget, 'AS');
    const shown = isDict(normal) ? view.resolve(normal.entries.get(isName(state) ? state.value : 'Off')) : normal;
    try {
      return isStream(shown) && PAINTS.test(latin1(view.data(shown)));
    } catch {
      return true;
    }
  }

  /** Whether an appearance leads elsewhere than before, or to streams that were overwritten in place. */
  #redrawn(before: PdfObject | undefined, after: PdfObject | undefined): boolean {
    const c = this.#c;
    if (!c.sameShallow(c.old.resolve(before), c.new.resolve(after))) return true;
    const stack: PdfObject[] = [before ?? null];
    for (let item = stack.pop(), left = 200; item !== undefined && left > 0; item = stack.pop(), left--) {
      if (isRef(item)) {
        if (c.changed.has(item.num) && !c.unchanged(item)) return true;
        item = c.old.resolve(item);
      }
      if (isDict(item)) stack.push(...item.entries.values());
    }
    return stack.length > 0;
  }

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

  /** Takes in a new signature that stands on its page and not in the form. @returns false for anything else */
  loose(item: PdfRef, path: string): boolean {
    const dict = this.#c.new.dict(item);
    if (dict === undefined || !isLooseSignature(this.#c.new, dict)) return false;
    this.#newField(item, undefined, path);
    return this.added.has(item.num);
  }

  #newField(item: PdfRef, parent: Above | undefined, path: string): void {
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
    const kids = c.new.get(dict, 'Kids');
    const drawn = [dict, ...(Array.isArray(kids) ? kids.map((kid) => c.new.dict(kid)) : [])].some(
      (one) => one !== undefined && this.#draws(one),
    );
    // An empty field that shows something would paint over the page without anyone having signed for it.
    if (!signed && (drawn || Array.isArray(kids))) c.differ('OTHER', `new empty signature field ${item.num} draws on the page`);
    const widgets = [dict, ...(Array.isArray(kids) ? kids.map((kid) => c.new.dict(kid)) : [])];
    const stamp = this.#isDocTimestamp(dict.entries.get('V'));
    // An appearance without room (iText writes one) draws nothing.
    const quiet = stamp && !(drawn && widgets.some((widget) => widget === undefined || this.#hasRoom(widget)));
    if (quiet) c.archived = true;
    // Anyone can get a document timestamp: paint on it is paint that nobody signed for.
    if (stamp && !quiet) c.differ('OTHER', `document timestamp ${item.num} draws on the page`);
    // A signature is a mark on the page; one that covers the page is a new page.
    const level = quiet ? 'LTA_UPDATES' : drawn && widgets.some((widget) => this.#coversPage(widget)) ? 'OTHER' : 'FORM_FILLING';
    c.differ(level, `new signature field ${item.num}`);
    if (level !== 'LTA_UPDATES') this.#touched.fields.add([parent?.name ?? '', decodeText(title)].filter(Boolean).join('.'));
    this.added.set(item.num, level);
    this.#touched.widgets.add(item.num);
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
        } else {
          this.added.set(kid.num, level);
          this.#touched.widgets.add(kid.num);
        }
      }
    }
    c.fresh(item, `field ${item.num}`);
  }

  #coversPage(widget: PdfDict | undefined): boolean {
    const box = widget === undefined ? undefined : rectangle(this.#c.new, widget.entries.get('Rect') ?? null);
    if (box === undefined) return false;
    const area = ([a, b, x, y]: [number, number, number, number]): number => (x - a) * (y - b);
    this.#smallestPage ??= Math.min(...readPages(this.#c.old).map((page) => area(page.cropBox)));
    return area(box) > this.#smallestPage / 2;
  }

  /** Whether a widget has a place on the page at all. */
  #hasRoom(widget: PdfDict): boolean {
    const rect = widget.entries.get('Rect');
    if (rect === undefined) return false;
    const box = rectangle(this.#c.new, rect);
    return box === undefined || (box[2] > box[0] && box[3] > box[1]);
  }

  #draws(dict: PdfDict): boolean {
    return this.#c.new.resolve(dict.entries.get('AP')) !== null;
  }
}

/** Whether all of `older` are references that stand in `newer` too, in the same order. */
function keeps(older: PdfObject[], newer: PdfObject[]): boolean {
  let at = 0;
  for (const item of older) {
    if (!isRef(item)) return false;
    const same = (other: PdfObject | undefined): boolean =>
      other !== undefined && isRef(other) && other.num === item.num && other.gen === item.gen;
    while (at < newer.length && !same(newer[at])) at++;
    if (at++ >= newer.length) return false;
  }
  return true;
}

/**
 * Two lists, one before and one after, nothing counting as an empty one. Anything else than a list may not have changed at all:
 * it is compared here, and undefined is the answer. The place of the list is judged here too.
 */
export function listsOf(
  c: Comparison,
  before: PdfObject,
  after: PdfObject,
  path: string,
): { older: PdfObject[]; newer: PdfObject[] } | undefined {
  const [older, newer] = [c.old.resolve(before) ?? [], c.new.resolve(after) ?? []];
  if (Array.isArray(older) && Array.isArray(newer)) {
    grownList(c, before, after, path);
    return { older, newer };
  }
  c.compare(before, after, 'OTHER', path);
  return undefined;
}

/** An array that grows may move from the dictionary into an object of its own, never into another existing one. */
function grownList(c: Comparison, before: PdfObject, after: PdfObject, path: string): void {
  if (!isRef(after)) return;
  c.reached.add(after.num);
  const moved = !isRef(before) || before.num !== after.num;
  if (moved && c.changed.has(after.num) && c.old.resolve(after) !== null) c.differ('OTHER', `${path} took over another object`);
}
