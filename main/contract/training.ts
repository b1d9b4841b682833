import { z } from 'zod';
import { base, command, live } from './base.ts';

/** Something an officer can do to a neighbour and take back: no paper, cable out, slow wire. */
export const trainingSwitch = z.object({ key: z.string(), vi: z.string(), en: z.string(), on: z.boolean() });
/** Something that happens once: hold a card under the reader, press a key. */
export const trainingAction = z.object({ key: z.string(), vi: z.string(), en: z.string() });

/** A device of the rehearsal, which speaks the real protocol to the real driver. */
export const neighbour = z.object({
  id: z.string(),
  nameVi: z.string(),
  nameEn: z.string(),
  switches: z.array(trainingSwitch),
  actions: z.array(trainingAction),
  /** How many papers lie in its tray; `papers` shows them. */
  papers: z.number().int().nonnegative(),
  /** What it shows or says now, for displays. */
  shows: z.string().nullable(),
});
export type NeighbourView = z.infer<typeof neighbour>;

/** Served in training mode only; a live station answers each of these with a refusal. */
export const trainingContract = {
  live: base.meta({ roles: ['officer', 'station'] }).output(live(z.array(neighbour), neighbour)),
  setSwitch: base
    .meta({ roles: ['officer', 'station'] })
    .input(command({ id: z.string(), key: z.string(), on: z.boolean() }))
    .output(neighbour),
  act: base
    .meta({ roles: ['officer', 'station'] })
    .input(command({ id: z.string(), key: z.string() }))
    .output(neighbour),
  /** The newest papers, newest first, each a PNG in base64 at the printer's own dots. */
  papers: base
    .meta({ roles: ['officer', 'station'] })
    .input(z.object({ id: z.string(), limit: z.number().int().min(1).max(10).default(3) }))
    .output(z.array(z.object({ png: z.string(), text: z.array(z.string()) }))),
};
