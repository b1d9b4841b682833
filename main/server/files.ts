import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { refuse, type Refusal } from '../contract/refusal.ts';
import type { Clock } from '../store/index.ts';

const LINK_LIFE_MS = 10 * 60 * 1000;
export const MAX_UPLOAD_BYTES = 200 * 1024 * 1024;
/** A parcel of unsent dossiers may be a whole day without a line: 400 dossiers of 3.2 MB and more. */
const MAX_PARCEL_BYTES = 8 * 1024 * 1024 * 1024;
/** As many first bytes as the longest of `MAGIC`. */
const HEAD_BYTES = 16;
const TYPES: Record<string, string> = {
  '.pdf': 'application/pdf',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.csv': 'text/csv; charset=utf-8',
  '.json': 'application/json',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};
const MAGIC: readonly [string, string][] = [
  ['%PDF-', '.pdf'],
  ['\xff\xd8\xff', '.jpg'],
  ['\x89PNG', '.png'],
  // an export of unsent dossiers from another station (delivery room)
  ['QUAY-UNSENT', '.quay'],
];

export interface FileLink {
  url: string;
  name: string;
  type: string;
  size: number;
}

/** Files cross to a screen by a short-lived ticket, never by their path; uploads come back the same way, by an id. */
export interface Files {
  /** Lets paired desks fetch `file` for ten minutes. Throws when the file is not there. */
  link(file: string, name?: string): FileLink;
  serve(ticket: string, request: IncomingMessage, response: ServerResponse): void;
  /** What a ticket stands for, while it is good. */
  open(ticket: string): { file: string; name: string; type: string } | undefined;
  /** Streams a body to disk: PDF, JPEG or PNG by content, 200 MiB at most. */
  receive(
    body: AsyncIterable<Uint8Array>,
    contentLength?: number,
  ): Promise<{ uploadId: string; size: number; sha256: string; type: string } | Refusal>;
  /** The path of an upload; undefined when there is none with this id. */
  upload(uploadId: string): { file: string; type: string; sha256: string; size: number } | undefined;
}

export function createFiles(options: { dir: string; clock: Clock }): Files {
  const { dir, clock } = options;
  const links = new Map<string, { file: string; name: string; type: string; until: number }>();
  const uploads = new Map<string, { file: string; type: string; sha256: string; size: number }>();
  const typeOf = (file: string) => TYPES[path.extname(file).toLowerCase()] ?? 'application/octet-stream';

  const open: Files['open'] = (ticket) => {
    const found = links.get(ticket);
    return found && found.until >= clock.now() && existsSync(found.file) ? found : undefined;
  };

  return {
    link(file, name = path.basename(file)) {
      const now = clock.now();
      for (const [key, value] of links) if (value.until < now) links.delete(key);
      const ticket = randomBytes(18).toString('base64url');
      const type = typeOf(file);
      links.set(ticket, { file, name, type, until: now + LINK_LIFE_MS });
      return { url: `/file/${ticket}`, name, type, size: statSync(file).size };
    },
    open,
    serve(ticket, request, response) {
      const found = open(ticket);
      if (!found) {
        response
          .writeHead(404, { 'content-type': 'text/plain; charset=utf-8' })
          .end('Tệp này không còn mở. Hãy mở lại từ màn hình. / This file is no longer open. Open it again from the screen.');
        return;
      }
      const size = statSync(found.file).size;
      const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
      const start = range ? Number(range[1]) : 0;
      const end = range?.[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
      if (range && (start >= size || start > end)) {
        response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
        return;
      }
      response.writeHead(range ? 206 : 200, {
        'content-type': found.type,
        'content-length': size === 0 ? 0 : end - start + 1,
        'accept-ranges': 'bytes',
        ...(range ? { 'content-range': `bytes ${start}-${end}/${size}` } : {}),
        'content-disposition': `inline; filename*=UTF-8''${encodeURIComponent(found.name)}`,
        'cache-control': 'no-store',
        'content-security-policy': "sandbox; default-src 'none'",
        'x-content-type-options': 'nosniff',
      });
      if (size === 0) response.end();
      else
        createReadStream(found.file, { start, end })
          .on('error', () => response.destroy())
          .pipe(response);
    },
    async receive(body, contentLength = 0) {
      const tooLarge = refuse(
        'upload-too-large',
        'Tệp lớn hơn 200 MB. Hãy quét lại với độ phân giải thấp hơn (không dưới 200 dpi) hoặc tách tệp.',
        'The file is larger than 200 MB. Scan it again at a lower resolution (not under 200 dpi) or split it.',
      );
      if (contentLength > MAX_PARCEL_BYTES) return tooLarge;
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      const uploadId = randomUUID();
      const temporary = path.join(dir, `${uploadId}.part`);
      const out = createWriteStream(temporary, { mode: 0o600 });
      const hash = createHash('sha256');
      let size = 0;
      let head = Buffer.alloc(0);
      const fail = (refusal: Refusal) => {
        out.destroy();
        rmSync(temporary, { force: true });
        return refusal;
      };
      try {
        for await (const chunk of body) {
          size += chunk.length;
          if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES)]);
          const most = head.toString('latin1').startsWith('QUAY-UNSENT') ? MAX_PARCEL_BYTES : MAX_UPLOAD_BYTES;
          if (size > most || (contentLength > most && head.length >= HEAD_BYTES)) return fail(tooLarge);
          hash.update(chunk);
          if (!out.write(chunk)) await new Promise<void>((resolve, reject) => void (out.once('drain', resolve), out.once('error', reject)));
        }
        await new Promise<void>((resolve, reject) => void (out.once('error', reject), out.end(resolve)));
      } catch {
        return fail(
          refuse(
            'upload-broken',
            'Tệp chưa tới đủ (đường truyền đứt hoặc ổ đĩa đầy). Hãy gửi lại.',
            'The file did not arrive whole (line cut, or disk full). Send it again.',
          ),
        );
      }
      const kind = MAGIC.find(([magic]) => head.subarray(0, magic.length).equals(Buffer.from(magic, 'latin1')));
      if (!kind)
        return fail(
          refuse(
            'upload-type',
            'Chỉ nhận tệp PDF, JPEG hoặc PNG. Hãy xuất tài liệu ra PDF rồi chọn lại.',
            'Only PDF, JPEG or PNG is taken. Save the document as PDF and choose it again.',
          ),
        );
      const file = path.join(dir, `${uploadId}${kind[1]}`);
      const { rename } = await import('node:fs/promises');
      await rename(temporary, file);
      const entry = { file, type: typeOf(file), sha256: hash.digest('hex'), size };
      uploads.set(uploadId, entry);
      return { uploadId, size, sha256: entry.sha256, type: entry.type };
    },
    upload: (uploadId) => uploads.get(uploadId),
  };
}
