import { z } from 'zod';
import type { Mapping } from '../mapping.ts';
import { ProvinceProblem } from '../problems.ts';
import type { WireReply } from '../transport.ts';

/** Seconds or an HTTP date, as RFC 9110 allows for Retry-After; null when absent or unreadable. */
export function retryAfterMs(value: string | undefined, now: number): number | null {
  if (!value) return null;
  if (/^\d+$/.test(value.trim())) return Math.min(Number(value) * 1000, 3_600_000);
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.min(Math.max(0, at - now), 3_600_000);
}

const troubleReply = z.object({ MaLoi: z.union([z.string(), z.number()]).transform(String).optional(), ThongBao: z.string().optional() });

/** Reads JSON; null when the reply is none, which happens with a proxy's own page. */
export function json(reply: WireReply): unknown {
  try {
    return JSON.parse(reply.body.toString('utf8'));
  } catch {
    return null;
  }
}

/**
 * Turns a status that is not a success into the problem it means. 404 without the province's own words is a wrong address, not a
 * refusal; 5xx may have been carried out.
 */
export function problemOf(reply: WireReply, mapping: Mapping, now: number): ProvinceProblem {
  const { status } = reply;
  const said = troubleReply.safeParse(json(reply));
  const reasonCode = said.success ? said.data.MaLoi : undefined;
  const known = reasonCode === undefined ? undefined : mapping.reasons[reasonCode];
  const reason = (said.success ? said.data.ThongBao : undefined) ?? known?.vi;
  const facts = { httpStatus: status, ...(reason === undefined ? {} : { reason }), ...(reasonCode === undefined ? {} : { reasonCode }) };
  if (status === 401 || status === 403 || status === 407) return new ProvinceProblem('sign-in', `HTTP ${status}`, facts);
  if (status === 429 || status === 503) {
    const wait = retryAfterMs(reply.headers['retry-after'], now);
    return new ProvinceProblem('busy', `HTTP ${status}`, {
      ...facts,
      mayHaveArrived: status === 503,
      ...(wait === null ? {} : { retryAfterMs: wait }),
    });
  }
  if (status === 502 || status === 504) return new ProvinceProblem('line', `HTTP ${status}`, { ...facts, mayHaveArrived: true });
  if (status === 408 || status === 425) return new ProvinceProblem('line', `HTTP ${status}`, { ...facts, mayHaveArrived: true });
  if (status >= 400 && status < 500 && (reason !== undefined || status === 413 || status === 422))
    return new ProvinceProblem('refused', `HTTP ${status}`, facts);
  return new ProvinceProblem('fault', `HTTP ${status}`, { ...facts, mayHaveArrived: status >= 500 || status < 400 });
}

/** A success whose content is not what the contract says counts as "unknown": the province is asked before anything goes again. */
export function read<T>(reply: WireReply, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(json(reply));
  if (!parsed.success)
    throw new ProvinceProblem('fault', 'unreadable reply', { httpStatus: reply.status, mayHaveArrived: true, reasonCode: 'unreadable' });
  return parsed.data;
}
