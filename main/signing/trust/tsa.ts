import { randomBytes, timingSafeEqual } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { hashAlgorithm, HASH_OID } from '../cms/algorithms.ts';
import { boolean, child, children, integer, octetString, readOid, readTlv, sequence } from '../cms/der.ts';
import { readTimestamp } from '../verify/cms.ts';
import { fetchBytes, type Fetcher } from './http.ts';

export interface TsaOptions {
  readonly url: string;
  /** 2 to 131 s were measured, so 180 s is normal patience. */
  readonly timeoutMs?: number;
  readonly tries?: number;
  readonly pauseMs?: number;
  readonly fetcher?: Fetcher;
}

/** No usable timestamp came: `reason` for the log. */
export class TimestampError extends Error {}

const MOST_AT_ONCE = 4;
let free = MOST_AT_ONCE;
const queue: (() => void)[] = [];

/** A place among the four is handed from the one that leaves to the one that waits longest. */
async function turn<T>(work: () => Promise<T>): Promise<T> {
  if (free > 0) free -= 1;
  else await new Promise<void>((resolve) => queue.push(resolve));
  try {
    return await work();
  } finally {
    const next = queue.shift();
    if (next) next();
    else free += 1;
  }
}

/**
 * A TimeStampToken for a SHA-256 imprint (RFC 3161): fresh nonce, certificate wanted. The answer is used only when status,
 * imprint and nonce are ours and the token's own signature holds. At most four requests run at once, three tries each.
 * @throws TimestampError when all tries failed
 */
export async function requestTimestamp(imprint: Buffer, options: TsaOptions): Promise<Buffer> {
  const tries = options.tries ?? 3;
  let last = 'no try';
  for (let at = 0; at < tries; at++) {
    if (at > 0) await wait(options.pauseMs ?? 1000);
    try {
      return await turn(() => once(imprint, options));
    } catch (error) {
      last = error instanceof Error ? error.message : 'unknown';
    }
  }
  throw new TimestampError(last);
}

async function once(imprint: Buffer, options: TsaOptions): Promise<Buffer> {
  const nonce = randomBytes(8);
  nonce[0] = ((nonce[0] ?? 0) & 0x7f) | 0x40; // positive, and never shortened
  const query = sequence(integer(1), sequence(hashAlgorithm('sha256'), octetString(imprint)), integer(nonce), boolean(true));
  const body = await fetchBytes(options.url, {
    post: query,
    type: 'application/timestamp-query',
    timeoutMs: options.timeoutMs ?? 180_000,
    ...(options.fetcher ? { fetcher: options.fetcher } : {}),
  });
  if (!body) throw new TimestampError('the server did not answer');
  const [status, token] = children(readTlv(body));
  const code = status ? child(status, 0, 'status').content[0] : undefined;
  if ((code !== 0 && code !== 1) || !token) throw new TimestampError(`the server refused with status ${code ?? 'none'}`);
  checkToken(token.raw, imprint, nonce);
  return Buffer.from(token.raw);
}

function checkToken(token: Buffer, imprint: Buffer, nonce: Buffer): void {
  const read = readTimestamp(new Uint8Array(token)); // throws when the token's own signature does not hold
  if (read.imprintHash !== 'sha256' || read.imprint.length !== imprint.length || !timingSafeEqual(read.imprint, imprint))
    throw new TimestampError('the imprint is not ours');
  const info = children(readTlv(read.content ?? new Uint8Array(0)));
  const answered = info.slice(5).find((field) => field.tag === 0x02);
  if (!answered?.raw.equals(integer(nonce))) throw new TimestampError('the nonce is not ours');
  const algorithm = info[2] ? readOid(child(child(info[2], 0, 'hashAlgorithm'), 0, 'algorithm').content) : '';
  if (algorithm !== HASH_OID.sha256) throw new TimestampError('the imprint is made with another hash');
}
