import { createCipheriv, createDecipheriv, createHash, randomBytes, scrypt } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { once } from 'node:events';
import path from 'node:path';
import { z } from 'zod';
import { refuse, type Refusal } from '../contract/refusal.ts';
import { checkFile } from './files.ts';

/**
 * The encrypted file in which unsent work moves to another station. Layout: `QUAY-UNSENT1`, salt (16), nonce prefix (8), then frames of
 * `length (4) | AES-256-GCM(kind byte + data) | tag (16)`. The nonce is prefix + frame number, the number is also authenticated and
 * the last frame is marked, so frames can neither be changed, swapped, dropped nor cut off. Key: scrypt (N 32768, r 8, p 1).
 */
const MAGIC = Buffer.from('QUAY-UNSENT1');
const FRAME = 256 * 1024;
const MANIFEST = 1;
const FILE_PIECE = 2;
const END = 3;

const item = z.object({
  id: z.string(),
  dossierId: z.string(),
  revision: z.number().int(),
  kind: z.enum(['dossier', 'status']),
  key: z.string(),
  content: z.string(),
  contentSha256: z.string(),
  label: z.string(),
  lane: z.number().int(),
  bytes: z.number().int(),
  step: z.number().int(),
  maybeSent: z.boolean(),
  enqueuedAt: z.number().int(),
  files: z.array(
    z.object({
      ordinal: z.number().int(),
      componentCode: z.string(),
      componentName: z.string(),
      name: z.string(),
      sha256: z.string(),
      size: z.number().int(),
    }),
  ),
});
const dossier = z.object({
  dossierId: z.string(),
  provisionalCode: z.string().nullable(),
  officialCode: z.string().nullable(),
  agency: z.string(),
  day: z.string(),
  procedureName: z.string(),
  applicantName: z.string(),
  revision: z.number().int(),
  ackedRevision: z.number().int(),
});
const manifest = z.object({
  version: z.literal(1),
  madeAt: z.number().int(),
  station: z.string(),
  dossiers: z.array(dossier),
  items: z.array(item),
  blobs: z.array(z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), size: z.number().int() })),
});
export type ParcelManifest = z.infer<typeof manifest>;
export type ParcelItem = z.infer<typeof item>;

const derive = (passphrase: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(passphrase.normalize('NFC'), salt, 32, { N: 32768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }, (error, key) =>
      error ? reject(error) : resolve(key),
    ),
  );

function nonce(prefix: Buffer, n: number): Buffer {
  const out = Buffer.alloc(12);
  prefix.copy(out);
  out.writeUInt32BE(n, 8);
  return out;
}

/**
 * Writes a parcel. Files are checked against their manifest while they are read; the target appears whole or not at all.
 * @param blobs where each file of the manifest is
 * @throws ProvinceProblem `file`, or the disk's own error
 */
export async function writeParcel(
  target: string,
  passphrase: string,
  content: ParcelManifest,
  root: string,
  blobs: readonly { path: string; name: string; sha256: string; size: number }[],
): Promise<number> {
  const salt = randomBytes(16);
  const prefix = randomBytes(8);
  const key = await derive(passphrase, salt);
  await mkdir(path.dirname(target), { recursive: true });
  const out = createWriteStream(`${target}.new`, { mode: 0o600, flush: true });
  const opened = once(out, 'open');
  await opened;
  let frames = 0;
  let written = 0;
  const put = async (bytes: Buffer) => {
    written += bytes.length;
    if (!out.write(bytes)) await once(out, 'drain');
  };
  const frame = async (kind: number, data: Buffer) => {
    const cipher = createCipheriv('aes-256-gcm', key, nonce(prefix, frames));
    cipher.setAAD(Buffer.from([kind === END ? 1 : 0]));
    frames += 1;
    const sealed = Buffer.concat([cipher.update(Buffer.concat([Buffer.from([kind]), data])), cipher.final(), cipher.getAuthTag()]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(sealed.length);
    await put(Buffer.concat([length, sealed]));
  };
  try {
    await put(Buffer.concat([MAGIC, salt, prefix]));
    const text = Buffer.from(JSON.stringify(content));
    for (let at = 0; at < text.length; at += FRAME) await frame(MANIFEST, text.subarray(at, at + FRAME));
    for (const blob of blobs) {
      const checked = await checkFile(root, blob);
      for await (const chunk of checked.chunks(0)) await frame(FILE_PIECE, chunk);
    }
    await frame(END, Buffer.alloc(0));
    out.end();
    await once(out, 'close');
    await rename(`${target}.new`, target);
    return written;
  } catch (error) {
    out.destroy();
    await rm(`${target}.new`, { force: true });
    throw error;
  }
}

const damaged = () =>
  refuse(
    'parcel-damaged',
    'Không mở được tệp này: sai mật khẩu, hoặc tệp hỏng hay thiếu. Chưa có gì được nhập.',
    'This file cannot be opened: wrong passphrase, or it is damaged or cut. Nothing was imported.',
  );

/**
 * Opens a parcel and puts its files under `root/imported/`. Nothing is believed before the last frame was read.
 * @returns the manifest and where each file now is, by hash
 */
export async function readParcel(
  source: string,
  passphrase: string,
  root: string,
): Promise<{ manifest: ParcelManifest; files: Map<string, string> } | Refusal> {
  await mkdir(path.join(root, 'imported'), { recursive: true });
  const work = await mkdtemp(path.join(root, 'imported', '.goi-'));
  const handle = await open(source, 'r');
  try {
    const head = Buffer.alloc(MAGIC.length + 24);
    if ((await handle.read(head, 0, head.length, 0)).bytesRead < head.length || !head.subarray(0, MAGIC.length).equals(MAGIC))
      return damaged();
    const key = await derive(passphrase, head.subarray(MAGIC.length, MAGIC.length + 16));
    const prefix = head.subarray(MAGIC.length + 16);
    const texts: Buffer[] = [];
    let read: ParcelManifest | null = null;
    let blob = 0;
    let current: { out: FileHandle; hash: ReturnType<typeof createHash>; got: number } | null = null;
    let ended = false;
    let at = head.length;
    try {
      for (let n = 0; !ended; n += 1) {
        const length = Buffer.alloc(4);
        if ((await handle.read(length, 0, 4, at)).bytesRead < 4) return damaged();
        const size = length.readUInt32BE();
        if (size < 17 || size > FRAME + 64) return damaged();
        const sealed = Buffer.alloc(size);
        if ((await handle.read(sealed, 0, size, at + 4)).bytesRead < size) return damaged();
        at += 4 + size;
        const plain = unseal(key, nonce(prefix, n), sealed);
        if (!plain) return damaged();
        const kind = plain[0];
        const data = plain.subarray(1);
        if (kind === MANIFEST) {
          texts.push(data);
          continue;
        }
        if (!read) {
          const parsed = manifest.safeParse(JSON.parse(Buffer.concat(texts).toString('utf8')));
          if (!parsed.success) return damaged();
          read = parsed.data;
        }
        if (kind === END) {
          ended = true;
          continue;
        }
        // Empty files have no piece of their own.
        if (!current) while (read.blobs[blob]?.size === 0) blob += 1;
        const wanted = read.blobs[blob];
        if (!wanted) return damaged();
        current ??= { out: await open(path.join(work, wanted.sha256), 'w'), hash: createHash('sha256'), got: 0 };
        await current.out.write(data);
        current.hash.update(data);
        current.got += data.length;
        if (current.got > wanted.size) return damaged();
        if (current.got === wanted.size) {
          await current.out.sync();
          await current.out.close();
          const same = current.hash.digest('hex') === wanted.sha256;
          current = null;
          if (!same) return damaged();
          blob += 1;
        }
      }
    } finally {
      await current?.out.close();
    }
    if (!read) return damaged();
    const files = new Map<string, string>();
    for (const b of read.blobs) {
      const relative = `imported/${b.sha256}`;
      if (b.size === 0) await (await open(path.join(root, relative), 'w')).close();
      else
        await rename(path.join(work, b.sha256), path.join(root, relative)).catch(async (e: NodeJS.ErrnoException) =>
          e.code === 'ENOENT' ? undefined : Promise.reject(e),
        );
      files.set(b.sha256, relative);
    }
    return { manifest: read, files };
  } finally {
    await handle.close();
    await rm(work, { recursive: true, force: true });
  }
}

function unseal(key: Buffer, iv: Buffer, sealed: Buffer): Buffer | null {
  for (const last of [0, 1]) {
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, iv);
      decipher.setAAD(Buffer.from([last]));
      decipher.setAuthTag(sealed.subarray(sealed.length - 16));
      const plain = Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - 16)), decipher.final()]);
      if ((plain[0] === END) !== (last === 1)) return null;
      return plain;
    } catch {
      // Not this kind of frame; tried with the other mark, then given up.
    }
  }
  return null;
}
