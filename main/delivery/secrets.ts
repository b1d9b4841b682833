import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Where passwords and client secrets rest. Under Electron the shell hands in one on safeStorage; under Node it is a file sealed
 * with a key in a second file that only its owner may read. Values never reach a log, an event or an error.
 */
export interface Secrets {
  get(name: string): Promise<string | null>;
  set(name: string, value: string | null): Promise<void>;
}

/** For tests and training: forgets everything at the end of the process. */
export function memorySecrets(initial: Record<string, string> = {}): Secrets {
  const held = new Map(Object.entries(initial));
  return {
    get: async (name) => held.get(name) ?? null,
    set: async (name, value) => void (value === null ? held.delete(name) : held.set(name, value)),
  };
}

export class SecretsError extends Error {
  readonly vi: string;
  /** Nothing that was kept can be read again. */
  readonly beyondRepair: boolean;
  constructor(vi: string, en: string, beyondRepair = false) {
    super(en);
    this.vi = vi;
    this.beyondRepair = beyondRepair;
  }
}
const damaged = () =>
  new SecretsError(
    'Tệp mật khẩu trên máy này bị hỏng. Hãy đăng nhập lại hệ thống tỉnh.',
    'The file of the secrets is damaged. Sign in at the province again.',
    true,
  );

/**
 * AES-256-GCM in `<dir>/secrets.json`, key in `<dir>/secrets.key` (0600). The name of a secret is bound to its value, so two
 * entries cannot be exchanged. A key file that others may read is refused on systems that have such permissions.
 */
export function fileSecrets(dir: string): Secrets {
  const keyFile = path.join(dir, 'secrets.key');
  const dataFile = path.join(dir, 'secrets.json');

  function key(): Buffer {
    if (!existsSync(keyFile)) {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      writeFileSync(keyFile, randomBytes(32), { mode: 0o600, flag: 'wx' });
    }
    if (process.platform !== 'win32' && (statSync(keyFile).mode & 0o077) !== 0) {
      throw new SecretsError(
        'Tệp khóa mật khẩu đang cho người khác đọc. Hãy đặt lại quyền chỉ chủ sở hữu được đọc (chmod 600) rồi mở lại.',
        'The key file of the secrets can be read by others. Restrict it to its owner (chmod 600) and start again.',
      );
    }
    const bytes = readFileSync(keyFile);
    if (bytes.length !== 32) throw damaged();
    return bytes;
  }

  function all(): Record<string, string> {
    if (!existsSync(dataFile)) return {};
    try {
      return JSON.parse(readFileSync(dataFile, 'utf8')) as Record<string, string>;
    } catch {
      throw damaged();
    }
  }
  /** Key and values for writing: when either is damaged nothing of the old can ever be read, so it begins anew. */
  function writable(): { key: Buffer; held: Record<string, string> } {
    try {
      return { key: key(), held: all() };
    } catch (error) {
      if (!(error instanceof SecretsError) || !error.beyondRepair) throw error;
      rmSync(keyFile, { force: true });
      return { key: key(), held: {} };
    }
  }

  return {
    async get(name) {
      const sealed = all()[name];
      if (sealed === undefined) return null;
      const raw = Buffer.from(sealed, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key(), raw.subarray(0, 12));
      decipher.setAAD(Buffer.from(name));
      decipher.setAuthTag(raw.subarray(12, 28));
      try {
        return Buffer.concat([decipher.update(raw.subarray(28)), decipher.final()]).toString('utf8');
      } catch {
        throw new SecretsError(
          'Không mở được mật khẩu đã lưu. Hãy đăng nhập lại hệ thống tỉnh.',
          'The stored secret cannot be opened. Sign in at the province again.',
        );
      }
    },
    async set(name, value) {
      const { key: sealing, held } = writable();
      if (value === null) delete held[name];
      else {
        const iv = randomBytes(12);
        const cipher = createCipheriv('aes-256-gcm', sealing, iv);
        cipher.setAAD(Buffer.from(name));
        const sealed = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
        held[name] = Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
      }
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      writeFileSync(`${dataFile}.new`, JSON.stringify(held), { mode: 0o600 });
      renameSync(`${dataFile}.new`, dataFile);
      chmodSync(dataFile, 0o600);
    },
  };
}
