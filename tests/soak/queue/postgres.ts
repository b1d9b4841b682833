import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';

export interface RealPostgres {
  readonly url: string;
  /** Power cut: every process of the server is gone at once; the files stay. */
  kill(): Promise<void>;
  /** After `kill`: recovers and listens on the same port. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const ROOT = '/usr/lib/postgresql';

/** Path of the newest `postgres` binary of Debian's package, also when it is not there (then for `part` to complain about). */
export function postgresBinary(): string {
  const versions = existsSync(ROOT) ? readdirSync(ROOT).toSorted((a, b) => Number(b) - Number(a)) : [];
  return path.join(ROOT, versions[0] ?? 'NN', 'bin', 'postgres');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** PostgreSQL refuses to run as root, so root lends it somebody else's name. */
function owner(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string, user: string) => Number(execFileSync('id', [flag, user], { stdio: ['ignore', 'pipe', 'ignore'] }).toString());
  for (const user of ['postgres', 'nobody']) {
    try {
      return { uid: id('-u', user), gid: id('-g', user) };
    } catch {
      // the next one
    }
  }
  throw new Error('neither "postgres" nor "nobody" exists here');
}

/**
 * A real server of its own: temporary folder, free port. Call `stop` in a `finally`.
 * @param fsync false where only processes die and not the machine: what was committed is then kept by the operating system
 */
export async function startPostgres({ fsync = true } = {}): Promise<RealPostgres> {
  const binary = postgresBinary();
  const dir = mkdtempSync(path.join(tmpdir(), 'quay-postgres-'));
  const who = owner();
  if (who.uid !== undefined && who.gid !== undefined) chownSync(dir, who.uid, who.gid);
  const data = path.join(dir, 'data');
  const options = { ...who, cwd: dir, env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8' } };
  let server: ChildProcess | undefined;
  try {
    execFileSync(
      path.join(path.dirname(binary), 'initdb'),
      ['-D', data, '-A', 'trust', '-U', 'quay', '-E', 'UTF8', '--no-sync', '--locale=C.UTF-8'],
      { ...options, stdio: 'ignore' },
    );
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
  const port = await freePort();
  const url = `postgres://quay@127.0.0.1:${port}/postgres`;

  const start = async () => {
    const settings = [
      'listen_addresses=127.0.0.1',
      `port=${port}`,
      `unix_socket_directories=${dir}`,
      'max_connections=120',
      // a hall's day fits: else every command writes somebody else's pages first
      'shared_buffers=256MB',
      `fsync=${fsync ? 'on' : 'off'}`,
      'synchronous_commit=on',
      'autovacuum_naptime=10s',
    ];
    server = spawn(binary, ['-D', data, ...settings.flatMap((s) => ['-c', s])], { ...options, stdio: 'ignore' });
    const child = server;
    for (let tries = 0; ; tries += 1) {
      const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} });
      try {
        await sql`select 1`;
        return;
      } catch (error) {
        if (tries > 300 || child.exitCode !== null) throw error;
        await sleep(50);
      } finally {
        await sql.end({ timeout: 1 });
      }
    }
  };
  const gone = async (signal: NodeJS.Signals) => {
    const child = server;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await exit;
  };
  const self: RealPostgres = {
    url,
    start,
    kill: async () => {
      await gone('SIGKILL');
      // its children notice that the postmaster died; a new one refuses to start before they have left
      await sleep(300);
    },
    async stop() {
      await gone('SIGINT');
      rmSync(dir, { recursive: true, force: true });
    },
  };
  try {
    await start();
  } catch (error) {
    await self.stop();
    throw error;
  }
  return self;
}
