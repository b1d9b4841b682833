import { isRefusal, type Refusal } from '../../contract/refusal.ts';
import type { Blanks, CopyKind, VisibleForm } from '../appearance/index.ts';
import type { Level } from '../sign.ts';

/** The rows of the journal and what they mean. */
export type Step = 'leader' | 'clerk';
export type ItemState = 'waiting' | 'in-batch' | 'signed' | 'refused' | 'failed' | 'set-aside' | 'returned';
export type FileState = 'pending' | 'signed' | 'refused' | 'failed' | 'skipped';
export type BatchState = 'running' | 'paused' | 'cancelling' | 'done' | 'cancelled' | 'stopped';

export interface Item {
  readonly documentId: string;
  readonly dossierId: string;
  readonly dossierCode: string;
  readonly title: string;
  /** The newest version: what the next step signs. */
  readonly file: string;
  readonly form: VisibleForm;
  readonly copyKind: CopyKind;
  readonly steps: readonly Step[];
  /** Where number and date are left blank for the clerk; null when nobody said. */
  readonly blanks: Blanks | null;
  /** The place that the document leaves free for the leader's signature; null when nobody said. */
  readonly area: Place | null;
  readonly state: ItemState;
  readonly seenSha256: string | null;
  readonly reason: Refusal | null;
  readonly addedAt: number;
  readonly signedAt: number | null;
  readonly level: Level | null;
  readonly signer: string | null;
  readonly sha256: string | null;
}

export interface Place {
  readonly page: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface FileOptions {
  readonly form: VisibleForm;
  readonly copyKind?: CopyKind;
  readonly blanks?: Blanks | null;
  readonly placement: Place | null;
  readonly field: string | null;
  readonly number: string | null;
  /** Steps that remained when the batch began, this one included. */
  readonly steps: readonly Step[];
}

export interface BatchFile {
  readonly batchId: string;
  readonly position: number;
  readonly documentId: string;
  readonly input: string;
  readonly output: string;
  readonly seenSha256: string;
  readonly options: FileOptions;
  readonly state: FileState;
  readonly reason: Refusal | null;
  readonly level: Level | null;
  readonly signedAt: number | null;
  readonly sha256: string | null;
}

export interface Batch {
  readonly id: string;
  readonly commandId: string;
  readonly state: BatchState;
  readonly why: Refusal | null;
  readonly module: string;
  readonly tokenSerial: string;
  readonly certificateId: string;
  readonly signer: string;
  readonly level: Level;
  readonly startedAt: number;
  readonly endedAt: number | null;
}

export interface ItemRow {
  document_id: string;
  dossier_id: string;
  dossier_code: string;
  title: string;
  file: string;
  form: string;
  steps: string;
  area: string | null;
  copy_kind: string | null;
  blanks: string | null;
  state: string;
  seen_sha256: string | null;
  reason: string | null;
  added_at: number;
  signed_at: number | null;
  level: string | null;
  signer: string | null;
  sha256: string | null;
}

export interface FileRow {
  batch_id: string;
  position: number;
  document_id: string;
  input: string;
  output: string;
  seen_sha256: string;
  options: string;
  state: string;
  reason: string | null;
  level: string | null;
  signed_at: number | null;
  sha256: string | null;
}

export interface BatchRow {
  id: string;
  command_id: string;
  state: string;
  why: string | null;
  module: string;
  token_serial: string;
  certificate_id: string;
  signer: string;
  level: string;
  started_at: number;
  ended_at: number | null;
}

const readRefusal = (text: string | null): Refusal | null => {
  const value: unknown = text === null ? null : JSON.parse(text);
  return isRefusal(value) ? value : null;
};
export const writeRefusal = (refusal: Refusal | null): string | null => (refusal ? JSON.stringify(refusal) : null);

export const toItem = (row: ItemRow): Item => ({
  documentId: row.document_id,
  dossierId: row.dossier_id,
  dossierCode: row.dossier_code,
  title: row.title,
  file: row.file,
  form: row.form as VisibleForm,
  steps: row.steps.split(',').filter(Boolean) as Step[],
  area: row.area === null ? null : (JSON.parse(row.area) as Place),
  copyKind: (row.copy_kind ?? 'SAO Y') as CopyKind,
  blanks: row.blanks === null ? null : (JSON.parse(row.blanks) as Blanks),
  state: row.state as ItemState,
  seenSha256: row.seen_sha256,
  reason: readRefusal(row.reason),
  addedAt: row.added_at,
  signedAt: row.signed_at,
  level: row.level as Level | null,
  signer: row.signer,
  sha256: row.sha256,
});

export const toFile = (row: FileRow): BatchFile => ({
  batchId: row.batch_id,
  position: row.position,
  documentId: row.document_id,
  input: row.input,
  output: row.output,
  seenSha256: row.seen_sha256,
  options: JSON.parse(row.options) as FileOptions,
  state: row.state as FileState,
  reason: readRefusal(row.reason),
  level: row.level as Level | null,
  signedAt: row.signed_at,
  sha256: row.sha256,
});

export const toBatch = (row: BatchRow): Batch => ({
  id: row.id,
  commandId: row.command_id,
  state: row.state as BatchState,
  why: readRefusal(row.why),
  module: row.module,
  tokenSerial: row.token_serial,
  certificateId: row.certificate_id,
  signer: row.signer,
  level: row.level as Level,
  startedAt: row.started_at,
  endedAt: row.ended_at,
});
