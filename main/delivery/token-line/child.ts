import { readFileSync, existsSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import { createHash } from 'node:crypto';
import type { FromTokenLine, ToTokenLine } from './protocol.ts';

/**
 * The process that holds the token's driver: TLS towards one province with a key that never leaves the token. It listens on a socket
 * in a folder that only this user may enter, and passes on what it hears there. The driver may crash or hang here as it likes.
 */
const tell = (message: FromTokenLine): void => void process.send?.(message);

function listen({ socket, host, port, engine, keyUri, certFile, caFile, pinnedSha256, proxy, pin }: ToTokenLine): void {
  let secureContext: tls.SecureContext;
  try {
    secureContext = tls.createSecureContext({
      minVersion: 'TLSv1.2',
      cert: readFileSync(certFile),
      ...(caFile ? { ca: readFileSync(caFile) } : {}),
      privateKeyEngine: engine,
      privateKeyIdentifier: `${keyUri}${keyUri.includes('?') ? '&' : '?'}pin-value=${encodeURIComponent(pin)}`,
    });
  } catch (error) {
    // No PIN and no driver text goes further than this word.
    return tell({ failed: existsSync(engine) && existsSync(certFile) ? 'TOKEN_KEY' : 'TOKEN_PARTS', detail: codeOf(error) });
  }
  const server = net.createServer((client) => {
    client.on('error', () => undefined);
    let through = false;
    // Before the first byte the reason can still be said, in the only language that the other end understands.
    const fail = (error: unknown) => {
      if (!through && !client.destroyed)
        client.end(`HTTP/1.1 ${NO_TLS} TLS\r\nx-quay-tls: ${codeOf(error)}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      else client.destroy();
    };
    const name = net.isIP(host) === 0 ? { servername: host } : {};
    const secure = (over: net.Socket | null) => {
      const up = tls.connect({ ...(over ? { socket: over } : { port }), host, secureContext, ...name, rejectUnauthorized: true });
      up.once('secureConnect', () => {
        const seen = createHash('sha256').update(up.getPeerCertificate().raw).digest('hex');
        if (pinnedSha256 && seen !== pinnedSha256) return up.destroy(Object.assign(new Error('pin'), { code: 'CERT_PINNED_CHANGED' }));
        through = true;
        client.pipe(up).pipe(client);
      });
      up.on('error', fail);
      up.on('close', () => client.end());
      client.on('close', () => up.destroy());
    };
    if (!proxy) return secure(null);
    const way = new URL(proxy);
    const asking = http.request({ host: way.hostname, port: way.port || 80, method: 'CONNECT', path: `${host}:${port}` });
    asking.once('connect', (reply, socket) => (reply.statusCode === 200 ? secure(socket) : fail({ code: 'EPROXY' })));
    asking.on('error', fail);
    asking.end();
  });
  server.on('error', (error) => tell({ failed: 'TOKEN_PARTS', detail: codeOf(error) }));
  server.listen(socket, () => tell({ ready: true }));
}

/** Status by which the tunnel says that TLS failed; nothing was sent then. */
const NO_TLS = 495;
const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? code : (http.STATUS_CODES[NO_TLS] ?? 'ETLS');
};

process.once('message', (message) => listen(message as ToTokenLine));
process.on('disconnect', () => process.exit(0));
