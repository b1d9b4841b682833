import http from 'node:http';
import https from 'node:https';
import { readFileSync } from 'node:fs';
import { createHash, type X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';
import { ProvinceProblem } from './problems.ts';
import { createTokenLine, type TokenLineOptions } from './token-line/index.ts';

export interface WireBody {
  /** Bytes that `chunks` will yield; sent as Content-Length. */
  readonly size: number;
  chunks(): AsyncIterable<Buffer>;
}

export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'HEAD' | 'PATCH' | 'DELETE';
  /** Whole address; its host must be on the allow-list. Carries no personal data: those travel in bodies. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | WireBody;
  /** Longest silence on the line, in ms. */
  readonly idleMs?: number;
  readonly signal?: AbortSignal;
  /**
   * On a connection of its own. A reply that comes twice would else be taken for the answer to the next request on the same
   * connection, where answers do not say which request they belong to.
   */
  readonly alone?: boolean;
  /** Hears how many body bytes were handed to the socket so far. */
  readonly onSent?: (bytes: number) => void;
}

export interface WireReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The wire as the adapters see it. Throws `ProvinceProblem` with word `line`, `certificate` or `blocked`; any HTTP status is a reply. */
export interface Transport {
  send(request: WireRequest): Promise<WireReply>;
  /** A person signed in: what was given up (a token's PIN) may be tried again. */
  again?(): void;
  close(): void;
}

export interface TransportOptions {
  /** Host names (with port when not the default) that may be reached at all. */
  readonly allowHosts: readonly string[];
  readonly idleMs?: number;
  /** Sockets kept open per host. */
  readonly sockets?: number;
  /** http://host:port of the agency's proxy. */
  readonly proxy?: string;
  readonly tls?: {
    /** PEM file of the province's own CA; replaces the system's list. */
    readonly caFile?: string;
    readonly certFile?: string;
    readonly keyFile?: string;
    readonly pfxFile?: string;
    readonly passphrase?: string;
    /** SHA-256 of the server's certificate (hex); when set, any other one is refused although its CA is known. */
    readonly pinnedSha256?: string;
    /** The client's key is on a token; the files above stay for CA and pin. */
    readonly token?: Pick<TokenLineOptions, 'module' | 'keyUri' | 'certFile' | 'engine' | 'pin' | 'env'>;
  };
  readonly maxReplyBytes?: number;
}

const CERTIFICATE_ERRORS = /^(CERT_|ERR_TLS|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_SSL|EPROTO|HOSTNAME_MISMATCH)/;

/** HTTP(S) over node:http: TLS 1.2 or newer, own CA, client certificate, proxy, allow-list, and an honest answer to "did it leave?". */
export function createTransport(options: TransportOptions): Transport {
  const { tls } = options;
  const shared = {
    keepAlive: true,
    maxSockets: options.sockets ?? 8,
    ...(options.proxy ? { proxyEnv: { HTTP_PROXY: options.proxy, HTTPS_PROXY: options.proxy } } : {}),
  };
  const plain = new http.Agent(shared);
  /** To our own process that speaks TLS: never through a proxy. */
  const tunnel = new http.Agent({ keepAlive: true, maxSockets: options.sockets ?? 8 });
  const sure = {
    minVersion: 'TLSv1.2' as const,
    rejectUnauthorized: true,
    ...(tls?.caFile ? { ca: readFileSync(tls.caFile) } : {}),
    ...(tls?.certFile ? { cert: readFileSync(tls.certFile) } : {}),
    ...(tls?.keyFile ? { key: readFileSync(tls.keyFile) } : {}),
    ...(tls?.pfxFile ? { pfx: readFileSync(tls.pfxFile) } : {}),
    ...(tls?.passphrase ? { passphrase: tls.passphrase } : {}),
  };
  const secure = new https.Agent({ ...shared, ...sure });
  const single = { ...shared, keepAlive: false };
  const alone = {
    plain: new http.Agent(single),
    tunnel: new http.Agent({ keepAlive: false }),
    secure: new https.Agent({ ...single, ...sure }),
  };
  const allowed = new Set(options.allowHosts.map((h) => h.toLowerCase()));
  const pinned = tls?.pinnedSha256?.toLowerCase().replaceAll(':', '');
  const token = tls?.token
    ? createTokenLine({
        ...tls.token,
        ...(options.proxy ? { proxy: options.proxy } : {}),
        ...(tls.caFile ? { caFile: tls.caFile } : {}),
        ...(pinned ? { pinnedSha256: pinned } : {}),
      })
    : null;
  const maxReply = options.maxReplyBytes ?? 64 * 1024 * 1024;

  return {
    async send(request) {
      const url = new URL(request.url);
      if (!allowed.has(url.host.toLowerCase()) && !allowed.has(url.hostname.toLowerCase())) {
        throw new ProvinceProblem('blocked', `host ${url.host} is not on the allow-list`, { reasonCode: 'host' });
      }
      if (url.protocol !== 'http:' && url.protocol !== 'https:')
        throw new ProvinceProblem('blocked', `scheme ${url.protocol}`, { reasonCode: 'scheme' });
      const body = request.body;
      const size = body === undefined ? 0 : Buffer.isBuffer(body) ? body.length : body.size;
      // With the key on a token, another process speaks TLS; between it and us is a socket of this user alone.
      const socketPath = token && url.protocol === 'https:' ? await token.socketFor(url) : null;
      if (socketPath !== null) url.protocol = 'http:';
      const agents = request.alone ? alone : { plain, tunnel, secure };
      const agent = socketPath !== null ? agents.tunnel : url.protocol === 'https:' ? agents.secure : agents.plain;
      const outgoing = (url.protocol === 'https:' ? https : http).request(url, {
        method: request.method,
        agent,
        ...(socketPath === null ? {} : { socketPath }),
        headers: { ...(body === undefined && request.method !== 'POST' ? {} : { 'content-length': String(size) }), ...request.headers },
      });
      // A reset may also come after the answer; whoever waits hears of it through the reply, and nobody else may fall over it.
      outgoing.on('error', () => undefined);
      let left = false;
      outgoing.on('socket', (socket) => {
        const ready = () => {
          if (pinned && 'getPeerX509Certificate' in socket) {
            const seen = fingerprint((socket as TLSSocket).getPeerX509Certificate());
            if (seen !== pinned)
              return void outgoing.destroy(Object.assign(new Error('pinned certificate changed'), { code: 'CERT_PINNED_CHANGED' }));
          }
          left = true;
        };
        if (socket.connecting) socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', ready);
        else if (outgoing.reusedSocket) left = true;
        else ready();
      });
      outgoing.setTimeout(request.idleMs ?? options.idleMs ?? 20_000, () =>
        outgoing.destroy(Object.assign(new Error('silence'), { code: 'ESILENCE' })),
      );
      const onAbort = () => outgoing.destroy(Object.assign(new Error('called off'), { code: 'EABORT' }));
      if (request.signal?.aborted) onAbort();
      request.signal?.addEventListener('abort', onAbort, { once: true });

      try {
        const answered = once(outgoing, 'response') as Promise<[http.IncomingMessage]>;
        answered.catch(() => undefined);
        // An early answer (413, 401) may arrive while the body is still going out; then the rest of the body is not needed.
        let early = false;
        void answered.then(() => (early = true)).catch(() => (early = true));
        const whole = await writeBody(outgoing, body, request.onSent, () => early);
        const [incoming] = await answered;
        const parts: Buffer[] = [];
        let got = 0;
        for await (const part of incoming as AsyncIterable<Buffer>) {
          got += part.length;
          if (got > maxReply) throw Object.assign(new Error('reply too large'), { code: 'EREPLYSIZE' });
          parts.push(part);
        }
        if (!incoming.complete) throw Object.assign(new Error('half a reply'), { code: 'EHALF' });
        // Only a body that was not sent whole spoils the connection; over TLS an answer may come before the last write is reported.
        if (!whole) outgoing.destroy();
        const headers: Record<string, string> = {};
        for (const [name, value] of Object.entries(incoming.headers))
          if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
        const failed = socketPath === null ? undefined : headers['x-quay-tls'];
        // Said by our own tunnel: nothing was sent.
        if (incoming.statusCode === 495 && failed !== undefined) {
          const word = CERTIFICATE_ERRORS.test(failed) ? 'certificate' : 'line';
          throw new ProvinceProblem(word, failed, { reasonCode: failed });
        }
        return { status: incoming.statusCode ?? 0, headers, body: Buffer.concat(parts) };
      } catch (error) {
        outgoing.destroy();
        if (error instanceof ProvinceProblem) throw error;
        const given = (error as { code?: unknown }).code;
        const code = typeof given === 'string' ? given : (error as Error).message;
        if (CERTIFICATE_ERRORS.test(code)) throw new ProvinceProblem('certificate', code, { reasonCode: code });
        throw new ProvinceProblem('line', code, { mayHaveArrived: left, reasonCode: code });
      } finally {
        request.signal?.removeEventListener('abort', onAbort);
      }
    },
    again: () => token?.again(),
    close() {
      token?.close();
      tunnel.destroy();
      plain.destroy();
      secure.destroy();
      for (const agent of Object.values(alone)) agent.destroy();
    },
  };
}

/** @returns false when the answer came first and the rest of the body was left unsent */
async function writeBody(
  outgoing: http.ClientRequest,
  body: Buffer | WireBody | undefined,
  onSent: ((n: number) => void) | undefined,
  enough: () => boolean,
): Promise<boolean> {
  if (body === undefined || Buffer.isBuffer(body)) {
    outgoing.end(body);
    if (body) onSent?.(body.length);
    return true;
  }
  const failed = new Promise<never>((_, reject) => outgoing.once('error', reject));
  failed.catch(() => undefined);
  let sent = 0;
  for await (const chunk of body.chunks()) {
    if (enough()) return false;
    if (outgoing.destroyed) await failed;
    if (!outgoing.write(chunk)) {
      const stop = new AbortController();
      try {
        await Promise.race([once(outgoing, 'drain', { signal: stop.signal }), once(outgoing, 'response', { signal: stop.signal }), failed]);
      } finally {
        stop.abort();
      }
    }
    sent += chunk.length;
    onSent?.(sent);
  }
  outgoing.end();
  return true;
}

function fingerprint(certificate: X509Certificate | undefined): string {
  return certificate ? createHash('sha256').update(certificate.raw).digest('hex') : '';
}
