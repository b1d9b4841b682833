import type { Channel, DueDateView, FeeInput, FeesView, ProcedureView } from '../contract/catalogue.ts';
import type { Refusal } from '../contract/refusal.ts';
import type { Area, Blanks, Documents } from '../documents/index.ts';
import type { Clock, Store } from '../store/index.ts';
import type { OutgoingDossier, OutgoingStatus } from './outgoing.ts';

/** Who does something, at which counter. Made by the handlers from the caller, never from input. */
export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly counterId: string;
}

/** What this room asks of the catalogue. */
export interface CatalogueFunctions {
  procedure(code: string, version?: string): ProcedureView | Refusal;
  dueDate(code: string, caseId: string | undefined, receivedAt: number, version?: string): DueDateView | Refusal;
  dueAfterPause(
    at: { code: string; caseId: string; version: string; policy?: 'RECOUNT' | 'PAUSE_RESUME' },
    pause: { dueAt: number; pausedAt: number; resumedAt: number },
  ): DueDateView | Refusal;
  fees(code: string, channel: Channel, at: number, input: FeeInput, version?: string): FeesView | Refusal;
  /** Receiving and competent agency of an entry, by code and name. */
  agencies(code: string, version?: string): { receiving: { code: string; name: string }; competent: { code: string; name: string } };
  /** The code that a `pending:…` entry has by now, if it has one. */
  successor(code: string): string | undefined;
  /** Words of the promise for a moment, for dates that were set by hand. */
  describeDue(dueAt: number, receivedAt: number, basis: string): DueDateView;
}

export interface PageInfo {
  readonly id: string;
  /** "mờ, nên quét lại"; empty for a good page. */
  readonly note: string;
}

export interface SigningWork {
  readonly dossierId: string;
  readonly documentId: string;
  readonly name: string;
  /** Absolute path of the PDF to be signed. */
  readonly file: string;
  readonly sha256: string;
  readonly code: string;
  readonly applicant: string;
  readonly procedure: string;
  readonly dueAt: number | null;
  /** Where the signature may stand; null for a file that was brought along. */
  readonly area: Area | null;
  /** Where the clerk is to write number and date; null when they are there already, or nobody knows. */
  readonly blanks: Blanks | null;
}

export interface DossiersDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly catalogue: CatalogueFunctions;
  readonly documents: Documents;
  /** Account that fees go to; null: no payment code is offered. */
  readonly payment: { readonly bankBin: string; readonly account: string } | null;
  /**
   * Next official code from the province, or null when it cannot be had now; must come back within its own time limit. Asked twice for
   * the same dossier and day, a province that honours keys gives the same one.
   */
  readonly nextDossierCode: (day: string, dossierId: string) => Promise<string | null>;
  /** Put into the outbox, synchronously, inside the caller's transaction. */
  readonly enqueueDossier: (dossier: OutgoingDossier, revision: number) => void;
  readonly enqueueStatus: (status: OutgoingStatus) => void;
  /** Which of these pages are there, in the order asked for. */
  readonly pages: (ids: readonly string[]) => readonly PageInfo[];
  /**
   * Writes the pages as one PDF to `file`, which lies in the data folder. @returns a refusal when it is too large for what the
   * province takes of this procedure (its code)
   */
  readonly buildComponentPdf: (
    pageIds: readonly string[],
    options: { file: string; title: string; createdAt: number; procedure: string | null },
  ) => Promise<unknown>;
  /** Puts a result on the worklist of those who sign, inside the caller's transaction. */
  readonly addToSigningWorklist: (work: SigningWork) => void;
  /** One audit row, inside the caller's transaction. Never personal data beyond the dossier's id. */
  readonly audit: (entry: { who: string; what: string; dossierId: string; detail: string }) => void;
  /** Lets a ticket go when its draft is parked; the queue's. */
  readonly parkTicket?: (ticketId: string, actor: Actor) => void;
}
