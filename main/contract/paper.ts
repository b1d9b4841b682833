import { z } from 'zod';

/**
 * What a ticket says. The queue room makes it, `documents/ticket` turns it into blocks of paper, `devices` prints those.
 * No personal data: a queue ticket lies about in the hall.
 */
export const ticketContent = z.object({
  /** As it is called aloud and shown on the boards, for example `B 027`. */
  number: z.string().min(1).max(12),
  series: z.string().max(12),
  serviceName: z.string().min(1).max(160),
  /** Epoch ms. */
  issuedAt: z.number().int(),
  /** Expected wait in minutes from now, a range; null when the queue cannot say. */
  waitFrom: z.number().int().nonnegative().nullable(),
  waitTo: z.number().int().nonnegative().nullable(),
  /** Name of the one-stop shop, as the head of the ticket. */
  place: z.string().min(1).max(160),
  /** What the QR holds; see `ticketQr` in the reader's shapes. */
  qr: z.string().min(1).max(120),
  /** Training papers say so in words that nobody can miss. */
  training: z.boolean(),
  reprint: z.boolean(),
  /** Why this ticket is called early, in words ("Người cao tuổi"); absent for everybody else. */
  priority: z.string().max(60).optional(),
});
export type TicketContent = Readonly<z.infer<typeof ticketContent>>;

/**
 * One piece of paper from top to bottom. Sizes are names, because a dot means something else on each printer: `normal`
 * is a line of text (24 dots on a 203 dpi printer), `number` the ticket's number, readable at arm's length.
 */
export const paperBlock = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('text'),
    text: z.string(),
    size: z.enum(['small', 'normal', 'large', 'number']),
    bold: z.boolean().optional(),
    align: z.enum(['left', 'center']).optional(),
  }),
  /** A thin line across the paper. */
  z.object({ kind: z.literal('rule') }),
  /** Empty paper, in millimetres. */
  z.object({ kind: z.literal('space'), mm: z.number().positive() }),
  z.object({ kind: z.literal('qr'), data: z.string().min(1) }),
]);
export type PaperBlock = Readonly<z.infer<typeof paperBlock>>;
/** A whole slip; the printer cuts after it. */
export type Paper = readonly PaperBlock[];

/**
 * What the QR of our own slips holds (a receipt: its code as it is printed): upper case only, which halves the size of the
 * code. Readers take these shapes apart in `devices/reader`; nothing personal is in them.
 */
export const ticketQr = (number: string, ticketId: string): string => `QUAY:T:${number.replaceAll(' ', '')}:${ticketId}`.toUpperCase();
/** The booking system prints the code alone or in this shape; both are taken. */
export const appointmentQr = (code: string): string => `QUAY:A:${code}`.toUpperCase();
