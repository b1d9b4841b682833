import { fork } from 'node:child_process';

/** A child process that talks in messages: `child_process.fork` under Node, `utilityProcess` under Electron. */
export interface Child {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, with the exit code or null when it was killed. */
  onExit(listener: (code: number | null) => void): void;
  /** Ends it at once, whatever it is doing. */
  kill(): void;
  readonly pid: number | undefined;
}

/** @param entry the child's TypeScript file; @param name what a task manager shows */
export type Spawn = (entry: URL, name: string, env?: Readonly<Record<string, string>>) => Child;

/** The plain Node way; messages are structured clones, so buffers stay buffers. Nothing of the child reaches our output. */
export const forkChild: Spawn = (entry, _name, env) => {
  const child = fork(entry, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...process.env, ...env },
    execArgv: ['--no-warnings'],
  });
  return {
    post: (message) => {
      if (child.connected) child.send(message as object, () => undefined);
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => {
      let told = false;
      const tell = (code: number | null) => {
        if (told) return;
        told = true;
        listener(code);
      };
      child.on('exit', tell);
      child.on('error', () => tell(null));
    },
    kill: () => void child.kill('SIGKILL'),
    pid: child.pid,
  };
};
