import { createHash, scryptSync, timingSafeEqual } from 'node:crypto';

/** Wrong passwords in a row before a login rests, and for how long. */
export const MAX_WRONG = 5;
export const REST_MS = 5 * 60 * 1000;

/** scrypt with 16 MiB (N = 2^14, r = 8, p = 1); `salt` is 16 bytes. Returns 32 bytes. */
export function hashPassword(password: string, salt: Buffer): Buffer {
  return scryptSync(password.normalize('NFC'), salt, 32, { N: 16_384, r: 8, p: 1 });
}

export function passwordMatches(password: string, salt: Buffer, hash: Buffer): boolean {
  return timingSafeEqual(hashPassword(password, salt), hash);
}

export interface AuditFields {
  readonly seq: number;
  readonly at: number;
  readonly officerId: string | null;
  readonly deviceId: string;
  readonly action: string;
  readonly subject: string;
  readonly note: string;
}

/** Each row's hash covers the one before it, so a row cannot be changed or taken out without every later one telling. */
export function auditHash(previous: string, row: AuditFields): string {
  return createHash('sha256')
    .update(JSON.stringify([previous, row.seq, row.at, row.officerId, row.deviceId, row.action, row.subject, row.note]))
    .digest('hex');
}

/** May this login be tried now? Returns the instant from which it may, or null when at once. */
export function restingUntil(wrong: number, lastWrongAt: number, now: number): number | null {
  if (wrong < MAX_WRONG) return null;
  const until = lastWrongAt + REST_MS;
  return now < until ? until : null;
}
