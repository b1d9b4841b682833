import { z } from 'zod';
import { base, command, instant } from './base.ts';

export const duty = z.enum(['reception', 'helper', 'appraisal', 'leader', 'clerk', 'supervisor', 'admin']);

/** What a sign-in screen may show before anybody has signed in: no identity numbers, no telephone. */
export const officerName = z.object({ login: z.string(), name: z.string(), title: z.string() });
export const officer = officerName.extend({ id: z.string(), duties: z.array(duty), active: z.boolean() });
export const me = z.object({
  officer: officer.nullable(),
  counterId: z.string().nullable(),
  /** When the sign-in ends by itself (end of the business day). */
  until: instant.nullable(),
});
export const auditRow = z.object({
  seq: z.number().int(),
  at: instant,
  officer: z.string().nullable(),
  deviceId: z.string(),
  action: z.string(),
  subject: z.string(),
  note: z.string(),
});
const secret = z.string().min(8).max(128);
const login = z
  .string()
  .min(2)
  .max(40)
  .regex(/^[a-z0-9._-]+$/);

export const officersContract = {
  /** Officers who may sign in at this station. */
  names: base.meta({ roles: ['station', 'officer'] }).output(z.array(officerName)),
  me: base.meta({ roles: ['station', 'officer'] }).output(me),
  signIn: base
    .meta({ roles: ['station', 'officer'] })
    .input(z.object({ login, password: z.string().max(128) }))
    .output(me),
  signOut: base.meta({ roles: ['station', 'officer'] }).output(me),
  changePassword: base.input(z.object({ old: z.string().max(128), new: secret })).output(z.object({ changed: z.literal(true) })),
  list: base.meta({ roles: ['officer'], duties: ['admin', 'supervisor'] }).output(z.array(officer)),
  /**
   * Makes an officer, or changes the one with this login. A new officer needs a password. `asNew`: the login must be free, so
   * that adding somebody never overwrites somebody else.
   */
  save: base
    .meta({ roles: ['officer'], duties: ['admin'] })
    .input(
      command({
        login,
        name: z.string().min(2).max(80),
        title: z.string().max(80),
        duties: z.array(duty).min(1),
        active: z.boolean(),
        password: secret.optional(),
        asNew: z.boolean().optional(),
      }),
    )
    .output(officer),
  /** Who did what, newest first; the chain of hashes is checked as it is read. */
  audit: base
    .meta({ roles: ['officer'], duties: ['admin', 'supervisor'] })
    .input(z.object({ before: z.number().int().optional(), limit: z.number().int().min(1).max(200).default(100) }))
    .output(z.object({ rows: z.array(auditRow), chain: z.enum(['whole', 'broken']) })),
};
