import { z } from 'zod';
import { base, command, fileLink, instant, live } from './base.ts';

/** What a separator sheet says, in bars (Code 128) or in a QR code: it ends one paper of a batch and begins the next. */
export const SEPARATOR_CODE = 'QUAY-TACH';

/** Scanners and the pages that come out of them. A page belongs to one component of one dossier draft. */
export const scanSource = z.enum(['feeder', 'flatbed']);
export const scanColour = z.enum(['colour', 'gray', 'bw']);
export const scanReason = z.enum([
  'feeder-empty',
  'jam',
  'cover-open',
  'busy',
  'offline',
  'access-denied',
  'timeout',
  'protocol',
  'driver-crashed',
  'driver-missing',
  'disk-full',
  'unsupported',
  'interrupted',
]);
/** What stopped a scanner or a scan, with the sentence that says what to do. */
export const scanTrouble = z.object({ reason: scanReason, vi: z.string(), en: z.string() });

export const scannerInfo = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['escl', 'sane', 'wia']),
  /** `absent`: known to this counter but not answering. */
  state: z.enum(['absent', 'connecting', 'ready', 'busy', 'attention', 'error']),
  trouble: scanTrouble.nullable(),
  /** Is there paper in the feeder; null when the device cannot tell. */
  feederLoaded: z.boolean().nullable(),
  since: instant,
  lastSeen: instant.nullable(),
  sources: z.array(
    z.object({
      source: scanSource,
      duplex: z.boolean(),
      colours: z.array(scanColour),
      /** Dots per inch, ascending; only those a component may have (200 and more). */
      dpis: z.array(z.number().int()),
      widthMm: z.number(),
      heightMm: z.number(),
    }),
  ),
});

/** Which pile of pages: one component of one dossier draft. */
const pile = { draftId: z.string().min(1).max(64), component: z.string().min(1).max(64) };

export const scanPage = z.object({
  pageId: z.string(),
  sessionId: z.string(),
  /** 1, 2, 3 … in the order of the component, dropped pages included. */
  position: z.number().int().positive(),
  /** Clockwise quarter turns that the PDF shows the page with; the picture itself stays as scanned. */
  quarterTurns: z.number().int().min(0).max(3),
  dropped: z.boolean(),
  /** The page holds next to nothing: a hint, the officer decides. Null until it was looked at. */
  blank: z.boolean().nullable(),
  /** Degrees by which its lines fall to the right; null until it was looked at. */
  skewDegrees: z.number().nullable(),
  /** Text of the bar codes on it, of separator sheets too. */
  codes: z.array(z.string()),
  /** It is a separator sheet: no page of any paper. */
  separator: z.boolean(),
  /** A copy that stands in for the scanned picture, which is kept; null as scanned. */
  improved: z.object({ deskew: z.boolean(), crop: z.boolean(), bilevel: z.boolean(), bytes: z.number().int() }).nullable(),
  widthPx: z.number().int().positive(),
  heightPx: z.number().int().positive(),
  dpi: z.number().int().positive(),
  addedAt: instant,
  image: fileLink,
});

export const scanSession = z.object({
  sessionId: z.string(),
  scannerId: z.string(),
  scannerName: z.string(),
  source: scanSource,
  dpi: z.number().int(),
  colour: scanColour,
  duplex: z.boolean(),
  /** `stopped`: ended by trouble; `cancelled`: by the officer. Pages stay in every case. */
  state: z.enum(['scanning', 'finished', 'cancelled', 'stopped']),
  pages: z.number().int().nonnegative(),
  trouble: scanTrouble.nullable(),
  startedAt: instant,
  endedAt: instant.nullable(),
});

export const scanPile = z.object({
  /** The newest scan into this component, running or over. */
  session: scanSession.nullable(),
  pages: z.array(scanPage),
});

export const scannerContract = {
  /** Known scanners; `refresh` looks for new ones first, a few seconds at most. */
  list: base
    .meta({ roles: ['officer', 'station'] })
    .input(z.object({ refresh: z.boolean().default(false) }))
    .output(z.array(scannerInfo)),
  /** Starts a scan and answers at once; pages arrive in `watch`. Without a scanner id the station's usual one is taken. */
  start: base
    .input(
      command({
        ...pile,
        scannerId: z.string().optional(),
        source: scanSource.default('feeder'),
        dpi: z.number().int().min(200).max(600).default(200),
        colour: scanColour.default('colour'),
        duplex: z.boolean().default(false),
      }),
    )
    .output(scanSession),
  cancel: base.input(command({ sessionId: z.string() })).output(scanSession),
  pages: base.input(z.object(pile)).output(scanPile),
  watch: base.input(z.object(pile)).output(
    live(
      scanPile,
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('session'), session: scanSession }),
        z.object({ kind: z.literal('page'), page: scanPage }),
        /** Page ids in their new order. */
        z.object({ kind: z.literal('order'), pageIds: z.array(z.string()) }),
      ]),
    ),
  ),
  /** Leaves a page out of the component; it can be taken back until the draft is accepted. */
  drop: base.input(command({ pageId: z.string() })).output(scanPage),
  restore: base.input(command({ pageId: z.string() })).output(scanPage),
  /** Turns by clockwise quarter turns, from -3 to 3, relative to how the page stands now. */
  rotate: base.input(command({ pageId: z.string(), by: z.number().int().min(-3).max(3) })).output(scanPage),
  /** Straightens, crops or makes black and white; nothing wished brings the scanned picture back. */
  improve: base
    .input(
      command({
        pageId: z.string(),
        deskew: z.boolean().default(false),
        crop: z.boolean().default(false),
        bilevel: z.boolean().default(false),
      }),
    )
    .output(scanPage),
  /** Where a batch falls apart, at separator sheets and at bar codes that start with the prefix (at any with an empty one). Changes nothing; `part` does. */
  split: base
    .input(z.object({ ...pile, barcodePrefix: z.string().max(40).optional() }))
    .output(z.array(z.object({ code: z.string().nullable(), pageIds: z.array(z.string()) }))),
  /**
   * Parts a batch there: the first paper stays, the next ones go to the end of the components `to` in turn, sheets are dropped.
   * Assigning `tail` back and restoring `dropped` takes it back.
   */
  part: base.input(command({ ...pile, to: z.array(pile.component).max(100), barcodePrefix: z.string().max(40).optional() })).output(
    z.object({
      papers: z.number().int().nonnegative(),
      given: z.array(z.object({ component: z.string(), pageIds: z.array(z.string()) })),
      dropped: z.array(z.string()),
      tail: z.array(z.string()),
    }),
  ),
  /** The sheet to print and to lay between two papers of a batch, A4. */
  separatorSheet: base.output(fileLink),
  /** Puts pages at the end of another component of the same draft. */
  assign: base.input(command({ ...pile, pageIds: z.array(z.string()).min(1).max(500) })).output(scanPile),
  /** Moves a page before another one of the same component, or to the end. */
  move: base.input(command({ pageId: z.string(), before: z.string().nullable() })).output(z.array(scanPage)),
};
