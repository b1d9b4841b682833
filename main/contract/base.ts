import { oc, eventIterator } from '@orpc/contract';
import { z } from 'zod';
import type { ProcedureMeta } from './context.ts';
import { refusalSchema } from './refusal.ts';

/**
 * Every procedure of the contract starts from `base` and may answer with one of these errors; nothing else crosses the
 * border. Who may call it stands in its meta: officers alone unless it says otherwise, `.meta({ roles: ['kiosk'] })`.
 */
export const base = oc.$meta<ProcedureMeta>({ roles: ['officer'] }).errors({
  /** A rule said no: see `refusal.ts`. */
  REFUSED: { status: 409, data: refusalSchema },
  /** Nobody is signed in, or the session ended. */
  UNAUTHORIZED: { status: 401, data: refusalSchema },
  /** This screen's role may not do that. */
  FORBIDDEN: { status: 403, data: refusalSchema },
  /** Something nobody expected. `id` stands in the log next to the detail. */
  UNEXPECTED: { status: 500, data: z.object({ id: z.string(), vi: z.string(), en: z.string() }) },
});

/** A command carries an id chosen by the screen: the same id has one effect and one answer, however often it is sent. */
export const commandId = z
  .string()
  .min(8)
  .max(64)
  .regex(/^[A-Za-z0-9_-]+$/);
export const command = <S extends z.ZodRawShape>(shape: S) => z.object({ commandId, ...shape });

/** Milliseconds since 1970, UTC. */
export const instant = z.number().int().nonnegative();
/** Day of business in Asia/Ho_Chi_Minh, stored when a thing is made and never computed again. */
export const businessDay = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

/**
 * A live stream starts with a whole snapshot and goes on with numbered events. A consumer that sees a gap in `seq`
 * closes the stream and opens it again, which brings a new snapshot.
 */
export const live = <S extends z.ZodType, E extends z.ZodType>(snapshot: S, event: E) =>
  eventIterator(
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('snapshot'), seq: z.number().int(), snapshot }),
      z.object({ type: z.literal('event'), seq: z.number().int(), event }),
    ]),
  );

/** A file that a screen shows: fetched as `GET /file/<ticket>`, one short-lived ticket per look. */
export const fileLink = z.object({ url: z.string(), name: z.string(), type: z.string(), size: z.number().int().nonnegative() });
