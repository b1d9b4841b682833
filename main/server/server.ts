import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Caller } from '../contract/context.ts';
import { isRefusal } from '../contract/refusal.ts';
import type { Clock } from '../store/index.ts';
import type { Devices, PairedDevice } from './devices.ts';
import type { Files } from './files.ts';
import { PAGE_HEADERS, checkOrigin, cookieOf, setCookie } from './guard.ts';
import { PAIR_CSS, pairPage } from './pages.ts';
import { createRpc } from './rpc.ts';

export interface ServerOptions {
  readonly router: unknown;
  readonly devices: Devices;
  readonly files: Files;
  readonly clock: Clock;
  /** Folder of the built screens. */
  readonly screens: string;
  /** 0 = any free port. */
  readonly port: number;
  /** Loopback alone, or the hall's network too. */
  readonly lan: boolean;
  readonly callerOf: (device: PairedDevice) => Caller;
  readonly log: (line: string) => void;
}
export interface Server {
  readonly port: number;
  readonly origin: string;
  /** Addresses at which screens of the hall reach us; loopback first. */
  readonly addresses: readonly string[];
  /** One-time address for a desk at this machine. */
  openAddress(token: string): string;
  /** The same contract over a MessagePort, for Electron windows. */
  attachPort(port: Parameters<ReturnType<typeof createRpc>['port']>[0], callerOf: () => Caller): void;
  close(): Promise<void>;
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.ogg': 'audio/ogg',
  '.opus': 'audio/ogg',
  '.mp3': 'audio/mpeg',
  '.wav': 'audio/wav',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.wasm': 'application/wasm',
  '.bcmap': 'application/octet-stream',
  '.txt': 'text/plain; charset=utf-8',
};
const HOME: Record<PairedDevice['role'], string> = {
  station: '/desk.html',
  kiosk: '/kiosk.html',
  board: '/board.html',
  feedback: '/feedback.html',
};

/** Starts listening; rejects with the system's error (EADDRINUSE, EACCES) when it cannot. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { devices, files, log } = options;
  const rpc = createRpc(options.router, log);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 32 * 1024 * 1024 });
  const open = new Map<WebSocket, { deviceId: string; alive: boolean }>();
  let cookieName = 'quay';
  let allowedHosts: ReadonlySet<string> = new Set();
  const who = (request: IncomingMessage) => {
    const secret = cookieOf(request, cookieName);
    return secret ? devices.bySecret(secret) : undefined;
  };
  const say = (response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}) =>
    void response
      .writeHead(status, { ...PAGE_HEADERS, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers })
      .end(text);
  const go = (response: ServerResponse, to: string, headers: Record<string, string> = {}) =>
    say(response, 303, to, { location: to, ...headers });
  const page = (response: ServerResponse, status: number, html: string) =>
    void response.writeHead(status, { ...PAGE_HEADERS, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(html);

  const screen = (request: IncomingMessage, response: ServerResponse, pathname: string) => {
    const file = path.resolve(options.screens, `.${pathname.endsWith('.html') || path.extname(pathname) ? pathname : `${pathname}.html`}`);
    const relative = path.relative(options.screens, file);
    if (relative.startsWith('..') || path.isAbsolute(relative) || !existsSync(file) || !statSync(file).isFile())
      return say(response, 404, 'Không có trang này. / No such page.');
    response.writeHead(200, {
      ...PAGE_HEADERS,
      'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream',
      'content-length': statSync(file).size,
      // Vite names its assets by their content; everything else is asked for again.
      'cache-control': pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
    if (request.method === 'HEAD') response.end();
    else
      createReadStream(file)
        .on('error', () => response.destroy())
        .pipe(response);
  };

  const pair = (response: ServerResponse, code: string) => {
    const result = devices.redeem(code);
    if (isRefusal(result)) return page(response, result.refused === 'too-many-tries' ? 429 : 403, pairPage(result));
    go(response, HOME[result.device.role], { 'set-cookie': setCookie(cookieName, result.secret) });
  };

  const http = createHttp((request, response) => {
    const checked = checkOrigin(request, allowedHosts);
    if (checked !== 200) return say(response, checked, checked === 421 ? 'Unknown host.' : 'Cross-origin calls are refused.');
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const device = who(request);
    if (request.method === 'POST' && url.pathname === '/pair') {
      void readForm(request).then(
        (form) => pair(response, form.get('code') ?? ''),
        () => say(response, 413, 'Too large.'),
      );
      return;
    }
    if (request.method === 'POST' && url.pathname === '/upload') {
      if (!device || options.callerOf(device).role !== 'officer') return say(response, 401, 'Hãy đăng nhập trước. / Sign in first.');
      void files.receive(request, Number(request.headers['content-length'] ?? 0)).then(
        (result) =>
          response
            .writeHead(isRefusal(result) ? 409 : 200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
            .end(JSON.stringify(result)),
        (error: unknown) => (log(`upload failed: ${String(error)}`), say(response, 500, 'Upload failed.')),
      );
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return say(response, 405, 'Method not allowed.');
    if (url.pathname === '/open') {
      if (device?.role === 'station') return go(response, HOME.station);
      return pair(response, url.searchParams.get('token') ?? '');
    }
    if (url.pathname === '/pair') return page(response, 200, pairPage());
    if (url.pathname === '/pair.css') return say(response, 200, PAIR_CSS, { 'content-type': TYPES['.css']! });
    if (url.pathname === '/') return go(response, device ? HOME[device.role] : '/pair');
    if (url.pathname.startsWith('/file/')) {
      if (device?.role !== 'station') return say(response, 401, 'Hãy ghép màn hình này trước. / Pair this screen first.');
      return files.serve(url.pathname.slice('/file/'.length), request, response);
    }
    // Pages and their assets hold no data, but an unpaired screen has no business with them.
    if (!device && (url.pathname.endsWith('.html') || !path.extname(url.pathname))) return go(response, '/pair');
    screen(request, response, url.pathname);
  });
  http.requestTimeout = 120_000;

  http.on('upgrade', (request, socket, head) => {
    const refuseUpgrade = (status: string) => socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    const checked = checkOrigin(request, allowedHosts);
    if (checked !== 200) return void refuseUpgrade(checked === 421 ? '421 Misdirected Request' : '403 Forbidden');
    if (new URL(request.url ?? '/', 'http://x').pathname !== '/rpc') return void refuseUpgrade('404 Not Found');
    const device = who(request);
    if (!device) return void refuseUpgrade('401 Unauthorized');
    sockets.handleUpgrade(request, socket, head, (ws) => {
      open.set(ws, { deviceId: device.deviceId, alive: true });
      ws.on('pong', () => void (open.get(ws) && (open.get(ws)!.alive = true)));
      ws.on('close', () => void open.delete(ws));
      ws.on('error', () => ws.terminate());
      void rpc.socket(ws, () => options.callerOf(device));
    });
  });
  // A board whose cable was pulled never says goodbye: two missed pongs and its streams end.
  const heartbeat = setInterval(() => {
    for (const [ws, state] of open) {
      if (!state.alive) ws.terminate();
      else {
        state.alive = false;
        ws.ping();
      }
    }
  }, 15_000);
  heartbeat.unref();
  devices.onUnpaired((deviceId) => {
    for (const [ws, state] of open) if (state.deviceId === deviceId) ws.close(4001, 'unpaired');
  });

  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(options.port, options.lan ? '0.0.0.0' : '127.0.0.1', resolve);
  });
  const port = (http.address() as { port: number }).port;
  cookieName = `quay_${port}`;
  const lan = options.lan
    ? Object.values(networkInterfaces())
        .flatMap((list) => list ?? [])
        .filter((a) => a.family === 'IPv4' && !a.internal)
        .map((a) => a.address)
    : [];
  allowedHosts = new Set(['127.0.0.1', 'localhost', ...lan].map((host) => `${host}:${port}`));
  const origin = `http://127.0.0.1:${port}`;
  return {
    port,
    origin,
    addresses: [origin, ...lan.map((host) => `http://${host}:${port}`)],
    openAddress: (token) => `${origin}/open?token=${token}`,
    attachPort: (messagePort, callerOf) => rpc.port(messagePort, callerOf),
    async close() {
      clearInterval(heartbeat);
      for (const ws of open.keys()) ws.close(1001, 'closing');
      setTimeout(() => open.forEach((_, ws) => ws.terminate()), 200).unref();
      sockets.close();
      http.closeIdleConnections();
      await new Promise<void>((resolve) => {
        http.close(() => resolve());
        setTimeout(() => http.closeAllConnections(), 300).unref();
      });
    },
  };
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let body = '';
  for await (const chunk of request as AsyncIterable<Buffer>) {
    body += chunk.toString('utf8');
    if (body.length > 2_000) throw new Error('too large');
  }
  return new URLSearchParams(body);
}
