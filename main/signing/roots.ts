import { readCertificate, type Certificate } from './cms/index.ts';
import type { Journal } from './batch/journal.ts';
import type { Trust } from './verify/trust.ts';
import { trustOf } from './trust/index.ts';

/** Trusted roots as replaceable data: the VGCA and NEAC roots are added by an administrator, never built in. */
export class RootStore {
  private readonly journal: Journal;
  constructor(journal: Journal) {
    this.journal = journal;
  }

  list(): { certificate: Certificate; source: 'vgca' | 'neac' | 'added'; addedAt: number }[] {
    return this.journal.roots().map((root) => ({ certificate: readCertificate(root.der), source: root.source, addedAt: root.addedAt }));
  }

  /**
   * @param text PEM, base64 of DER, or base64 of a PEM file as a screen sends it; a PEM file may hold several authorities
   * @returns false when there is anything in it but certificates of authorities; then none is taken
   */
  add(text: string, source: 'vgca' | 'neac' | 'added'): boolean {
    try {
      const found = dersOf(text).map((der) => readCertificate(der));
      if (found.length === 0 || found.some((one) => !one.isCa)) return false;
      trustOf(found.map((one) => one.der));
      for (const one of found) this.journal.addRoot(one.id, one.der, source);
      return true;
    } catch {
      return false;
    }
  }

  remove(id: string): void {
    this.journal.removeRoot(id);
  }

  trust(): Trust {
    return trustOf(this.journal.roots().map((root) => root.der));
  }
}

const PEM = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END/g;

function dersOf(text: string): Buffer[] {
  const blocks = (pem: string) => [...pem.matchAll(PEM)].map((match) => Buffer.from(match[1] ?? '', 'base64'));
  if (text.includes('-----BEGIN')) return blocks(text);
  const bytes = Buffer.from(text, 'base64');
  const inside = bytes.toString('latin1');
  return inside.includes('-----BEGIN') ? blocks(inside) : [bytes];
}
