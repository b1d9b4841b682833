import { z } from 'zod';
import { channel, dueDateView, feeInput, feesView } from '../contract/catalogue.ts';
import { businessState, componentState, dossierView, personView, type Axes, type BusinessState } from '../contract/dossiers.ts';

const shape = dossierView.shape;

/** The part of a dossier that is read and written as a whole; checked when it comes out of the database. */
export const body = z.object({
  applicant: personView.default({}),
  owner: personView.nullable().default(null),
  authority: z.string().nullable().default(null),
  request: z.string().default(''),
  sets: z.number().int().positive().default(1),
  components: z
    .array(
      z.object({
        key: z.string(),
        name: z.string(),
        required: z.boolean(),
        set: componentState.nullable(),
        originals: z.number(),
        certified: z.number(),
        copies: z.number(),
        returned: z.boolean(),
        database: z.string().nullable(),
        onlyForRepresentative: z.boolean(),
        form: z.string().nullable(),
        note: z.string().nullable(),
        pageIds: z.array(z.string()),
        pageNotes: z.array(z.string()),
        file: z.object({ id: z.string(), path: z.string(), name: z.string(), size: z.number(), sha256: z.string() }).nullable(),
        reusedFrom: z.string().nullable(),
      }),
    )
    .default([]),
  feeInput: feeInput.default({ quantities: {}, exemptions: [], vneidLevel2: false }),
  /** Frozen at acceptance. */
  fees: feesView.nullable().default(null),
  payment: shape.payment.default(null),
  /** A date that the officer set by hand before acceptance, with the law that allows it. */
  dueOverride: z.object({ dueAt: z.number(), basis: z.string() }).nullable().default(null),
  /** The promise that holds, frozen at acceptance. */
  due: dueDateView.nullable().default(null),
  promises: shape.promises.default([]),
  pauses: shape.pauses.default([]),
  apologised: z.boolean().default(false),
  /** State in which the clock was stopped. */
  back: businessState.nullable().default(null),
  supplements: shape.supplements.default([]),
  handover: shape.handover.default(null),
  rating: shape.rating.default(null),
  shelf: z.string().nullable().default(null),
  /** Where the papers are when not at the centre. */
  heldBy: z.string().nullable().default(null),
  /** A code that the province gave before the acceptance was committed; used by the next try. */
  reservedCode: z.string().nullable().default(null),
  /** The citizen still holds a slip with the provisional number. */
  slipOutdated: z.boolean().default(false),
  /** The result that waits for a signature. */
  toSign: z.string().nullable().default(null),
  resultSigned: z.boolean().default(false),
  rejection: z.string().nullable().default(null),
  /** How often the dossier itself was sent: 1 at acceptance, one more for each supplement that came. */
  sentRevision: z.number().int().default(0),
});
export type Body = z.output<typeof body>;

export interface Procedure {
  code: string;
  version: string;
  name: string;
  caseId: string;
  caseName: string;
  immediate: boolean;
  result: string;
}

/** One dossier as the rules see it. `seq` grows with time and is the order of every list. */
export interface Dossier {
  readonly seq: number;
  readonly id: string;
  revision: number;
  axes: Axes;
  counterId: string;
  channel: z.infer<typeof channel>;
  ticket: { id: string; number: string } | null;
  code: string | null;
  provisionalCode: string | null;
  procedure: Procedure | null;
  receivedAt: number | null;
  /** YYYY-MM-DD in Vietnam, stored at acceptance. */
  receivedDay: string | null;
  dueAt: number | null;
  finishedAt: number | null;
  returnedAt: number | null;
  endedAt: number | null;
  acceptedBy: string | null;
  registerYear: number | null;
  registerNumber: number | null;
  createdAt: number;
  savedAt: number;
  body: Body;
}

export interface HistoryRow {
  readonly at: number;
  readonly who: string;
  readonly action: string;
  readonly what: string;
  readonly detail: string;
  readonly business: BusinessState;
  readonly source: string;
  readonly from: string;
  readonly to: string;
}
