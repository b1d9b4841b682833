import type { Refusal } from '../../contract/refusal.ts';
import type { Statement, Store } from '../../store/index.ts';
import type { CopyKind, VisibleForm } from '../appearance/index.ts';
import type { Level } from '../sign.ts';
import {
  toBatch,
  toFile,
  toItem,
  writeRefusal,
  type Batch,
  type BatchFile,
  type BatchRow,
  type BatchState,
  type FileRow,
  type Item,
  type ItemRow,
  type ItemState,
  type Step,
} from './rows.ts';

export type { Batch, BatchFile, Item, Place, Step } from './rows.ts';

/** What a finished file leaves in the journal. */
export interface SignedRecord {
  readonly level: Level;
  readonly signedAt: number;
  readonly signer: string;
  readonly sha256: string;
}

/** What a signed document still owes: a timestamp, or the data that make it last. */
export type Owed = 'timestamp' | 'long-term';

/** The SQL of the room. Every change tells the listeners that something changed, or a batch; the content stays in the tables. */
export class Journal {
  private readonly store: Store;
  constructor(store: Store) {
    this.store = store;
  }

  private readonly statements = new Map<string, Statement>();

  /** Compiled once; a batch runs the same few statements for every file. */
  private sql(text: string): Statement {
    let statement = this.statements.get(text);
    if (!statement) {
      statement = this.store.db.prepare(text);
      this.statements.set(text, statement);
    }
    return statement;
  }

  /** Several changes in one commit. */
  together(work: () => void): void {
    this.store.transaction(work);
  }

  private change<T>(work: () => T, what: 'changed' | 'batch' = 'changed'): T {
    return this.store.transaction(() => {
      const result = work();
      this.store.emit('signing', what, {});
      return result;
    });
  }

  addItem(item: Pick<Item, 'documentId' | 'dossierId' | 'dossierCode' | 'title' | 'file' | 'form' | 'steps' | 'area' | 'blanks'>): void {
    this.change(() =>
      this.sql(
        `insert into signing_item (document_id, dossier_id, dossier_code, title, file, form, steps, area, blanks, state, added_at)
           values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?) on conflict (document_id) do nothing`,
      ).run(
        item.documentId,
        item.dossierId,
        item.dossierCode,
        item.title,
        item.file,
        item.form,
        item.steps.join(','),
        item.area === null ? null : JSON.stringify(item.area),
        item.blanks === null ? null : JSON.stringify(item.blanks),
        this.store.clock.now(),
      ),
    );
  }

  item(documentId: string): Item | undefined {
    const row = this.sql('select * from signing_item where document_id = ?').get(documentId) as ItemRow | undefined;
    return row && toItem(row);
  }

  /** What waits or was done since `since`, oldest first. */
  items(since: number): Item[] {
    const rows = this.sql(
      `select * from signing_item where state in ('waiting', 'in-batch', 'refused', 'failed', 'set-aside') or coalesce(signed_at, added_at) >= ?
         order by added_at, document_id`,
    ).all(since) as ItemRow[];
    return rows.map(toItem);
  }

  setItem(
    documentId: string,
    change: {
      state?: ItemState;
      reason?: Refusal | null;
      file?: string;
      seenSha256?: string | null;
      form?: VisibleForm;
      copyKind?: CopyKind;
      steps?: readonly Step[];
    },
  ): void {
    this.change(() => {
      const set: string[] = [];
      const values: (string | null)[] = [];
      const put = (column: string, value: string | null) => {
        set.push(`${column} = ?`);
        values.push(value);
      };
      if (change.state !== undefined) put('state', change.state);
      if (change.reason !== undefined) put('reason', writeRefusal(change.reason));
      if (change.file !== undefined) put('file', change.file);
      if (change.seenSha256 !== undefined) put('seen_sha256', change.seenSha256);
      if (change.form !== undefined) put('form', change.form);
      if (change.copyKind !== undefined) put('copy_kind', change.copyKind);
      if (change.steps !== undefined) put('steps', change.steps.join(','));
      if (set.length > 0) this.sql(`update signing_item set ${set.join(', ')} where document_id = ?`).run(...values, documentId);
    });
  }

  createBatch(
    batch: Omit<Batch, 'state' | 'why' | 'endedAt'>,
    files: readonly Omit<BatchFile, 'state' | 'reason' | 'level' | 'signedAt' | 'sha256'>[],
  ): void {
    this.change(() => {
      this.sql(
        `insert into signing_batch (id, command_id, state, module, token_serial, certificate_id, signer, level, started_at) values (?, ?, 'running', ?, ?, ?, ?, ?, ?)`,
      ).run(batch.id, batch.commandId, batch.module, batch.tokenSerial, batch.certificateId, batch.signer, batch.level, batch.startedAt);
      const insert = this.sql(
        `insert into signing_batch_file (batch_id, position, document_id, input, output, seen_sha256, options, state) values (?, ?, ?, ?, ?, ?, ?, 'pending')`,
      );
      const mark = this.sql(`update signing_item set state = 'in-batch', reason = null where document_id = ?`);
      for (const file of files) {
        insert.run(batch.id, file.position, file.documentId, file.input, file.output, file.seenSha256, JSON.stringify(file.options));
        mark.run(file.documentId);
      }
    });
  }

  batch(id: string): Batch | undefined {
    const row = this.sql('select * from signing_batch where id = ?').get(id) as BatchRow | undefined;
    return row && toBatch(row);
  }

  batchByCommand(commandId: string): Batch | undefined {
    const row = this.sql('select * from signing_batch where command_id = ?').get(commandId) as BatchRow | undefined;
    return row && toBatch(row);
  }

  newestBatch(): Batch | undefined {
    const row = this.sql('select * from signing_batch order by number desc limit 1').get() as BatchRow | undefined;
    return row && toBatch(row);
  }

  openBatches(): Batch[] {
    const rows = this.sql(
      `select * from signing_batch where state in ('running', 'paused', 'cancelling') order by number`,
    ).all() as BatchRow[];
    return rows.map(toBatch);
  }

  setBatch(id: string, state: BatchState, why: Refusal | null): void {
    const over = state === 'done' || state === 'cancelled' || state === 'stopped';
    this.change(() => {
      this.sql('update signing_batch set state = ?, why = ?, ended_at = ? where id = ?').run(
        state,
        writeRefusal(why),
        over ? this.store.clock.now() : null,
        id,
      );
      if (!over) return;
      // What was not reached goes back to the worklist.
      this.sql(
        `update signing_item set state = 'waiting' where document_id in (select document_id from signing_batch_file where batch_id = ? and state = 'pending')`,
      ).run(id);
      this.sql(`update signing_batch_file set state = 'skipped' where batch_id = ? and state = 'pending'`).run(id);
    }, 'batch');
  }

  files(batchId: string): BatchFile[] {
    return (this.sql('select * from signing_batch_file where batch_id = ? order by position').all(batchId) as FileRow[]).map(toFile);
  }

  /** One file did not get its signature; it stays as it was. */
  fileStopped(file: BatchFile, state: 'refused' | 'failed' | 'skipped', reason: Refusal | null): void {
    this.change(() => {
      this.sql('update signing_batch_file set state = ?, reason = ? where batch_id = ? and position = ?').run(
        state,
        writeRefusal(reason),
        file.batchId,
        file.position,
      );
      const item: ItemState = state === 'skipped' ? 'waiting' : state;
      this.sql('update signing_item set state = ?, reason = ? where document_id = ?').run(item, writeRefusal(reason), file.documentId);
    });
  }

  /** Files that have their signature under their final name. Each item goes to its next step, or is finished and must be told. */
  filesSigned(entries: readonly { readonly file: BatchFile; readonly record: SignedRecord; readonly owes: Owed | null }[]): void {
    this.change(() => {
      for (const { file, record, owes } of entries) this.fileSigned(file, record, owes);
    });
  }

  private fileSigned(file: BatchFile, record: SignedRecord, owes: Owed | null): void {
    this.sql(
      `update signing_batch_file set state = 'signed', reason = null, level = ?, signed_at = ?, sha256 = ? where batch_id = ? and position = ?`,
    ).run(record.level, record.signedAt, record.sha256, file.batchId, file.position);
    if (owes) {
      this.sql(`insert into signing_todo (document_id, kind, since) values (?, ?, ?) on conflict do nothing`).run(
        file.documentId,
        owes,
        record.signedAt,
      );
    }
    const item = this.item(file.documentId);
    if (!item) return;
    const steps = item.steps.slice(1);
    this.sql(
      `update signing_item set file = ?, steps = ?, form = ?, state = ?, seen_sha256 = null, reason = null, signed_at = ?, level = ?, signer = ?, sha256 = ?, told = 0
           where document_id = ?`,
    ).run(
      file.output,
      (steps.length > 0 ? steps : item.steps).join(','),
      steps[0] === 'clerk' ? 'seal' : item.form,
      steps.length > 0 ? 'waiting' : 'signed',
      record.signedAt,
      record.level,
      record.signer,
      record.sha256,
      file.documentId,
    );
  }

  /** Documents with a new signature, their last or not, that the other rooms have not been told of. */
  untold(): Item[] {
    return (this.sql(`select * from signing_item where signed_at is not null and told = 0 order by signed_at`).all() as ItemRow[]).map(
      toItem,
    );
  }

  /** @param heard with the hash of the file that they were told of: a newer one is told again */
  setTold(heard: readonly { readonly documentId: string; readonly sha256: string | null }[]): void {
    this.store.transaction(() => {
      for (const { documentId, sha256 } of heard)
        this.sql('update signing_item set told = 1 where document_id = ? and sha256 is ?').run(documentId, sha256);
    });
  }

  /** The items of a batch, by document. */
  itemsOf(batchId: string): Map<string, Item> {
    const rows = this.sql(
      'select i.* from signing_item i join signing_batch_file f on f.document_id = i.document_id where f.batch_id = ?',
    ).all(batchId) as ItemRow[];
    return new Map(rows.map((row) => [row.document_id, toItem(row)]));
  }

  /** A later signature or timestamp replaced the finished file. */
  setUpgraded(documentId: string, file: string, sha256: string, level: Level): void {
    this.change(() => {
      this.sql('update signing_item set file = ?, sha256 = ?, level = ?, told = 0 where document_id = ?').run(
        file,
        sha256,
        level,
        documentId,
      );
      this.sql('delete from signing_todo where document_id = ?').run(documentId);
    });
  }

  owed(): { documentId: string; dossierCode: string; title: string; kind: Owed; since: number; file: string }[] {
    return this.sql(
      `select t.document_id as documentId, i.dossier_code as dossierCode, i.title as title, t.kind as kind, t.since as since, i.file as file
         from signing_todo t join signing_item i on i.document_id = t.document_id order by t.since`,
    ).all() as { documentId: string; dossierCode: string; title: string; kind: Owed; since: number; file: string }[];
  }

  roots(): { id: string; der: Buffer; source: 'vgca' | 'neac' | 'added'; addedAt: number }[] {
    return this.sql('select id, der, source, added_at as addedAt from signing_root order by added_at, id').all() as {
      id: string;
      der: Buffer;
      source: 'vgca' | 'neac' | 'added';
      addedAt: number;
    }[];
  }

  addRoot(id: string, der: Buffer, source: 'vgca' | 'neac' | 'added'): void {
    this.change(() =>
      this.sql('insert into signing_root (id, der, source, added_at) values (?, ?, ?, ?) on conflict do nothing').run(
        id,
        der,
        source,
        this.store.clock.now(),
      ),
    );
  }

  removeRoot(id: string): void {
    this.change(() => this.sql('delete from signing_root where id = ?').run(id));
  }
}
