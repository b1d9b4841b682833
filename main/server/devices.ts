import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { refuse, type Refusal } from '../contract/refusal.ts';
import type { Migration, Store } from '../store/index.ts';

export type ScreenRole = 'station' | 'kiosk' | 'board' | 'feedback';
export interface PairedDevice {
  readonly deviceId: string;
  readonly role: ScreenRole;
  readonly name: string;
  readonly counterId: string | null;
  readonly pairedAt: number;
  readonly lastSeen: number;
}
export interface PairRequest {
  readonly role: ScreenRole;
  readonly name: string;
  readonly counterId?: string | undefined;
}

export const serverMigrations: Migration[] = [
  {
    room: 'server',
    number: 1,
    name: 'paired devices',
    sql: `create table paired_device (
      device_id text primary key, role text not null check (role in ('station', 'kiosk', 'board', 'feedback')), name text not null, counter_id text,
      secret_hash text not null unique, paired_at integer not null, last_seen integer not null
    ) strict;`,
  },
];

const CODE_LIFE_MS = 10 * 60 * 1000;
const WINDOW_MS = 60 * 1000;
const TRIES_PER_WINDOW = 10;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Pairing: a secret is handed out once, kept in an HttpOnly cookie by the screen and as a hash by us. */
export interface Devices {
  /** A code of eight digits for `/pair`, good once and for ten minutes. */
  code(request: PairRequest): { code: string; expiresAt: number };
  /** A one-time token for the loopback address that the start prints. */
  token(request: PairRequest & { deviceId: string }): string;
  /** Exchanges a code or a token for a new secret; wrong tries are limited. */
  redeem(codeOrToken: string): { secret: string; device: PairedDevice } | Refusal;
  bySecret(secret: string): PairedDevice | undefined;
  list(): PairedDevice[];
  unpair(deviceId: string): boolean;
  onUnpaired(listener: (deviceId: string) => void): void;
}

interface Row {
  device_id: string;
  role: ScreenRole;
  name: string;
  counter_id: string | null;
  paired_at: number;
  last_seen: number;
}
const deviceOf = (r: Row): PairedDevice => ({
  deviceId: r.device_id,
  role: r.role,
  name: r.name,
  counterId: r.counter_id,
  pairedAt: r.paired_at,
  lastSeen: r.last_seen,
});

export function createPairing(store: Store): Devices {
  const { db, clock } = store;
  const pending = new Map<string, PairRequest & { deviceId?: string; expiresAt: number }>();
  const listeners: ((deviceId: string) => void)[] = [];
  let tries: number[] = [];
  const insert = db.prepare(
    'insert or replace into paired_device (device_id, role, name, counter_id, secret_hash, paired_at, last_seen) values (?, ?, ?, ?, ?, ?, ?)',
  );
  const find = db.prepare('select * from paired_device where secret_hash = ?');
  const seen = db.prepare('update paired_device set last_seen = ? where device_id = ?');

  return {
    code(request) {
      let code: string;
      do code = String(randomInt(0, 100_000_000)).padStart(8, '0');
      while (pending.has(sha256(code)));
      const expiresAt = clock.now() + CODE_LIFE_MS;
      pending.set(sha256(code), { ...request, expiresAt });
      return { code, expiresAt };
    },
    token(request) {
      const token = randomBytes(24).toString('base64url');
      pending.set(sha256(token), { ...request, expiresAt: Number.MAX_SAFE_INTEGER });
      return token;
    },
    redeem(codeOrToken) {
      const now = clock.now();
      tries = tries.filter((at) => at > now - WINDOW_MS && at <= now);
      if (tries.length >= TRIES_PER_WINDOW) {
        return refuse(
          'too-many-tries',
          'Nhập sai quá nhiều lần. Hãy chờ một phút rồi nhập lại mã mới.',
          'Too many wrong codes. Wait a minute and type a new code.',
        );
      }
      const key = sha256(codeOrToken.replaceAll(/\s/g, ''));
      const request = pending.get(key);
      pending.delete(key);
      if (!request || request.expiresAt < now) {
        tries.push(now);
        return refuse(
          'code-not-valid',
          'Mã này không đúng hoặc đã được dùng. Hãy tạo mã mới ở quầy rồi nhập lại.',
          'This code is wrong or was used already. Make a new one at the counter and type that.',
        );
      }
      const secret = randomBytes(32).toString('base64url');
      const device: PairedDevice = {
        deviceId: request.deviceId ?? `${request.role}-${randomUUID().slice(0, 8)}`,
        role: request.role,
        name: request.name,
        counterId: request.counterId ?? null,
        pairedAt: now,
        lastSeen: now,
      };
      insert.run(device.deviceId, device.role, device.name, device.counterId, sha256(secret), now, now);
      return { secret, device };
    },
    bySecret(secret) {
      const row = find.get(sha256(secret)) as Row | undefined;
      if (!row) return undefined;
      const now = clock.now();
      if (Math.abs(now - row.last_seen) > 60_000) seen.run(now, row.device_id);
      return deviceOf(row);
    },
    list: () => (db.prepare('select * from paired_device order by paired_at').all() as Row[]).map(deviceOf),
    unpair(deviceId) {
      const gone = db.prepare('delete from paired_device where device_id = ?').run(deviceId).changes > 0;
      if (gone) listeners.forEach((listener) => listener(deviceId));
      return gone;
    },
    onUnpaired: (listener) => void listeners.push(listener),
  };
}
