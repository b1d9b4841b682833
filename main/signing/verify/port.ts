import { fork } from 'node:child_process';
import type { EventEmitter } from 'node:events';

/** Both ends of the line between the verifier and its children: `fork` under Node, utility processes under Electron. */

interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

/** The child's end. */
export function toParent<In, Out>(hear: (message: In) => void): (message: Out) => void {
  const { parentPort } = process as unknown as { parentPort?: ParentPort };
  if (parentPort) {
    parentPort.on('message', (event) => hear(event.data as In));
    return (message) => parentPort.postMessage(message);
  }
  process.on('message', (message) => hear(message as In));
  process.on('disconnect', () => process.exit(0));
  return (message) => void process.send?.(message);
}

/** What the verifier uses of a child process; Electron's shell hands in utility processes of this shape. */
export interface ChildHandle extends Pick<EventEmitter, 'on' | 'once' | 'off'> {
  kill(signal?: NodeJS.Signals): boolean;
  ref(): void;
  unref(): void;
  readonly exitCode: number | null;
  readonly signalCode: NodeJS.Signals | null;
  send(message: object, sent: (error: Error | null) => void): boolean;
  readonly channel?: { ref(): void; unref(): void } | null | undefined;
}
export type StartFile = (file: string, heapMb: number) => ChildHandle;

const forkFile: StartFile = (file, heapMb) =>
  fork(file, [], {
    execArgv: [`--max-old-space-size=${heapMb}`, '--disable-warning=ExperimentalWarning'],
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });

let starter: StartFile = forkFile;
/** Before the first verification: Electron's own program cannot be forked as a Node (its fuse forbids it). */
export const startVerifierWith = (start: StartFile): void => void (starter = start);
export const startFile: StartFile = (file, heapMb) => starter(file, heapMb);
