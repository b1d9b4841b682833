import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { isRefusal, type Refusal } from '../contract/refusal.ts';
import { businessDay, vietnamIso } from '../store/index.ts';
import { writeResult } from './append/index.ts';
import { makeFonts, Pictures } from './appearance/index.ts';
import type { Batch, Item, Journal } from './batch/journal.ts';
import { AHEAD, type ReadyFiles, type RunnerDeps } from './batch/runner.ts';
import { Writer } from './batch/writer.ts';
import { readCertificate, type Certificate } from './cms/index.ts';
import { completeSigned, evidenceOf, prepareBatchFile, type CompleteContext, type PlannedFile, type Preparer } from './files.ts';
import { SMALL_FILE } from './pdf/index.ts';
import type { RootStore } from './roots.ts';
import { readSettings, type folders, type SigningSettings } from './settings.ts';
import { TIMESTAMP_ROOM, type Level, type PreparedFile } from './sign.ts';
import { openKey, type Identity, type OpenKey } from './tokens/index.ts';
import { assess, issuersOf, requestTimestamp, type Assessment } from './trust/index.ts';
import type { StartRequest } from './requests.ts';
import type { SigningDeps } from './types.ts';
import type { Stamp } from './upgrade.ts';

/** So many small files keep a second thread busy. */
const WORTH_A_THREAD = 4;
/** It goes when nobody has signed for so long. */
const REST_MS = 60_000;

/** Infinity when there is no such file. */
const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? Infinity;

/** What a batch works with: how keys are opened, files prepared and finished on this station. */
export class Workshop {
  private readonly deps: SigningDeps;
  private readonly journal: Journal;
  private readonly roots: RootStore;
  private readonly dirs: ReturnType<typeof folders>;
  private readonly findings = new Map<string, Assessment>();
  private writer: Writer | null = null;
  private resting: NodeJS.Timeout | null = null;
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
    onCertificate?: (identity: Identity) => void,
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
        preferPss: this.settings().pss,
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
        ...(onCertificate ? { onCertificate } : {}),
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

  private prepare(level: Level, file: PlannedFile, signer: Preparer): Promise<PreparedFile | Refusal> {
    return prepareBatchFile(file, signer, {
      signedAt: this.deps.clock.now(),
      agency: this.deps.agency ?? signer.certificate.organisation,
      training: this.deps.training,
      timestampBytes: level === 'B-B' ? 0 : TIMESTAMP_ROOM,
      pictures: { signature: this.pictures.signature(signer.certificate.id), seal: this.pictures.seal() },
    });
  }

  /**
   * Prepares the first files of a batch while its key is opened. Small ones only: a large one is copied, and before the batch is in
   * the journal nobody would clear that copy away after a crash. One step after the other, with a turn between.
   */
  prepareAhead(level: Level, files: readonly PlannedFile[], identity: Identity): ReadyFiles {
    const ready: ReadyFiles = new Map();
    // An error of any step is heard when a file's turn comes.
    let before: Promise<unknown> = turn()
      .then(() => makeFonts(identity.certificate.subject, this.deps.training))
      .catch(() => undefined);
    for (const file of files.slice(0, AHEAD)) {
      if (sizeOf(file.input) > SMALL_FILE) continue;
      const begun = before.then(() => turn()).then(() => this.prepare(level, file, { ...identity, training: false }));
      before = begun.catch(() => undefined);
      ready.set(file.position, begun);
    }
    return ready;
  }

  /** Before a batch: gets the thread that writes ready, while the token gets ready too. For a few small files it would not be worth it. */
  warmUp(files: readonly Pick<PlannedFile, 'input'>[]): void {
    if (this.resting) clearTimeout(this.resting);
    this.resting = null;
    if (files.length >= WORTH_A_THREAD) this.writer ??= new Writer();
  }

  /** After a batch: the next one often follows soon, and finds the thread in swing. */
  rest(): void {
    if (this.resting) clearTimeout(this.resting);
    this.resting = setTimeout(() => void this.close(), REST_MS).unref();
  }

  async close(): Promise<void> {
    if (this.resting) clearTimeout(this.resting);
    this.resting = null;
    const { writer } = this;
    this.writer = null;
    await writer?.close();
  }

  /** How the files of this batch are prepared, timestamped and finished. */
  stages(batch: Batch): Pick<RunnerDeps, 'journal' | 'now' | 'prepare' | 'timestamp' | 'evidence' | 'write' | 'complete'> {
    const { clock } = this.deps;
    const stamp = this.stamp();
    return {
      journal: this.journal,
      now: () => clock.now(),
      prepare: (file, signer) => this.prepare(batch.level, file, signer),
      timestamp: batch.level === 'B-B' || !stamp ? null : (signature) => stamp(createHash('sha256').update(signature).digest()),
      evidence: (prepared, signer, timestamped) => evidenceOf(prepared, signer, timestamped, this.findings.get(signer.certificate.id)),
      write: (job) => this.writer?.write(job) ?? writeResult(job),
      complete: async (prepared, signer, signed, timestamp) => {
        // Nothing is looked up for what needs nothing more.
        if (batch.level === 'B-B') return { level: 'B-B', sha256: signed.sha256, owes: null, missing: [] };
        return completeSigned(prepared, signer, signed, timestamp, this.completion(batch.level, signer.certificate, signer.chain));
      },
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
