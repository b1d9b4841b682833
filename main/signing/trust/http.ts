export type Fetcher = typeof fetch;

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 32 << 20;

/** One bounded request; null for whatever is no complete good answer: the caller then says "not known". */
export async function fetchBytes(
  url: string,
  options: { post?: Uint8Array; type?: string; timeoutMs?: number; fetcher?: Fetcher; signal?: AbortSignal } = {},
): Promise<Uint8Array | null> {
  if (!/^https?:\/\//i.test(url)) return null;
  try {
    const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
    const response = await (options.fetcher ?? fetch)(url, {
      ...(options.post
        ? { method: 'POST', headers: { 'content-type': options.type ?? 'application/octet-stream' }, body: Buffer.from(options.post) }
        : {}),
      redirect: 'error',
      signal: options.signal ? AbortSignal.any([timeout, options.signal]) : timeout,
    });
    if (!response.ok || !response.body) return null;
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of response.body as AsyncIterable<Uint8Array>) {
      length += part.length;
      if (length > MOST_BYTES) return null;
      parts.push(part);
    }
    return new Uint8Array(Buffer.concat(parts));
  } catch {
    return null;
  }
}
