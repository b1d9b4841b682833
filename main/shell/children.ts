import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { UtilityProcess } from 'electron';

/** Electron's `utilityProcess.fork`, as far as it is used here. */
export type Fork = (
  module: string,
  args: string[],
  options: { serviceName: string; stdio: 'ignore'; env?: NodeJS.ProcessEnv; execArgv?: string[] },
) => Pick<UtilityProcess, 'postMessage' | 'on' | 'once' | 'kill' | 'pid'>;

const start = (fork: Fork, module: string, name: string, env?: Readonly<Record<string, string>>, execArgv: string[] = []) =>
  fork(module, [], { serviceName: name, stdio: 'ignore', execArgv, ...(env ? { env: { ...process.env, ...env } } : {}) });

/**
 * Native drivers, tokens and the reader of hostile files each live in a utility process: what crashes there costs a
 * device a few seconds, never the counter. Three shapes, because each room says for itself what it needs of a child.
 */
export function utilityChildren(fork: Fork) {
  return {
    /** PKCS#11 modules (signing). */
    token(entry: URL, name: string, env?: Readonly<Record<string, string>>) {
      const child = start(fork, fileURLToPath(entry), name, env);
      return {
        post: (message: unknown) => child.postMessage(message),
        onMessage: (listener: (message: unknown) => void) => void child.on('message', listener),
        onExit: (listener: (code: number | null) => void) => void child.once('exit', (code) => listener(code)),
        kill: () => void child.kill(),
        pid: child.pid,
      };
    },
    /** SANE and WIA (scanners). */
    driver(module: string, env: Readonly<Record<string, string>>) {
      const child = start(fork, module, 'quay-scanner', env);
      return {
        send: (message: unknown) => child.postMessage(message),
        onMessage: (listener: (message: unknown) => void) => void child.on('message', listener),
        onExit: (listener: (how: string) => void) => void child.once('exit', (code) => listener(`exit ${code}`)),
        kill: () => void child.kill(),
      };
    },
    /** The verifier of signatures, in the shape of a forked process. */
    verifier(file: string, heapMb: number) {
      const child = start(fork, file, 'quay-verifier', undefined, [`--max-old-space-size=${heapMb}`]);
      const events = new EventEmitter();
      const handle = Object.assign(events, {
        exitCode: null as number | null,
        signalCode: null,
        send(message: object, sent: (error: Error | null) => void): boolean {
          child.postMessage(message);
          sent(null);
          return true;
        },
        kill: () => child.kill(),
        // A utility process does not keep the application alive.
        ref: () => undefined,
        unref: () => undefined,
      });
      child.on('message', (message) => void events.emit('message', message));
      child.once('exit', (code) => {
        handle.exitCode = code;
        events.emit('exit', code, null);
      });
      return handle;
    },
  };
}
