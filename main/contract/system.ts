import { z } from 'zod';
import { base, businessDay, instant } from './base.ts';

export const systemInfo = z.object({
  version: z.string(),
  training: z.boolean(),
  unit: z.object({ name: z.string(), place: z.string(), agencyCode: z.string() }),
  role: z.enum(['officer', 'station', 'kiosk', 'board', 'feedback']),
  deviceId: z.string(),
  counterId: z.string().nullable(),
  now: instant,
  businessDay,
  /** Set when the wall clock jumped; screens show it until somebody has looked. */
  clockWarning: z.string().nullable(),
});
export const screenRole = z.enum(['kiosk', 'board', 'feedback', 'station']);
export const pairedDevice = z.object({
  deviceId: z.string(),
  role: screenRole,
  name: z.string(),
  counterId: z.string().nullable(),
  pairedAt: instant,
  lastSeen: instant,
});

export const systemContract = {
  info: base.meta({ roles: ['officer', 'station', 'kiosk', 'board', 'feedback'] }).output(systemInfo),
  /** A short code, good for ten minutes and one use, that a new screen types at `/pair`. */
  pairingCode: base
    .meta({ roles: ['officer'] })
    .input(z.object({ role: screenRole, name: z.string().min(1).max(60), counterId: z.string().max(20).optional() }))
    .output(z.object({ code: z.string(), expiresAt: instant, addresses: z.array(z.string()) })),
  devices: base.meta({ roles: ['officer'] }).output(z.array(pairedDevice)),
  unpair: base
    .meta({ roles: ['officer'], duties: ['admin', 'supervisor'] })
    .input(z.object({ deviceId: z.string() }))
    .output(z.object({ unpaired: z.boolean() })),
};
