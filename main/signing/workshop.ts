import { createHash } from 'node:crypto';
import path from 'node:path';
import { isRefusal, type Refusal } from '../contract/refusal.ts';
import { businessDay, vietnamIso } from '../store/index.ts';
import { Pictures } from './appearance/index.ts';
import type { Batch, Item, Journal } from './batch/journal.ts';
import type { RunnerDeps } from './batch/runner.ts';
import { readCertificate, type Certificate } from './cms/index.ts';
import { completeSigned, evidenceOf, prepareBatchFile, type CompleteContext } from './files.ts';
import type { RootStore } from './roots.ts';
import { readSettings, type folders, type SigningSettings } from './settings.ts';
import { TIMESTAMP_ROOM, type Level } from './sign.ts';
import { openKey, type OpenKey } from './tokens/index.ts';
import { assess, issuersOf, requestTimestamp, type Assessment } from './trust/index.ts';
import type { StartRequest } from './requests.ts';
import type { SigningDeps } from './types.ts';
import type { Stamp } from './upgrade.ts';

/** What a batch works with: how keys are opened, files prepared and finished on this station. */
export class Workshop {
  private readonly deps: SigningDeps;
  private readonly journal: Journal;
  private readonly roots: RootStore;
  private readonly dirs: ReturnType<typeof folders>;
  private readonly findings = new Map<string, Assessment>();
  readonly pictures: Pictures;

  constructor(deps: SigningDeps, journal: Journal, roots: RootStore, dirs: ReturnType<typeof folders>) {
    this.deps = deps;
    this.journal = journal;
    this.roots = roots;
    this.dirs = dirs;
    this.pictures = new Pictures(dirs.pictures);
  }

  private settings(): SigningSettings {
    return readSettings(this.deps.store);
  }

  /** Reads flags, sends the PIN once, finds the key, asks about the certificate. Closes the key again on a refusal. */
  async openKey(
    request: Pick<StartRequest, 'module' | 'tokenSerial' | 'certificateId' | 'pin' | 'confirmFinalTry'>,
  ): Promise<OpenKey | Refusal> {
    const { clock } = this.deps;
    const trust = this.roots.trust();
    const key = await openKey(
      {
        module: request.module,
        serial: request.tokenSerial,
        certificateId: request.certificateId,
        pin: request.pin,
        confirmFinalTry: request.confirmFinalTry,
        preferPss: false,
      },
      {
        spawn: this.deps.spawn,
        trainingDir: this.deps.training ? this.dirs.training : null,
        now: () => clock.now(),
        chainOf: (certificate, others) =>
          issuersOf(
            certificate.der,
            others.map((one) => one.der),
            trust,
            clock.now(),
          ).map((der) => readCertificate(der)),
        ...(this.deps.tokenProcess ? { processOptions: this.deps.tokenProcess } : {}),
      },
    );
    if (isRefusal(key)) return key;
    const finding = await assess({
      certificate: key.signer.certificate.der,
      pool: key.signer.chain.map((one) => one.der),
      trust,
      at: clock.now(),
      offline: this.settings().offline || key.signer.training,
    });
    if (finding.refused) {
      await key.close();
      return finding.refused;
    }
    this.findings.set(key.signer.certificate.id, finding);
    return key;
  }

  /** `<name>_daky_<time>_<batch>.pdf` in the folder of the day. */
  outputFor(item: Item, batchId: string, now: number): string {
    const stamp = vietnamIso(now).slice(0, 19).replace(/[-:]/g, '').replace('T', '_');
    const stem = path.basename(item.file, path.extname(item.file)).replace(/_daky_\d{8}_\d{6}(_[0-9a-f]{4})?$/, '');
    return path.join(this.dirs.signed(businessDay(now)), `${stem}_daky_${stamp}_${batchId.slice(0, 4)}.pdf`);
  }

  /** How the files of this batch are prepared, timestamped and finished. */
  stages(batch: Batch): Pick<RunnerDeps, 'journal' | 'now' | 'prepare' | 'timestamp' | 'evidence' | 'complete'> {
    const { clock } = this.deps;
    const stamp = this.stamp();
    return {
      journal: this.journal,
      now: () => clock.now(),
      prepare: (file, signer) => {
        return prepareBatchFile(file, signer, {
          signedAt: clock.now(),
          agency: this.deps.agency ?? signer.certificate.organisation,
          training: this.deps.training,
          timestampBytes: batch.level === 'B-B' ? 0 : TIMESTAMP_ROOM,
          pictures: { signature: this.pictures.signature(signer.certificate.id), seal: this.pictures.seal() },
        });
      },
      timestamp: batch.level === 'B-B' || !stamp ? null : (signature) => stamp(createHash('sha256').update(signature).digest()),
      evidence: (prepared, signer, timestamped) =>
        evidenceOf(prepared, signer, timestamped, this.findings.get(signer.certificate.id)),
      complete: (prepared, signer, signed, timestamp) =>
        completeSigned(prepared, signer, signed, timestamp, this.completion(batch.level, signer.certificate, signer.chain)),
    };
  }

  /** Null when no timestamp server is set. */
  stamp(): Stamp | null {
    const url = this.settings().tsaUrl;
    return url === null ? null : (imprint) => requestTimestamp(imprint, { url, ...this.deps.tsa });
  }

  completion(level: Level, certificate: Certificate, pool: readonly Certificate[]): CompleteContext {
    const now = this.deps.clock.now();
    return {
      level,
      finding: this.findings.get(certificate.id),
      stamp: this.stamp(),
      pool,
      longTerm: { trust: this.roots.trust(), at: now, offline: this.settings().offline },
    };
  }
}
