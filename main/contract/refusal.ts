import { z } from 'zod';

/**
 * A refusal is an answer, not an accident: the officer asked for something that the rules do not allow now. It carries a
 * stable `refused` word for programs and one sentence in each language that says what to do next. Never personal data.
 */
export const refusalSchema = z.object({
  refused: z.string().regex(/^[a-z0-9-]+$/),
  vi: z.string().min(1),
  en: z.string().min(1),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
});
export type Refusal = Readonly<z.infer<typeof refusalSchema>>;

export function refuse(refused: string, vi: string, en: string, details?: Refusal['details']): Refusal {
  return details ? { refused, vi, en, details } : { refused, vi, en };
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value && 'vi' in value && 'en' in value;
}
