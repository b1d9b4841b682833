import Database from 'better-sqlite3';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '../counter/config.ts';
import { lockDataDir } from '../counter/lock.ts';
import { defaultDataDir, prepareDataDir, startFailure } from '../counter/start.ts';

interface BackupIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly cwd: string;
}

const BACKUP_USAGE =
  'usage: quay backup --to DIR [--data DIR]\n' +
  '  Copies the station (database, papers, settings) to a new folder. The counter may go on working.\n';
const RESTORE_USAGE =
  'usage: quay restore --from DIR [--data DIR]\n' +
  '  Puts a backup in place of the station; what stood there is kept beside it. The counter must be closed. Ticket numbers go on\n' +
  '  after the last one on paper, also those given after the backup was made.\n';
const MANIFEST = 'quay-backup.json';
const DATABASE = 'quay.sqlite';
/** What numbers stand on paper: belongs to the machine and the day, never to a backup. */
const isWitness = (name: string): boolean => name.endsWith('.numbers');

class BackupError extends Error {
  readonly vi: string;
  constructor(vi: string, en: string) {
    super(en);
    this.vi = vi;
  }
}

/** Copies a folder whose files may come and go meanwhile; the database and its companions are left to `skip`. */
function copyFolder(from: string, to: string, skip: (name: string) => boolean): void {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (skip(entry.name)) continue;
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) copyFolder(source, target, () => false);
    else if (entry.isFile()) {
      try {
        copyFileSync(source, target);
      } catch (error) {
        // a temporary file that was there a moment ago
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  }
}

const modeOf = (dataDir: string): 'training' | 'station' => (readConfig(dataDir).training ? 'training' : 'station');

async function backup(dataDir: string, to: string): Promise<string> {
  const mode = modeOf(dataDir);
  const from = path.join(dataDir, mode);
  if (!existsSync(path.join(from, DATABASE)))
    throw new BackupError(`Không có dữ liệu của trạm trong ${from}.`, `There is no station in ${from}.`);
  if (existsSync(to) && readdirSync(to).length > 0)
    throw new BackupError(`Thư mục ${to} không trống. Hãy chọn thư mục mới.`, `The folder ${to} is not empty. Choose a new one.`);
  const partial = `${to}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(path.join(partial, mode), { recursive: true, mode: 0o700 });
  try {
    // the database first: files are only ever added, so everything that it names is there when they are copied
    const db = new Database(path.join(from, DATABASE), { readonly: true });
    try {
      await db.backup(path.join(partial, mode, DATABASE));
    } finally {
      db.close();
    }
    copyFolder(from, path.join(partial, mode), (name) => name.startsWith(DATABASE) || isWitness(name));
    if (existsSync(path.join(dataDir, 'config.json'))) copyFileSync(path.join(dataDir, 'config.json'), path.join(partial, 'config.json'));
    writeFileSync(path.join(partial, MANIFEST), `${JSON.stringify({ format: 1, mode, at: new Date().toISOString() })}\n`);
    rmSync(to, { recursive: true, force: true });
    renameSync(partial, to);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
  return to;
}

/** @returns the folder in which the old station is kept, if there was one */
function restore(dataDir: string, from: string): string | null {
  const manifest = path.join(from, MANIFEST);
  if (!existsSync(manifest)) throw new BackupError(`${from} không phải bản sao lưu của Quầy.`, `${from} is no backup of Quầy.`);
  const { mode } = JSON.parse(readFileSync(manifest, 'utf8')) as { mode: 'training' | 'station' };
  prepareDataDir(dataDir);
  const unlock = lockDataDir(dataDir);
  try {
    const [ours, theirs] = [path.join(dataDir, 'config.json'), path.join(from, 'config.json')];
    const newMachine = !existsSync(ours) && existsSync(theirs);
    const here = newMachine ? mode : modeOf(dataDir);
    if (here !== mode)
      throw new BackupError(
        `Bản sao lưu là của chế độ ${mode === 'training' ? 'tập huấn' : 'chính thức'}, config.json ở đây thì khác.`,
        `The backup is of a ${mode} station, the config.json here says otherwise.`,
      );
    const live = path.join(dataDir, mode);
    const staging = path.join(dataDir, `${mode}.restoring`);
    rmSync(staging, { recursive: true, force: true });
    copyFolder(path.join(from, mode), staging, isWitness);
    const db = new Database(path.join(staging, DATABASE), { readonly: true });
    try {
      if (db.pragma('quick_check', { simple: true }) !== 'ok')
        throw new BackupError(
          'Cơ sở dữ liệu trong bản sao lưu bị hỏng; không thay đổi gì.',
          'The database in the backup is damaged; nothing was changed.',
        );
    } finally {
      db.close();
      for (const end of ['-wal', '-shm']) rmSync(path.join(staging, DATABASE + end), { force: true });
    }
    let kept: string | null = null;
    if (existsSync(live)) {
      for (const name of readdirSync(live).filter(isWitness)) copyFileSync(path.join(live, name), path.join(staging, name));
      kept = path.join(dataDir, `${mode}.before-${new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)}`);
      renameSync(live, kept);
    }
    renameSync(staging, live);
    if (newMachine) copyFileSync(theirs, ours);
    return kept;
  } finally {
    unlock();
  }
}

async function run(
  argv: string[],
  io: BackupIo,
  usage: string,
  name: 'to' | 'from',
  work: (dataDir: string, other: string) => string | Promise<string>,
): Promise<number> {
  const text = { type: 'string' } as const;
  let values: { to?: string; from?: string; data?: string; help?: boolean };
  try {
    ({ values } = parseArgs({ args: argv, options: { [name]: text, data: text, help: { type: 'boolean' } } }));
  } catch (error) {
    io.stderr.write(`${(error as Error).message}\n${usage}`);
    return 64;
  }
  const other = values[name];
  if (values.help || other === undefined) {
    (values.help ? io.stdout : io.stderr).write(usage);
    return values.help ? 0 : 64;
  }
  const dataDir = values.data === undefined ? defaultDataDir() : path.resolve(io.cwd, values.data);
  try {
    io.stdout.write(await work(dataDir, path.resolve(io.cwd, other)));
    return 0;
  } catch (error) {
    const { vi, en } = error instanceof BackupError ? { vi: error.vi, en: error.message } : startFailure(error, { dataDir, port: 0 });
    io.stderr.write(`${vi}\n${en}\n`);
    return 1;
  }
}

/** `quay backup --to DIR`. Exit 0 done, 1 could not, 64 wrong usage. */
export const backupCommand = (argv: string[], io: BackupIo): Promise<number> =>
  run(argv, io, BACKUP_USAGE, 'to', async (dataDir, to) => `Đã sao lưu vào ${await backup(dataDir, to)}. / Saved.\n`);

/** `quay restore --from DIR`. Exit 0 done, 1 could not, 64 wrong usage. */
export const restoreCommand = (argv: string[], io: BackupIo): Promise<number> =>
  run(argv, io, RESTORE_USAGE, 'from', (dataDir, from) => {
    const kept = restore(dataDir, from);
    return `Đã phục hồi. / Restored.\n${kept === null ? '' : `Dữ liệu cũ ở ${kept}. / What stood here before is kept there.\n`}`;
  });
