import type { Certificate } from './certificate.ts';
import { ocspRequest, readCrl, readOcsp, type Crl, type OcspAnswer } from './revocation.ts';

/** Asks the places that a certificate names about its revocation. */
export interface OnlineRevocation {
  ocsp(certificate: Certificate, issuer: Certificate): Promise<OcspAnswer[]>;
  crl(certificate: Certificate): Promise<Crl[]>;
}

const TIMEOUT_MS = 8000;
const MAX_OCSP = 1 << 20;
const MAX_CRL = 32 << 20;

/**
 * Over HTTP, bounded in time and size. What cannot be reached or read is no answer: the caller then says "not known".
 * Only certificates whose chain ends at a trust anchor may be asked about, or a forged file could choose whom we call.
 */
export function httpRevocation(fetcher: typeof fetch = fetch): OnlineRevocation {
  const lists = new Map<string, Promise<Crl | undefined>>();
  const web = (url: string): boolean => /^https?:\/\//i.test(url);
  return {
    async ocsp(certificate, issuer) {
      const found: OcspAnswer[] = [];
      for (const url of certificate.ocspUrls.filter(web).slice(0, 2)) {
        const body = await get(fetcher, url, MAX_OCSP, ocspRequest(certificate, issuer));
        const answer = attempt(() => (body === undefined ? undefined : readOcsp(body)));
        if (answer !== undefined) {
          found.push(answer);
          break;
        }
      }
      return found;
    },
    async crl(certificate) {
      const found: Crl[] = [];
      for (const url of certificate.crlUrls.filter(web).slice(0, 2)) {
        let list = lists.get(url);
        if (list === undefined) {
          list = get(fetcher, url, MAX_CRL).then((body) => attempt(() => (body === undefined ? undefined : readCrl(unarmour(body)))));
          lists.set(url, list);
        }
        const crl = await list;
        if (crl !== undefined) {
          found.push(crl);
          break;
        }
      }
      return found;
    },
  };
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** Some distribution points serve PEM although RFC 5280 wants DER. */
function unarmour(body: Uint8Array): Uint8Array {
  const text = Buffer.from(body.subarray(0, 64)).toString('latin1');
  if (!text.startsWith('-----BEGIN X509 CRL')) return body;
  return new Uint8Array(
    Buffer.from(
      Buffer.from(body)
        .toString('latin1')
        .replace(/-----[^-]+-----/g, ''),
      'base64',
    ),
  );
}

async function get(fetcher: typeof fetch, url: string, max: number, post?: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    const response = await fetcher(url, {
      ...(post === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/ocsp-request' }, body: Buffer.from(post) }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok || response.body === null) return undefined;
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of response.body as AsyncIterable<Uint8Array>) {
      length += part.length;
      if (length > max) return undefined;
      parts.push(part);
    }
    return new Uint8Array(Buffer.concat(parts));
  } catch {
    return undefined;
  }
}
