import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { VIETNAM_OFFSET_MS, vietnamIso } from '../store/index.ts';

/**
 * Field by field from a canonical shape to a province's, as data. A province that renames a field or changes a code list edits a
 * JSON file; `loadMapping` checks every line of it against the canonical shape before the first dossier leaves.
 */
const field: z.ZodType<Field> = z.lazy(() =>
  z
    .strictObject({
      /** Name on the province's side. */
      field: z.string().min(1),
      /** Dotted path in the canonical value; `.` is the value itself, `$name` a value the adapter hands in (a token-less extra). */
      from: z.string().min(1).optional(),
      /** The same words for every dossier. */
      constant: z.union([z.string(), z.number(), z.boolean()]).optional(),
      as: z.enum(['text', 'number', 'boolean', 'iso', 'compact', 'day', 'compact-day', 'trueFalse', 'length', 'join']).optional(),
      lookup: z.string().optional(),
      required: z.boolean().optional(),
      max: z.number().int().positive().optional(),
      /** A list: `from` is an array and these are the fields of one entry. */
      each: z.array(field).optional(),
      /** A group: an object of its own, `from` is where its paths start. */
      group: z.array(field).optional(),
      /** Left out when the value is empty instead of being sent as an empty string. */
      optional: z.boolean().optional(),
    })
    .refine((f) => (f.from !== undefined) !== (f.constant !== undefined), 'exactly one of from and constant'),
);

export interface Field {
  field: string;
  from?: string | undefined;
  constant?: string | number | boolean | undefined;
  as?: 'text' | 'number' | 'boolean' | 'iso' | 'compact' | 'day' | 'compact-day' | 'trueFalse' | 'length' | 'join' | undefined;
  lookup?: string | undefined;
  required?: boolean | undefined;
  max?: number | undefined;
  each?: Field[] | undefined;
  group?: Field[] | undefined;
  optional?: boolean | undefined;
}

const mappingSchema = z.strictObject({
  backend: z.string(),
  version: z.string(),
  source: z.string(),
  endpoints: z.record(z.string(), z.string()),
  lookups: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.number()]))),
  tables: z.record(z.string(), z.array(field)),
  /** The province's code of a reason: the sentence for the officer. */
  reasons: z.record(z.string(), z.strictObject({ vi: z.string(), en: z.string() })),
});
export type Mapping = z.infer<typeof mappingSchema>;

export class MappingError extends Error {
  readonly lines: readonly string[];
  constructor(file: string, lines: string[]) {
    super(`${file}: ${lines.join('; ')}`);
    this.name = 'MappingError';
    this.lines = lines;
  }
}

/**
 * Reads and checks a mapping file.
 * @param sources canonical schema per table name: every `from` must exist in it
 * @param endpoints names that the adapter needs
 * @throws MappingError with one line per mistake
 */
export function loadMapping(file: string, sources: Readonly<Record<string, z.ZodType>>, endpoints: readonly string[]): Mapping {
  const parsed = mappingSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success)
    throw new MappingError(
      file,
      parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`),
    );
  const mapping = parsed.data;
  const lines: string[] = [];
  for (const name of endpoints) if (!mapping.endpoints[name]) lines.push(`endpoints.${name} is missing`);
  for (const [table, schema] of Object.entries(sources)) {
    const rows = mapping.tables[table];
    if (!rows) lines.push(`tables.${table} is missing`);
    else checkFields(rows, schema, `tables.${table}`, mapping, lines);
  }
  if (lines.length > 0) throw new MappingError(file, lines);
  return mapping;
}

function checkFields(rows: readonly Field[], schema: z.ZodType, where: string, mapping: Mapping, lines: string[]): void {
  const seen = new Set<string>();
  for (const row of rows) {
    const here = `${where}.${row.field}`;
    if (seen.has(row.field)) lines.push(`${here} stands twice`);
    seen.add(row.field);
    if (row.lookup !== undefined && !mapping.lookups[row.lookup]) lines.push(`${here}: no lookup ${row.lookup}`);
    if (row.from === undefined || row.from.startsWith('$')) continue;
    const at = descend(schema, row.from);
    if (!at) {
      lines.push(`${here}: ${row.from} is not in the dossier`);
      continue;
    }
    if (row.lookup !== undefined)
      for (const option of options(at))
        if (mapping.lookups[row.lookup]?.[option] === undefined) lines.push(`${here}: lookup ${row.lookup} has no ${option}`);
    if (row.each) {
      const element = unwrap(at);
      if (element instanceof z.ZodArray) checkFields(row.each, element.element as z.ZodType, here, mapping, lines);
      else lines.push(`${here}: ${row.from} is not a list`);
    }
    if (row.group) checkFields(row.group, at, here, mapping, lines);
  }
}

function unwrap(schema: z.ZodType): z.ZodType {
  let at = schema;
  for (;;) {
    if (at instanceof z.ZodNullable || at instanceof z.ZodOptional || at instanceof z.ZodDefault) at = at.unwrap() as z.ZodType;
    else return at;
  }
}

function descend(schema: z.ZodType, dotted: string): z.ZodType | null {
  let at = unwrap(schema);
  if (dotted === '.') return at;
  for (const name of dotted.split('.')) {
    if (!(at instanceof z.ZodObject)) return null;
    const next = (at.shape as Record<string, z.ZodType>)[name];
    if (!next) return null;
    at = unwrap(next);
  }
  return at;
}

function options(schema: z.ZodType): string[] {
  const at = unwrap(schema);
  if (at instanceof z.ZodEnum) return at.options.map(String);
  if (at instanceof z.ZodUnion) return at.options.flatMap((o) => (o instanceof z.ZodLiteral ? [...o.values].map(String) : []));
  return [];
}

const pad = (n: number) => String(n).padStart(2, '0');
/** `yyyyMMddHHmmss` in GMT+7, as the classic interface writes time. */
export function compactTime(ms: number): string {
  const d = new Date(ms + VIETNAM_OFFSET_MS);
  return `${d.getUTCFullYear()}${pad(d.getUTCMonth() + 1)}${pad(d.getUTCDate())}${pad(d.getUTCHours())}${pad(d.getUTCMinutes())}${pad(d.getUTCSeconds())}`;
}

function reach(value: unknown, dotted: string, extras: Readonly<Record<string, unknown>>): unknown {
  if (dotted.startsWith('$')) return extras[dotted.slice(1)];
  if (dotted === '.') return value;
  let at: unknown = value;
  for (const name of dotted.split('.')) at = at === null || at === undefined ? undefined : (at as Record<string, unknown>)[name];
  return at;
}

/**
 * Builds the province's object from a canonical value.
 * @param extras values for `$name` paths; a function value is called with the entry at hand (a file's remote id, for example)
 * @returns the object, or the names of required fields that were empty
 */
export function applyMapping(
  mapping: Mapping,
  table: string,
  value: unknown,
  extras: Readonly<Record<string, unknown>> = {},
): { body: Record<string, unknown>; missing: string[] } {
  const missing: string[] = [];
  const rows = mapping.tables[table];
  if (!rows) throw new Error(`no table ${table}`);
  const body = build(mapping, rows, value, extras, table, missing);
  return { body, missing };
}

function build(
  mapping: Mapping,
  rows: readonly Field[],
  value: unknown,
  extras: Readonly<Record<string, unknown>>,
  where: string,
  missing: string[],
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const row of rows) {
    let raw: unknown = row.constant ?? reach(value, row.from ?? '.', extras);
    if (typeof raw === 'function') raw = (raw as (entry: unknown) => unknown)(value);
    if (row.each) {
      const list = Array.isArray(raw) ? raw : [];
      out[row.field] = list.map((entry) => build(mapping, row.each as Field[], entry, extras, `${where}.${row.field}`, missing));
      continue;
    }
    if (row.group) {
      out[row.field] = build(mapping, row.group, raw, extras, `${where}.${row.field}`, missing);
      continue;
    }
    const empty = raw === null || raw === undefined || raw === '';
    if (empty && row.required) missing.push(`${where}.${row.field}`);
    if (empty && row.optional) continue;
    out[row.field] = empty ? (row.as === 'number' || row.lookup !== undefined ? null : '') : convert(mapping, row, raw);
  }
  return out;
}

function convert(mapping: Mapping, row: Field, raw: unknown): unknown {
  if (row.lookup !== undefined) return mapping.lookups[row.lookup]?.[String(raw)] ?? null;
  const text = (t: string) => (row.max === undefined ? t : Array.from(t).slice(0, row.max).join(''));
  switch (row.as) {
    case 'number':
      return Number(raw);
    case 'boolean':
      return Boolean(raw);
    case 'trueFalse':
      return raw ? 'True' : 'False';
    case 'iso':
      return vietnamIso(Number(raw));
    case 'compact':
      return compactTime(Number(raw));
    case 'day':
      return typeof raw === 'number' ? vietnamIso(raw).slice(0, 10) : String(raw);
    case 'compact-day':
      return String(raw).replaceAll('-', '');
    case 'length':
      return Array.isArray(raw) ? raw.length : 0;
    case 'join':
      return Array.isArray(raw) ? raw.join(', ') : String(raw);
    case 'text':
    case undefined:
      return typeof raw === 'number' || typeof raw === 'boolean' ? (row.as === 'text' ? String(raw) : raw) : text(String(raw));
  }
}
