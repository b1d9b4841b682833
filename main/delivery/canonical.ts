import { createHash } from 'node:crypto';
import { z } from 'zod';

/**
 * The one shape in which a dossier leaves the counter, whatever the province speaks. Adapters map it by tables
 * (`resources/province/*.mapping.json`); nothing here is named after a province's field.
 */

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const instant = z.number().int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const agency = z.object({ code: z.string().min(1).max(35), name: z.string().min(1) });

/** A file under the data folder. `path` is relative to it, with forward slashes, and may not leave it. */
export const canonicalFile = z.object({
  path: z
    .string()
    .min(1)
    .refine((p) => !p.startsWith('/') && !/^[A-Za-z]:/.test(p) && !p.split(/[\\/]/).includes('..'), 'must stay inside the data folder'),
  sha256,
  /** Bytes. */
  size: z.number().int().nonnegative(),
  name: z.string().min(1).max(200),
  /** Set when the file is itself an earlier result (`KQ.G15.000032`). */
  resultCode: z.string().nullable().default(null),
});

export const canonicalPerson = z.object({
  kind: z.enum(['citizen', 'business', 'household']),
  name: z.string().min(1),
  idNumber: z.string().nullable().default(null),
  idIssuedOn: day.nullable().default(null),
  /** A whole day, or only a year when the card says no more. */
  bornOn: z
    .string()
    .regex(/^\d{4}(-\d{2}-\d{2})?$/)
    .nullable()
    .default(null),
  provinceCode: z.string().nullable().default(null),
  communeCode: z.string().nullable().default(null),
  address: z.string().default(''),
  phone: z.string().nullable().default(null),
  email: z.string().nullable().default(null),
});

export const canonicalComponent = z.object({
  code: z.string().min(1),
  name: z.string().min(1),
  quantity: z.number().int().nonnegative(),
  /** 0 original, 1 copy, 2 electronic. */
  kind: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  files: z.array(canonicalFile),
});

export const canonicalResult = z.object({
  /** Result code of the catalogue, `KQ.G15.000032`; empty when the catalogue has none. */
  code: z.string(),
  name: z.string().min(1),
  file: canonicalFile,
});

const actor = z.object({ name: z.string(), title: z.string().default(''), unit: z.string().default('') });

export const canonicalDossier = z
  .object({
    dossierId: z.string().min(1).max(80),
    /** Official code when the province gave one; else null and `provisionalCode` (TAM-...) is set. */
    code: z.string().max(60).nullable(),
    provisionalCode: z.string().max(60).nullable().default(null),
    procedure: z.object({
      code: z.string().min(1),
      name: z.string().min(1),
      serviceCode: z.string().nullable().default(null),
      fieldCode: z.string().nullable().default(null),
      fieldName: z.string().nullable().default(null),
    }),
    /** Who hands in. */
    applicant: canonicalPerson,
    /** Whose matter it is; the same person as the applicant in most dossiers. */
    owner: canonicalPerson,
    agencies: z.object({ receiving: agency, competent: agency, assisting: agency.nullable().default(null) }),
    submittedAt: instant,
    receivedAt: instant,
    dueAt: instant.nullable(),
    channel: z.enum(['counter', 'online', 'post']),
    summary: z.string().default(''),
    receivedBy: actor,
    components: z.array(canonicalComponent),
    fees: z
      .array(
        z.object({
          code: z.string(),
          name: z.string(),
          /** Đồng. */
          amount: z.number().int().nonnegative(),
          /** phí or lệ phí. */
          kind: z.enum(['charge', 'fee']),
          collected: z.enum(['reception', 'supplement', 'handover']),
          paid: z.boolean(),
        }),
      )
      .default([]),
    results: z.array(canonicalResult).default([]),
    note: z.string().default(''),
  })
  .refine((d) => d.code !== null || d.provisionalCode !== null, {
    error: 'a dossier needs its official code or a provisional one',
    path: ['code'],
  });

export type CanonicalDossier = z.output<typeof canonicalDossier>;
export type CanonicalDossierInput = z.input<typeof canonicalDossier>;
export type CanonicalFile = z.output<typeof canonicalFile>;
export type CanonicalPerson = z.output<typeof canonicalPerson>;

/** Code of table TrangThaiHoSo, 1 to 10 (reference: domain 7.2). */
export type StatusCode = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

/** A step of a dossier that the province already has (or will have before this one leaves: order is kept within a dossier). */
export const canonicalStatus = z.object({
  dossierId: z.string().min(1).max(80),
  status: z.number().int().min(1).max(10),
  at: instant,
  /** What was done, as the citizen may read it. */
  text: z.string().min(1),
  by: actor,
  dueAt: instant.nullable().default(null),
  results: z.array(canonicalResult).default([]),
});

export type CanonicalStatus = z.output<typeof canonicalStatus>;
export type CanonicalStatusInput = z.input<typeof canonicalStatus>;

/** JSON with sorted keys: the same content has the same bytes, so its hash freezes it. */
export function frozen(value: unknown): { text: string; sha256: string } {
  const text = JSON.stringify(value, (_key, v: unknown) =>
    v !== null && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  );
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}
