import { isDict, isStream, PdfError, type PdfObject, type PdfView } from '../pdf/index.ts';
import { readCertificate, type Certificate } from './certificate.ts';
import type { Cms } from './cms.ts';
import { readCrl, readOcsp, type Crl, type OcspAnswer } from './revocation.ts';

/** Certificates and revocation data that came with a file or a signature. */
export interface Material {
  certificates: Certificate[];
  ocsp: OcspAnswer[];
  crls: Crl[];
  /** What was there and could not be read. */
  broken: string[];
}

export const noMaterial = (): Material => ({ certificates: [], ocsp: [], crls: [], broken: [] });

const MOST = 500;

/** The document security store of a state of the document (ISO 32000-2, 12.8.4.3). */
export function readDss(view: PdfView): Material {
  const found = noMaterial();
  const dss = view.dict(view.root.entries.get('DSS'));
  if (dss === undefined) return found;
  const seen = new Set<PdfObject>();
  const take = (value: PdfObject, what: string, use: (bytes: Uint8Array) => void): void => {
    for (const item of list(view, value)) {
      try {
        const stream = view.resolve(item);
        if (seen.has(stream) || seen.size > MOST) continue;
        seen.add(stream);
        if (!isStream(stream)) throw new PdfError('brokenObject', 'no stream');
        use(view.data(stream));
      } catch {
        found.broken.push(what);
      }
    }
  };
  const groups = [dss, ...vri(view, dss.entries.get('VRI') ?? null)];
  for (const group of groups) {
    for (const key of ['Certs', 'Cert'])
      take(group.entries.get(key) ?? null, 'certificate', (bytes) => void found.certificates.push(readCertificate(bytes)));
    for (const key of ['OCSPs', 'OCSP']) take(group.entries.get(key) ?? null, 'ocsp', (bytes) => void found.ocsp.push(readOcsp(bytes)));
    for (const key of ['CRLs', 'CRL']) take(group.entries.get(key) ?? null, 'crl', (bytes) => void found.crls.push(readCrl(bytes)));
  }
  return found;
}

function list(view: PdfView, value: PdfObject): PdfObject[] {
  const items = view.resolve(value);
  return Array.isArray(items) ? items.slice(0, MOST) : [];
}

function vri(view: PdfView, value: PdfObject): { entries: Map<string, PdfObject> }[] {
  const dict = view.dict(value);
  return [...(dict?.entries.values() ?? [])]
    .slice(0, MOST)
    .map((item) => view.resolve(item))
    .filter(isDict);
}

/** What a CMS carries: certificates, lists, and the revocation data that Adobe products sign in. */
export function readEmbedded(cms: Cms): Material {
  const found = { ...noMaterial(), certificates: [...cms.certificates] };
  const attempt = (what: string, work: () => void): void => {
    try {
      work();
    } catch {
      found.broken.push(what);
    }
  };
  for (const crl of cms.crls) attempt('crl', () => void found.crls.push(readCrl(crl)));
  // RevocationInfoArchival ::= SEQUENCE { crl [0] SEQUENCE OF, ocsp [1] SEQUENCE OF, otherRevInfo [2] }
  attempt('revocation attribute', () => {
    for (const part of cms.adobeRevocation?.children ?? []) {
      for (const item of part.child(0, 0x30).children) {
        if (part.tag === 0xa0) found.crls.push(readCrl(item.raw));
        else if (part.tag === 0xa1) found.ocsp.push(readOcsp(item.raw));
      }
    }
  });
  return found;
}

export function joined(...parts: Material[]): Material {
  return {
    certificates: [...new Map(parts.flatMap((part) => part.certificates).map((item) => [item.id, item])).values()],
    ocsp: parts.flatMap((part) => part.ocsp),
    crls: parts.flatMap((part) => part.crls),
    broken: parts.flatMap((part) => part.broken),
  };
}
