import { randomBytes } from 'node:crypto';
import type { CheckedFile } from '../adapters/adapter.ts';

const CRLF = '\r\n';

/**
 * multipart/form-data (RFC 7578) around one file, streamed: text fields first, so that the receiver knows hash and size before the
 * bytes. File names are sent as UTF-8 with quotes and line ends percent-encoded, as browsers do.
 */
export function multipart(fields: Readonly<Record<string, string>>, file: CheckedFile) {
  const boundary = `quay-${randomBytes(12).toString('hex')}`;
  const safe = file.name.replace(/["\r\n]/g, (c) => encodeURIComponent(c));
  const head = Buffer.from(
    Object.entries(fields)
      .map(([name, value]) => `--${boundary}${CRLF}Content-Disposition: form-data; name="${name}"${CRLF}${CRLF}${value}${CRLF}`)
      .join('') +
      `--${boundary}${CRLF}Content-Disposition: form-data; name="TepTin"; filename="${safe}"${CRLF}Content-Type: application/octet-stream${CRLF}${CRLF}`,
  );
  const tail = Buffer.from(`${CRLF}--${boundary}--${CRLF}`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    size: head.length + file.size + tail.length,
    async *chunks(pace: ((bytes: number) => Promise<void>) | null): AsyncIterable<Buffer> {
      yield head;
      for await (const chunk of file.chunks(0)) {
        if (pace) await pace(chunk.length);
        yield chunk;
      }
      yield tail;
    },
  };
}
