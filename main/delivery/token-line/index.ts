import { fork, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProvinceProblem } from '../problems.ts';
import type { FromTokenLine, ToTokenLine } from './protocol.ts';

/** Where Debian, Fedora and their kin keep the engine of libp11 (package `libengine-pkcs11-openssl`). */
const ENGINES = [
  '/usr/lib/x86_64-linux-gnu/engines-3/pkcs11.so',
  '/usr/lib/aarch64-linux-gnu/engines-3/pkcs11.so',
  '/usr/lib64/engines-3/pkcs11.so',
];
const READY_MS = 20_000;

export interface TokenLineOptions {
  /** PKCS#11 module of the token. */
  readonly module: string;
  readonly keyUri: string;
  readonly certFile: string;
  readonly engine?: string;
  readonly caFile?: string;
  readonly pinnedSha256?: string;
  /** http://host:port of the agency's proxy. */
  readonly proxy?: string;
  /** From the safe; null when nobody has given it. */
  readonly pin: () => Promise<string | null>;
  /** For tests: environment that the module needs. */
  readonly env?: Readonly<Record<string, string>>;
}

const problem = (reasonCode: string) => new ProvinceProblem('sign-in', 'the token gives no key', { reasonCode });

/**
 * TLS with a client key on a token, in a process of its own. Works where Node is linked with OpenSSL and the engine of libp11 is
 * installed; Electron's BoringSSL has no engines, and there the refusal says so. A PIN is tried once: after a failure nothing is
 * tried again before a person signs in, because a token locks itself after a few wrong ones.
 */
export function createTokenLine(options: TokenLineOptions) {
  const engine = options.engine ?? ENGINES.find((file) => existsSync(file)) ?? '';
  const lines = new Map<string, { ready: Promise<string>; child: ChildProcess | null; dir: string }>();
  let refused: string | null = null;

  async function begin(host: string, port: number, dir: string, own: { child: ChildProcess | null }, gone: () => void): Promise<string> {
    if ('electron' in process.versions || engine === '') throw problem('TOKEN_PARTS');
    const pin = await options.pin();
    if (pin === null) throw problem('TOKEN_PIN');
    const socket = path.join(dir, 'tls');
    const child = fork(fileURLToPath(new URL('child.ts', import.meta.url)), [], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { PATH: process.env['PATH'], ...options.env, PKCS11_MODULE_PATH: options.module },
    });
    own.child = child;
    const heard = new Promise<FromTokenLine>((resolve) => {
      child.once('message', (message) => resolve(message as FromTokenLine));
      child.once('exit', () => resolve({ failed: 'TOKEN_KEY', detail: 'exit' }));
      setTimeout(() => resolve({ failed: 'TOKEN_KEY', detail: 'silence' }), READY_MS).unref();
    });
    // A driver that dies later is started anew with the next call.
    child.once('exit', gone);
    const pinned = options.pinnedSha256;
    const order: ToTokenLine = {
      socket,
      host,
      port,
      engine,
      keyUri: options.keyUri,
      certFile: options.certFile,
      ...(options.caFile ? { caFile: options.caFile } : {}),
      ...(pinned ? { pinnedSha256: pinned } : {}),
      ...(options.proxy ? { proxy: options.proxy } : {}),
      pin,
    };
    child.send(order);
    const answer = await heard;
    if ('ready' in answer) return socket;
    child.kill('SIGKILL');
    refused = answer.failed;
    throw problem(answer.failed);
  }

  function end(key: string): void {
    const line = lines.get(key);
    if (!line) return;
    lines.delete(key);
    line.child?.kill('SIGKILL');
    rmSync(line.dir, { recursive: true, force: true });
  }

  return {
    /** The socket behind which the host is; starts the process when there is none. @throws ProvinceProblem `sign-in` */
    socketFor(url: URL): Promise<string> {
      if (refused !== null) return Promise.reject(problem(refused));
      const key = url.host;
      const there = lines.get(key);
      if (there) return there.ready;
      // The folder is made with mode 0700: nobody else of this machine may speak through our token.
      const dir = mkdtempSync(path.join(tmpdir(), 'quay-tls-'));
      const own = { child: null as ChildProcess | null, dir, ready: Promise.resolve('') };
      const gone = () => {
        if (lines.get(key) === own) end(key);
      };
      lines.set(key, own);
      own.ready = begin(url.hostname.replaceAll(/^\[|\]$/g, ''), Number(url.port || 443), dir, own, gone);
      own.ready.catch(gone);
      return own.ready;
    },
    /** A person signed in: the PIN may be tried again. */
    again(): void {
      refused = null;
      for (const key of lines.keys()) end(key);
    },
    close(): void {
      for (const key of lines.keys()) end(key);
    },
  };
}
