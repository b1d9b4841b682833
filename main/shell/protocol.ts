import { createReadStream, existsSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import path from 'node:path';
import type { Protocol } from 'electron';
import type { Files } from '../server/index.ts';
import { isRefusal } from '../contract/refusal.ts';
import { CSP, contained, isOurs } from './guards.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.ogg': 'audio/ogg',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};
const HEADERS = { 'content-security-policy': CSP, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };

/** Before `app` is ready: our scheme is standard and secure, and may fetch and stream. */
export const SCHEME = { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } };

const stream = (file: string) => Readable.toWeb(createReadStream(file)) as ReadableStream;
const no = (status: number, text: string) =>
  new Response(text, { status, headers: { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' } });

/** Serves the built screens, files by ticket and uploads under `app://quay`, and nothing else of the disk. */
export function handleProtocol(
  protocol: Pick<Protocol, 'handle'>,
  options: { screens: string; files: Files; mayUpload: () => boolean },
): void {
  protocol.handle('app', async (request) => {
    const url = new URL(request.url);
    if (!isOurs(request.url)) return no(404, 'Unknown host.');
    if (url.pathname === '/upload' && request.method === 'POST') {
      if (!options.mayUpload()) return no(401, 'Sign in first.');
      if (!request.body) return no(400, 'Nothing was sent.');
      const result = await options.files.receive(request.body, Number(request.headers.get('content-length') ?? 0));
      return Response.json(result, { status: isRefusal(result) ? 409 : 200, headers: HEADERS });
    }
    if (request.method !== 'GET') return no(405, 'Method not allowed.');
    if (url.pathname.startsWith('/file/')) {
      const found = options.files.open(url.pathname.slice('/file/'.length));
      if (!found) return no(404, 'Tệp này không còn mở. Hãy mở lại từ màn hình.');
      return new Response(stream(found.file), {
        headers: {
          ...HEADERS,
          'content-type': found.type,
          'content-length': String(statSync(found.file).size),
          'cache-control': 'no-store',
        },
      });
    }
    const file = contained(options.screens, url.pathname);
    if (!file || !existsSync(file) || !statSync(file).isFile()) return no(404, 'Không có trang này.');
    return new Response(stream(file), { headers: { ...HEADERS, 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' } });
  });
}
