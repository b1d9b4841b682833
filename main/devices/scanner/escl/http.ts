import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { ScanTrouble } from '../types.ts';

export interface EsclAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: IncomingMessage;
}

const OFFLINE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Turns what the network said into a reason an officer can act on; an abort stays an abort. */
export function networkTrouble(error: unknown, signal: AbortSignal): Error {
  if (signal.aborted) return signal.reason instanceof Error ? signal.reason : new Error('aborted');
  if (error instanceof ScanTrouble) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') return new ScanTrouble('disk-full', code);
  return new ScanTrouble(OFFLINE.has(code) ? 'offline' : 'protocol', code || (error instanceof Error ? error.message : ''), {
    cause: error,
  });
}

/**
 * One HTTP exchange with a scanner; the body is left to the caller, who must read or destroy it.
 * @param options.idleMs how long the line may stay silent; a page on a slow feeder needs up to a minute
 * @throws ScanTrouble `offline`, `timeout` or `protocol`; the signal's reason when aborted
 */
export function exchange(
  url: URL,
  options: { method: 'GET' | 'POST' | 'DELETE'; body?: string; signal: AbortSignal; idleMs: number },
): Promise<EsclAnswer> {
  return new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:';
    const request = (secure ? httpsRequest : httpRequest)(url, {
      method: options.method,
      signal: options.signal,
      agent: false,
      headers: options.body ? { 'Content-Type': 'text/xml; charset=utf-8', 'Content-Length': Buffer.byteLength(options.body) } : {},
      // Scanners sign their own certificates and have no name anybody could vouch for: TLS keeps listeners out, no more.
      ...(secure ? { rejectUnauthorized: false } : {}),
    });
    request.setTimeout(options.idleMs, () =>
      request.destroy(new ScanTrouble('timeout', `${options.method} silent for ${options.idleMs} ms`)),
    );
    request.once('error', (error) => reject(networkTrouble(error, options.signal)));
    request.once('response', (body) => resolve({ status: body.statusCode ?? 0, headers: body.headers, body }));
    request.end(options.body);
  });
}

/** Reads a small text answer. @throws ScanTrouble when it is larger than `limit` bytes or the line breaks */
export async function readText(answer: EsclAnswer, signal: AbortSignal, limit = 262_144): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw new ScanTrouble('protocol', `answer larger than ${limit} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw networkTrouble(error, signal);
  }
  return Buffer.concat(chunks).toString('utf8');
}
