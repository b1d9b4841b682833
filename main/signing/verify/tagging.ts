import { isDict, isName, isRef, type PdfDict, type PdfObject, type PdfRef, type PdfView } from '../pdf/index.ts';
import type { Comparison } from './compare.ts';

const ROOT_KEYS = new Set(['K', 'ParentTree', 'ParentTreeNextKey']);
const ELEMENT_KEYS = new Set(['Type', 'S', 'P', 'Pg', 'K']);
const OBJECT_KEYS = new Set(['Type', 'Obj', 'Pg']);
/** What an element may be that holds widgets; a name that means something elsewhere (a style of page labels) is not among them. */
const KINDS = new Set('Form Annot Document Part Art Sect Div P Span NonStruct'.split(' '));
const DEPTH = 8;
const MOST = 200_000;

/**
 * A tagged document (ISO 32000-2, 14.7) may take in new signature fields as other content: elements that hold nothing but their widgets,
 * at the end of an element or of the tree, and their entries in the number tree. What was tagged stays as it was, to the last key.
 * Objects that grew in this way and in no other are noted in `grown`; whatever else happened to them is found by the comparison.
 * @param added widgets of the signature fields that came with the revision
 */
export function growTags(c: Comparison, added: ReadonlySet<number>): void {
  const [oldTree, newTree] = [c.old.root.entries.get('StructTreeRoot'), c.new.root.entries.get('StructTreeRoot')];
  if (added.size === 0 || !isRef(oldTree) || !isRef(newTree) || oldTree.num !== newTree.num) return;
  new Tags(c, added).root(newTree);
}

class Tags {
  readonly #c: Comparison;
  readonly #added: ReadonlySet<number>;
  /** New elements, by object number. */
  readonly #elements = new Set<number>();

  constructor(comparison: Comparison, added: ReadonlySet<number>) {
    this.#c = comparison;
    this.#added = added;
  }

  root(at: PdfRef): void {
    const c = this.#c;
    const [older, newer] = [c.old.dict(at), c.new.dict(at)];
    if (older === undefined || newer === undefined) return;
    // Elements first: the number tree may name only those.
    for (const num of c.changed) {
      const item: PdfRef = { kind: 'ref', num, gen: 0 };
      const [was, is] = [c.old.dict(item), c.new.dict(item)];
      if (num === at.num || was === undefined || is === undefined || c.governed.has(num)) continue;
      if (isName(c.old.get(was, 'S')) && this.#others(was, is, new Set(['K'])) && this.#kids(was, is, num)) this.#grew(item);
    }
    const next = (dict: PdfDict, view: PdfView): PdfObject => view.get(dict, 'ParentTreeNextKey');
    const [before, after] = [next(older, c.old), next(newer, c.new)];
    const counted =
      after === before || (typeof after === 'number' && Number.isInteger(after) && after >= (typeof before === 'number' ? before : 0));
    const nodes = this.#numbers(older.entries.get('ParentTree') ?? null, newer.entries.get('ParentTree') ?? null);
    if (!counted || nodes === undefined || !this.#others(older, newer, ROOT_KEYS) || !this.#kids(older, newer, at.num)) return;
    for (const num of [...nodes, at.num]) this.#grew({ kind: 'ref', num, gen: 0 });
    if (this.#elements.size > 0) c.differ('LTA_UPDATES', '/StructTreeRoot');
  }

  /** What was written again and reads the same is left to the comparison. */
  #grew(item: PdfRef): void {
    if (this.#c.changed.has(item.num) && !this.#c.unchanged(item)) this.#c.grown.add(item.num);
  }

  /** Whether two dictionaries are the same but for some keys. */
  #others(older: PdfDict, newer: PdfDict, open: ReadonlySet<string>): boolean {
    return [...new Set([...older.entries.keys(), ...newer.entries.keys()])].every(
      (key) => open.has(key) || this.#c.sameShallow(older.entries.get(key) ?? null, newer.entries.get(key) ?? null),
    );
  }

  /** Whether the kids are what they were, with new elements behind. */
  #kids(older: PdfDict, newer: PdfDict, parent: number): boolean {
    const c = this.#c;
    const [a, b] = [older.entries.get('K') ?? null, newer.entries.get('K') ?? null];
    // A list of its own that is now another one, or was none before, is no growth that is worth its danger.
    if (isRef(b) && Array.isArray(c.new.resolve(b)) && !(isRef(a) && a.num === b.num)) return false;
    const [was, is] = [listed(c.old, a), listed(c.new, b)];
    if (is.length < was.length || !was.every((item, i) => c.sameShallow(item, is[i] ?? null))) return false;
    if (!is.slice(was.length).every((item) => this.#element(item, parent, 0))) return false;
    if (isRef(b) && Array.isArray(c.new.resolve(b))) this.#grew(b);
    return true;
  }

  /** A new element that holds widgets of new signature fields, or elements that do, and nothing else. */
  #element(item: PdfObject, parent: number, depth: number): boolean {
    const c = this.#c;
    if (!isRef(item) || depth > DEPTH || this.#elements.has(item.num) || c.old.resolve(item) !== null) return false;
    const dict = c.new.dict(item);
    if (dict === undefined || ![...dict.entries.keys()].every((key) => ELEMENT_KEYS.has(key))) return false;
    const [type, page, up] = [c.new.get(dict, 'Type'), dict.entries.get('Pg') ?? null, dict.entries.get('P') ?? null];
    const kind = c.new.get(dict, 'S');
    if (!isName(kind) || !KINDS.has(kind.value) || (type !== null && !isName(type, 'StructElem'))) return false;
    if (!isRef(up) || up.num !== parent || !(page === null || this.#isPage(page))) return false;
    this.#elements.add(item.num);
    const held = listed(c.new, dict.entries.get('K') ?? null);
    const sound = held.length > 0 && held.every((one) => this.#widget(one) || this.#element(one, item.num, depth + 1));
    if (sound) c.fresh(dict.entries.get('K'), '/StructTreeRoot');
    if (sound) c.reached.add(item.num);
    return sound;
  }

  /** An object reference (ISO 32000-2, 14.7.5.3) to a new widget. */
  #widget(item: PdfObject): boolean {
    const c = this.#c;
    const dict = c.new.dict(item);
    if (dict === undefined || !isName(c.new.get(dict, 'Type'), 'OBJR') || (isRef(item) && c.old.resolve(item) !== null)) return false;
    const [widget, page] = [dict.entries.get('Obj') ?? null, dict.entries.get('Pg') ?? null];
    if (![...dict.entries.keys()].every((key) => OBJECT_KEYS.has(key)) || !(page === null || this.#isPage(page))) return false;
    return isRef(widget) && this.#added.has(widget.num);
  }

  #isPage(item: PdfObject): boolean {
    return isRef(item) && this.#c.governed.get(item.num) === 'page';
  }

  /** Whether the number tree holds what it held, and new elements besides; then its nodes, as they were. */
  #numbers(before: PdfObject, after: PdfObject): number[] | undefined {
    const c = this.#c;
    if (!isRef(before) || !isRef(after) || before.num !== after.num) return c.sameShallow(before, after) ? [] : undefined;
    const [was, is] = [numberTree(c.old, before), numberTree(c.new, after)];
    if (was === undefined || is === undefined) return undefined;
    for (const [key, value] of was.entries) if (!c.sameShallow(value, is.entries.get(key) ?? null)) return undefined;
    for (const [key, value] of is.entries) if (!was.entries.has(key) && !(isRef(value) && this.#elements.has(value.num))) return undefined;
    for (const num of this.#added) {
      const widget = c.new.dict({ kind: 'ref', num, gen: 0 });
      const key = widget === undefined ? null : c.new.get(widget, 'StructParent');
      if (key !== null && (typeof key !== 'number' || was.entries.has(key))) return undefined;
    }
    // New nodes are new objects; an old object that becomes a node is something else as well.
    const known = new Set(was.nodes);
    if (is.nodes.some((num) => !known.has(num) && c.old.resolve({ kind: 'ref', num, gen: 0 }) !== null)) return undefined;
    for (const num of is.nodes) c.reached.add(num);
    return was.nodes;
  }
}

const listed = (view: PdfView, value: PdfObject): PdfObject[] => {
  const items = view.resolve(value);
  return Array.isArray(items) ? items : value === null ? [] : [value];
};

/** Entries and object numbers of a number tree (ISO 32000-2, 7.9.7); undefined for one that is malformed. */
function numberTree(view: PdfView, root: PdfRef): { entries: Map<number, PdfObject>; nodes: number[] } | undefined {
  const found = { entries: new Map<number, PdfObject>(), nodes: [] as number[] };
  const stack: PdfObject[] = [root];
  const seen = new Set<number>();
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const node = view.dict(item);
    if (!isRef(item) || seen.has(item.num) || node === undefined || !isDict(node)) return undefined;
    seen.add(item.num);
    found.nodes.push(item.num);
    if (![...node.entries.keys()].every((key) => ['Nums', 'Kids', 'Limits', 'Type'].includes(key))) return undefined;
    for (const key of ['Nums', 'Kids']) {
      const held = node.entries.get(key);
      if (isRef(held)) found.nodes.push(held.num);
    }
    const [nums, kids] = [view.get(node, 'Nums'), view.get(node, 'Kids')];
    if (Array.isArray(kids)) stack.push(...kids);
    if (!Array.isArray(nums)) continue;
    for (let i = 0; i + 1 < nums.length; i += 2) {
      const [key, value] = [view.resolve(nums[i]), nums[i + 1] ?? null];
      if (typeof key !== 'number' || found.entries.has(key)) return undefined;
      found.entries.set(key, value);
    }
    if (found.entries.size > MOST || nums.length % 2 !== 0) return undefined;
  }
  return found;
}
