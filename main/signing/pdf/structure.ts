import { decodeText, isDict, isName, isRef, isString, refKey, type PdfDict, type PdfObject, type PdfRef } from './objects.ts';
import { PdfError } from './problems.ts';
import type { PdfView } from './view.ts';

export interface PdfPage {
  /** Zero-based. */
  index: number;
  ref: PdfRef;
  dict: PdfDict;
  /** Inherited values included: x0, y0, x1, y1 in points, and degrees clockwise. */
  mediaBox: [number, number, number, number];
  /** What of the page is shown: the crop box inside the media box; the media box when there is none. */
  cropBox: [number, number, number, number];
  rotate: number;
  /** The /Resources in force, with the reference that leads to it when there is one. */
  resources: PdfDict | undefined;
}

export interface PdfAcroForm {
  /** Absent when the form dictionary stands in the catalogue itself. */
  ref: PdfRef | undefined;
  dict: PdfDict;
  fields: PdfObject[];
}

export interface PdfField {
  /** Full name, partial names joined with dots (ISO 32000-2, 12.7.4.2). */
  name: string;
  ref: PdfRef;
  dict: PdfDict;
  /** Inherited /FT: Sig, Tx, Btn, Ch. */
  type: string | undefined;
  flags: number;
  /** References of the fields above, outermost first. */
  parents: PdfRef[];
  /** True for a field that has no fields below it (widgets do not count). */
  terminal: boolean;
}

export interface PdfSignatureField extends PdfField {
  /** The signature dictionary, and its reference unless it stands in the field itself; undefined for an empty field. */
  value: { ref: PdfRef | undefined; dict: PdfDict } | undefined;
  /** The /Lock dictionary that will bind whoever signs this field. */
  lock: FieldLock | undefined;
  rect: [number, number, number, number] | undefined;
  /** The page that /P names. */
  page: PdfRef | undefined;
}

export interface FieldLock {
  action: 'All' | 'Include' | 'Exclude';
  fields: string[];
  /** Document permission that the lock adds (ISO 32000-2, table 236), 1 to 3. */
  p: number | undefined;
}

export interface PdfPermissions {
  /** 1 no changes, 2 forms and signatures, 3 annotations too (ISO 32000-2, table 257); undefined when not certified. */
  docMdp: 1 | 2 | 3 | undefined;
  /** Locks of the signed fields: /Lock of the field or FieldMDP of its signature. */
  locks: (FieldLock & { signedBy: string })[];
  encrypted: boolean;
  /** Usage rights (/UR, /UR3; ISO 32000-1, 12.8.2.3): bound to the file as it is, lost with any change of another program. */
  usageRights: boolean;
  /** An XFA form: `dynamic` when pages are made by the reader, else laid over the pages that are there. */
  xfa: 'static' | 'dynamic' | undefined;
}

/** The pages in order. @throws PdfError looped, brokenObject, tooLarge */
export function readPages(view: PdfView): PdfPage[] {
  const pages: PdfPage[] = [];
  const seen = new Set<string>();
  interface Inherited {
    mediaBox: PdfObject;
    cropBox: PdfObject;
    rotate: PdfObject;
    resources: PdfObject;
  }
  const walk = (node: PdfObject, inherited: Inherited, depth: number): void => {
    if (!isRef(node)) throw new PdfError('brokenObject', 'a page that is no reference');
    if (seen.has(refKey(node))) throw new PdfError('looped', `the page tree comes back to object ${node.num}`);
    seen.add(refKey(node));
    if (depth > view.store.limits.depth) throw new PdfError('looped', 'the page tree is too deep');
    if (seen.size > view.store.limits.pages * 2) throw new PdfError('tooLarge', `more than ${view.store.limits.pages} pages`);
    const dict = view.dict(node);
    if (dict === undefined) throw new PdfError('brokenObject', `page object ${node.num} is no dictionary`);
    const own = (key: string, fallback: PdfObject): PdfObject => view.get(dict, key) ?? fallback;
    const here: Inherited = {
      mediaBox: own('MediaBox', inherited.mediaBox),
      cropBox: own('CropBox', inherited.cropBox),
      rotate: own('Rotate', inherited.rotate),
      resources: own('Resources', inherited.resources),
    };
    const kids = view.get(dict, 'Kids');
    if (isName(view.get(dict, 'Type'), 'Pages') || Array.isArray(kids)) {
      if (!Array.isArray(kids)) throw new PdfError('brokenObject', `page node ${node.num} has no kids`);
      for (const kid of kids) walk(kid, here, depth + 1);
      return;
    }
    if (pages.length >= view.store.limits.pages) throw new PdfError('tooLarge', `more than ${view.store.limits.pages} pages`);
    const mediaBox = rectangle(view, here.mediaBox) ?? [0, 0, 612, 792];
    pages.push({
      index: pages.length,
      ref: node,
      dict,
      mediaBox,
      cropBox: common(mediaBox, rectangle(view, here.cropBox)),
      rotate: typeof here.rotate === 'number' && here.rotate % 90 === 0 ? ((here.rotate % 360) + 360) % 360 : 0,
      resources: isDict(here.resources) ? here.resources : undefined,
    });
  };
  walk(view.root.entries.get('Pages') ?? null, { mediaBox: null, cropBox: null, rotate: null, resources: null }, 0);
  return pages;
}

type Box = [number, number, number, number];

function common(media: Box, crop: Box | undefined): Box {
  if (crop === undefined) return media;
  const box: Box = [Math.max(media[0], crop[0]), Math.max(media[1], crop[1]), Math.min(media[2], crop[2]), Math.min(media[3], crop[3])];
  return box[0] < box[2] && box[1] < box[3] ? box : media;
}

export function rectangle(view: PdfView, value: PdfObject): [number, number, number, number] | undefined {
  const box = view.resolve(value);
  if (!Array.isArray(box) || box.length !== 4) return undefined;
  const numbers = box.map((item) => view.resolve(item));
  if (!numbers.every((item): item is number => typeof item === 'number')) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = numbers;
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
}

export function readAcroForm(view: PdfView): PdfAcroForm | undefined {
  const entry = view.root.entries.get('AcroForm');
  const dict = view.dict(entry);
  if (dict === undefined) return undefined;
  const fields = view.get(dict, 'Fields');
  return { ref: isRef(entry) ? entry : undefined, dict, fields: Array.isArray(fields) ? fields : [] };
}

const fieldsOf = new WeakMap<PdfView, PdfField[]>();

/** Every field of the form, those in between included. @throws PdfError looped, tooLarge */
export function readFields(view: PdfView): readonly PdfField[] {
  let found = fieldsOf.get(view);
  if (found === undefined) {
    found = walkFields(view);
    fieldsOf.set(view, found);
  }
  return found;
}

function walkFields(view: PdfView): PdfField[] {
  const found: PdfField[] = [];
  const seen = new Set<string>();
  const walk = (node: PdfObject, parents: PdfField[]): void => {
    if (!isRef(node)) return;
    if (seen.has(refKey(node))) throw new PdfError('looped', `the field tree comes back to object ${node.num}`);
    seen.add(refKey(node));
    if (seen.size > view.store.limits.fields) throw new PdfError('tooLarge', `more than ${view.store.limits.fields} fields`);
    if (parents.length > view.store.limits.depth) throw new PdfError('looped', 'the field tree is too deep');
    const dict = view.dict(node);
    if (dict === undefined) return;
    const parent = parents.at(-1);
    const title = view.get(dict, 'T');
    // A widget under a field has no name of its own (ISO 32000-2, 12.7.4.1).
    if (!isString(title) && parent !== undefined) return;
    const partial = isString(title) ? decodeText(title) : '';
    const type = view.get(dict, 'FT');
    const flags = view.get(dict, 'Ff');
    const kids = view.get(dict, 'Kids');
    const field: PdfField = {
      name: parent === undefined || parent.name === '' ? partial : `${parent.name}.${partial}`,
      ref: node,
      dict,
      type: isName(type) ? type.value : parent?.type,
      flags: typeof flags === 'number' ? flags : (parent?.flags ?? 0),
      parents: parents.map((item) => item.ref),
      terminal: true,
    };
    found.push(field);
    const before = found.length;
    if (Array.isArray(kids)) for (const kid of kids) walk(kid, [...parents, field]);
    field.terminal = found.length === before;
  };
  for (const field of readAcroForm(view)?.fields ?? []) walk(field, []);
  return found;
}

export function readSignatureFields(view: PdfView): PdfSignatureField[] {
  return readFields(view)
    .filter((field) => field.type === 'Sig' && field.terminal)
    .map((field) => asSignature(view, field));
}

/**
 * Signatures whose field stands on a page and not in the form: poppler leaves theirs so when the form stands in the catalogue itself.
 * Readers that go by the pages show them.
 */
export function readLooseSignatures(view: PdfView): PdfSignatureField[] {
  const known = new Set(readFields(view).map((field) => field.ref.num));
  const found: PdfSignatureField[] = [];
  for (const page of readPages(view)) {
    const items = view.get(page.dict, 'Annots');
    for (const ref of Array.isArray(items) ? items : []) {
      const dict = isRef(ref) && !known.has(ref.num) ? view.dict(ref) : undefined;
      if (!isRef(ref) || dict === undefined || !isLooseSignature(view, dict)) continue;
      known.add(ref.num);
      const title = view.get(dict, 'T');
      const name = isString(title) ? decodeText(title) : '';
      found.push(asSignature(view, { name, ref, dict, type: 'Sig', flags: 0, parents: [], terminal: true }));
    }
  }
  return found;
}

/** A widget that is a signature field by itself, and signed. */
export const isLooseSignature = (view: PdfView, dict: PdfDict): boolean =>
  isName(view.get(dict, 'Subtype'), 'Widget') &&
  isName(view.get(dict, 'FT'), 'Sig') &&
  isString(view.get(dict, 'T')) &&
  !dict.entries.has('Parent') &&
  view.get(dict, 'V') !== null;

function asSignature(view: PdfView, field: PdfField): PdfSignatureField {
  const entry = inherited(view, field, 'V');
  const value = view.dict(entry);
  const kids = view.get(field.dict, 'Kids');
  // A field whose widget stands by itself: the one kid has the rectangle.
  const widget = (Array.isArray(kids) ? view.dict(kids[0]) : undefined) ?? field.dict;
  const page = widget.entries.get('P');
  return {
    ...field,
    value: value === undefined ? undefined : { ref: isRef(entry) ? entry : undefined, dict: value },
    lock: readLock(view, view.dict(field.dict.entries.get('Lock'))),
    rect: rectangle(view, widget.entries.get('Rect') ?? null),
    page: isRef(page) ? page : undefined,
  };
}

function inherited(view: PdfView, field: PdfField, key: string): PdfObject {
  for (const dict of [field.dict, ...field.parents.toReversed().map((parent) => view.dict(parent))]) {
    const value = dict?.entries.get(key);
    if (value !== undefined && value !== null) return value;
  }
  return null;
}

export function readLock(view: PdfView, dict: PdfDict | undefined): FieldLock | undefined {
  if (dict === undefined) return undefined;
  const action = view.get(dict, 'Action');
  const fields = view.get(dict, 'Fields');
  const p = view.get(dict, 'P');
  const names = Array.isArray(fields)
    ? fields
        .map((item) => view.resolve(item))
        .filter(isString)
        .map(decodeText)
    : [];
  // What cannot be read as a narrower lock is taken as the widest one.
  const known = isName(action, 'Include') || isName(action, 'Exclude') ? (action.value as 'Include' | 'Exclude') : 'All';
  return { action: known, fields: names, p: typeof p === 'number' ? p : undefined };
}

/** The transform parameters of a signature's reference dictionaries (ISO 32000-2, 12.8.2). */
export function transforms(view: PdfView, signature: PdfDict): { method: string; params: PdfDict | undefined }[] {
  const references = view.get(signature, 'Reference');
  if (!Array.isArray(references)) return [];
  return references.flatMap((item) => {
    const reference = view.dict(item);
    const method = reference === undefined ? null : view.get(reference, 'TransformMethod');
    return reference !== undefined && isName(method)
      ? [{ method: method.value, params: view.dict(reference.entries.get('TransformParams')) }]
      : [];
  });
}

/** The /P of a DocMDP signature; 2 when it does not say (ISO 32000-2, table 257). */
export function docMdpOf(view: PdfView, signature: PdfDict): 1 | 2 | 3 | undefined {
  const found = transforms(view, signature).find((item) => item.method === 'DocMDP');
  if (found === undefined) return undefined;
  const p = found.params === undefined ? 2 : (view.get(found.params, 'P') ?? 2);
  // An unknown number is read as the strictest.
  return p === 2 || p === 3 ? p : 1;
}

export function readPermissions(view: PdfView): PdfPermissions {
  const perms = view.dict(view.root.entries.get('Perms'));
  const certified = perms === undefined ? undefined : view.dict(perms.entries.get('DocMDP'));
  const limits: (1 | 2 | 3)[] = certified === undefined ? [] : [docMdpOf(view, certified) ?? 1];
  const locks: PdfPermissions['locks'] = [];
  for (const field of readSignatureFields(view)) {
    if (field.value === undefined) continue;
    // A signature that certifies binds, whether or not the catalogue's /Perms repeats it.
    const own = docMdpOf(view, field.value.dict);
    if (own !== undefined) limits.push(own);
    if (field.lock !== undefined) locks.push({ ...field.lock, signedBy: field.name });
    for (const item of transforms(view, field.value.dict)) {
      const lock = item.method === 'FieldMDP' ? readLock(view, item.params) : undefined;
      if (lock !== undefined) locks.push({ ...lock, signedBy: field.name });
    }
  }
  return {
    docMdp: limits.length === 0 ? undefined : (Math.min(...limits) as 1 | 2 | 3),
    locks,
    encrypted: view.trailer.entries.has('Encrypt'),
    usageRights: perms !== undefined && (view.get(perms, 'UR3') !== null || view.get(perms, 'UR') !== null),
    xfa: readXfa(view),
  };
}

function readXfa(view: PdfView): PdfPermissions['xfa'] {
  const form = readAcroForm(view);
  if (form === undefined || view.get(form.dict, 'XFA') === null) return undefined;
  return view.get(view.root, 'NeedsRendering') === true ? 'dynamic' : 'static';
}
