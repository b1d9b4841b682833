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

  /** @param text PEM or base64 of DER. @returns false when it is no certificate of an authority */
  add(text: string, source: 'vgca' | 'neac' | 'added'): boolean {
    try {
      const der = Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64');
      const certificate = readCertificate(der);
      if (!certificate.isCa) return false;
      trustOf([der]);
      this.journal.addRoot(certificate.id, certificate.der, source);
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
