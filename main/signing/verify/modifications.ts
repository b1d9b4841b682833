import {
  docMdpOf,
  isDict,
  isName,
  isRef,
  isStream,
  PdfError,
  readPermissions,
  readSignatureFields,
  type PdfFile,
  type PdfObject,
  type PdfPermissions,
  type PdfView,
} from '../pdf/index.ts';
import { Comparison, LEVELS, type Role, type Settled } from './compare.ts';
import type { Touched } from './fields.ts';
import { Rules } from './rules.ts';
import type { Modifications } from './types.ts';

/** What one revision did to the document as it stood before. */
export interface Step {
  revision: number;
  level: Modifications;
  reasons: string[];
  /** Bytes or entries that no object accounts for. */
  unaccounted: string[];
  /** Against DocMDP, or a field that was locked; undefined when permitted. */
  forbidden: 'docMdp' | 'field' | undefined;
  /** Widgets of fields that were filled, signed or added. */
  widgets: number[];
  /** What is odd in it and means nothing. */
  loose: string[];
}

/**
 * Judges revision `index` (1 or later) against the one before.
 * @param settled carried from one revision to the next
 * @param check called now and then; throws when time is up
 */
export function judgeStep(file: PdfFile, index: number, settled: Settled, check: () => void): Step {
  const step: Step = { revision: index, level: 'NONE', reasons: [], unaccounted: [], forbidden: undefined, widgets: [], loose: [] };
  try {
    check();
    step.unaccounted = file.audit(index, index + 1).map((item) => `${item.code}: ${item.detail}`);
    const [older, newer] = [file.at(index - 1), file.at(index)];
    if (!sizeFits(file, index)) step.loose.push('trailer/Size');
    const changed = changedNumbers(file, index);
    const comparison = new Comparison(older, newer, changed, settled);
    const touched: Touched = { fields: new Set(), replaced: new Set(), widgets: new Set() };
    const rules = new Rules(comparison, touched);
    rules.trailer();
    if (changed.size > 0) {
      const store = rewrittenStore(file, index, changed, comparison);
      if (store !== undefined) comparison.differ('OTHER', `object ${store}, in which older objects are kept, was written anew`);
      govern(comparison, older);
      rules.root();
      comparison.run();
      if (comparison.level !== 'OTHER') leftovers(file, index, comparison);
    } else comparison.run();
    step.level = comparison.level;
    step.reasons = comparison.reasons;
    step.widgets = [...touched.widgets];
    step.forbidden = forbidden(comparison, touched, older);
  } catch (error) {
    if (!(error instanceof PdfError)) throw error;
    step.level = 'OTHER';
    step.reasons.push(`OTHER: ${error.problem.code}: ${error.problem.detail}`);
    step.forbidden = 'docMdp';
  }
  return step;
}

/**
 * /Size says one more than the highest number in use (ISO 32000-2, table 15), or what it said before. Some writers count only what the
 * update itself brings (PDFBox 2), or one too many (@signpdf).
 */
function sizeFits(file: PdfFile, index: number): boolean {
  const sizeOf = (revision: number): PdfObject => file.at(revision).trailer.entries.get('Size') ?? null;
  const [before, now] = [sizeOf(index - 1), sizeOf(index)];
  let highest = -1;
  for (const section of file.revisions[index]?.sections ?? [])
    for (const num of [...section.entries.keys(), section.streamNumber ?? 0]) highest = Math.max(highest, num);
  if (typeof before !== 'number') return false;
  return now === Math.max(before, highest + 1) || now === highest + 1 || (now === highest + 2 && now > before);
}

function changedNumbers(file: PdfFile, index: number): Set<number> {
  const changed = new Set<number>();
  for (const section of file.revisions[index]?.sections ?? []) {
    for (const num of section.entries.keys()) {
      const before = file.store.entry(num, index - 1);
      const after = file.store.entry(num, index);
      if (after === undefined || after.revision !== index) continue;
      const gone = before === undefined || before.type === 'free';
      if (gone && after.type === 'free') continue;
      if (before?.type === 'offset' && after.type === 'offset' && before.offset === after.offset && before.gen === after.gen) continue;
      changed.add(num);
    }
  }
  return changed;
}

/**
 * A reader looks for a packed object in the object stream as it is now, not as it was when the entry was made: who writes that stream
 * anew changes everything in it, in whatever other role the stream may be changed.
 */
function rewrittenStore(file: PdfFile, index: number, changed: Set<number>, comparison: Comparison): number | undefined {
  const kept = packedBy(file);
  for (const num of changed) {
    const older = kept.get(num)?.some((item) => {
      const entry = file.store.entry(item, index);
      return entry?.type === 'packed' && entry.container === num && entry.revision < index;
    });
    if (older === true && !comparison.unchanged({ kind: 'ref', num, gen: 0 })) return num;
  }
  return undefined;
}

const packed = new WeakMap<PdfFile, Map<number, number[]>>();

/** Numbers of the objects that some revision looks for in an object stream, by the number of that stream. */
function packedBy(file: PdfFile): Map<number, number[]> {
  let found = packed.get(file);
  if (found !== undefined) return found;
  found = new Map();
  for (const [num, history] of file.store.history) {
    for (const entry of history) {
      if (entry.type !== 'packed') continue;
      const list = found.get(entry.container);
      if (list === undefined) found.set(entry.container, [num]);
      else if (list.at(-1) !== num) list.push(num);
    }
  }
  packed.set(file, found);
  return found;
}

/** The catalogue, the page tree and the fields of the older state: they have rules of their own wherever they are reached from. */
function govern(comparison: Comparison, view: PdfView): void {
  const add = (value: PdfObject | undefined, role: Role, types: (string | undefined)[]): PdfObject => {
    if (!isRef(value)) return null;
    const dict = view.dict(value);
    if (dict === undefined || comparison.governed.has(value.num)) return null;
    const type = view.get(dict, 'Type');
    // An object that says it is something else keeps its strict treatment.
    if (!types.includes(isName(type) ? type.value : undefined)) return null;
    comparison.governed.set(value.num, role);
    return view.get(dict, 'Kids');
  };
  const walk = (start: PdfObject, role: Role, types: (string | undefined)[]): void => {
    const stack: PdfObject[] = [start];
    for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
      const kids = add(item, role, types);
      if (Array.isArray(kids)) stack.push(...kids);
    }
  };
  comparison.governed.set(view.rootRef.num, 'root');
  walk(view.root.entries.get('Pages') ?? null, 'page', ['Pages', 'Page']);
  const form = view.dict(view.root.entries.get('AcroForm'));
  const fields = form === undefined ? null : view.get(form, 'Fields');
  if (Array.isArray(fields)) for (const field of fields) walk(field, 'field', [undefined, 'Annot']);
}

/**
 * Objects that the revision wrote and that nothing leads to. A new one beside an honest change is litter (poppler leaves some behind at
 * each signature): nobody sees it, and whatever brings it into view is judged then. By itself it has no honest reason.
 */
function leftovers(file: PdfFile, index: number, comparison: Comparison): void {
  const streams = new Set(file.revisions[index]?.sections.flatMap((section) => [section.streamNumber, section.hybrid?.streamNumber]));
  const containers = new Set<number>();
  for (const num of comparison.changed) {
    const entry = file.store.entry(num, index);
    if (entry?.type === 'packed') containers.add(entry.container);
  }
  for (const num of comparison.changed) {
    const entry = file.store.entry(num, index);
    if (comparison.reached.has(num) || entry === undefined || entry.type === 'free') continue;
    const before = file.store.entry(num, index - 1);
    const isNew = before === undefined || before.type === 'free';
    if (isNew && streams.has(num)) continue;
    if (isNew && comparison.level !== 'NONE' && !holdsObjects(comparison.new, num)) continue;
    if (isNew && containers.has(num) && listed(file, num, index)) continue;
    const at = { kind: 'ref' as const, num, gen: entry.type === 'offset' ? entry.gen : 0 };
    if (!isNew && comparison.unchanged(at)) continue;
    if (!isNew && oldXrefStream(comparison.old, num)) continue;
    comparison.differ('OTHER', `object ${num} was written and nothing leads to it`);
    return;
  }
}

/** A writer may reuse the number of the older cross-reference stream for its own. */
function oldXrefStream(view: PdfView, num: number): boolean {
  const value = view.resolve({ kind: 'ref', num, gen: 0 });
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    value.kind === 'stream' &&
    isDict(value.dict) &&
    isName(value.dict.entries.get('Type'), 'XRef')
  );
}

/** Whether an object is a store of others, which must be accounted for. */
function holdsObjects(view: PdfView, num: number): boolean {
  const entry = view.store.entry(num, view.revision);
  const value = entry === undefined ? undefined : view.store.load(num, entry)?.value;
  return value !== undefined && isStream(value) && isName(value.dict.entries.get('Type'), 'ObjStm');
}

/** Whether every object in an object stream is one that the cross-reference names, so that nothing hides in it. */
function listed(file: PdfFile, container: number, index: number): boolean {
  return file.store.container(container, index).index.every((place, at) => {
    const entry = file.store.entry(place.num, index);
    return entry?.type === 'packed' && entry.container === container && entry.index === at;
  });
}

/** Whether what a revision did was permitted by what stood before it (ISO 32000-2, 12.8.2.2 and 12.8.2.4). */
function forbidden(comparison: Comparison, touched: Touched, before: PdfView): Step['forbidden'] {
  const level = comparison.level;
  if (level === 'NONE') return undefined;
  const permissions = readPermissions(before);
  const signed = readSignatureFields(before).flatMap((field) => (field.value === undefined ? [] : [docMdpOf(before, field.value.dict)]));
  const limits = [permissions.docMdp, ...signed, ...permissions.locks.map((lock) => lock.p)].filter((p) => p !== undefined);
  // Without a certification empty fields may be filled and signed. Replacing what the signer saw, and commenting, need a permission.
  if (limits.length === 0 && touched.replaced.size > 0) return 'docMdp';
  const limit = limits.length === 0 ? 2 : Math.min(...limits);
  // Writers of archive data (iText, pyHanko) put the time of the change into the metadata as well; by itself that is an edit.
  if (LEVELS.indexOf(level) > limit || (limit === 1 && comparison.edited && !comparison.archived)) return 'docMdp';
  return [...touched.fields].some((field) => locked(permissions, field)) ? 'field' : undefined;
}

export function locked(permissions: PdfPermissions, field: string): boolean {
  return permissions.locks.some((lock) => {
    // A name covers the fields below it.
    const named = lock.fields.some((name) => field === name || field.startsWith(`${name}.`));
    return lock.action === 'All' || (lock.action === 'Include' ? named : !named);
  });
}
