import { createHash } from 'node:crypto';
import { createReadStream, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { isRefusal, refuse, type Refusal } from '../contract/refusal.ts';
import type { Store } from '../store/index.ts';
import { readSettings, writeSettings, type KeptModule } from './settings.ts';
import { faultSentence, knownModules, moduleFault, sentenceOf } from './tokens/index.ts';

type Sentence = { code: string; vi: string; en: string };

export interface Driver {
  readonly path: string;
  readonly sha256: string | null;
  readonly source: 'officer' | 'configured' | 'known';
  readonly problem: Sentence | null;
}

interface DriversDeps {
  readonly store: Store;
  /** From the station's configuration and the command line. */
  readonly modules: readonly string[];
  readonly onlyTheseModules: boolean;
}

/**
 * Which PKCS#11 modules may be loaded here: those of the configuration, those known by name, and those that an officer pointed at. The
 * last are kept with the SHA-256 that the officer confirmed; a file that changed since is not loaded until it is confirmed again.
 */
export class Drivers {
  private readonly deps: DriversDeps;
  private readonly hashes = new Map<string, { stamp: string; sha256: string }>();

  constructor(deps: DriversDeps) {
    this.deps = deps;
  }

  private kept(): readonly KeptModule[] {
    return readSettings(this.deps.store).modules;
  }

  private others(): { path: string; source: 'configured' | 'known' }[] {
    const known = this.deps.onlyTheseModules ? [] : onePerFile(knownModules());
    return [
      ...this.deps.modules.map((one) => ({ path: one, source: 'configured' as const })),
      ...known.map((one) => ({ path: one, source: 'known' as const })),
    ].filter((one, at, all) => all.findIndex((other) => other.path === one.path) === at);
  }

  /** Every module with what is wrong with it; a module that an officer kept stands once, as the officer's. */
  async list(): Promise<Driver[]> {
    const kept = this.kept();
    const others = this.others().filter((one) => !kept.some((own) => own.path === one.path));
    return Promise.all([
      ...kept.map(async ({ path: file, sha256 }): Promise<Driver> => {
        const now = await this.look(file, 'officer');
        return now.problem || now.sha256 === sha256 ? now : { ...now, problem: sentenceOf(changed(path.basename(file))) };
      }),
      ...others.map(({ path: file, source }) => this.look(file, source)),
    ]);
  }

  /** Looks at a file before anything loads it. @returns a refusal when the path is no full path */
  async inspect(file: string): Promise<Driver | Refusal> {
    if (!path.isAbsolute(file))
      return refuse(
        'module-path',
        'Cần đường dẫn đầy đủ của tệp trình điều khiển, từ gốc ổ đĩa.',
        'The full path of the driver file is needed, from the root of the disk.',
      );
    return this.look(path.normalize(file), 'officer');
  }

  /** Keeps a module under the hash that was shown. */
  async add(file: string, sha256: string): Promise<Driver[] | Refusal> {
    const seen = await this.inspect(file);
    if (isRefusal(seen)) return seen;
    if (seen.problem) return refuse(seen.problem.code, seen.problem.vi, seen.problem.en);
    if (seen.sha256 !== sha256) return changed(path.basename(file));
    writeSettings(this.deps.store, { modules: [...this.kept().filter((one) => one.path !== seen.path), { path: seen.path, sha256 }] });
    return this.list();
  }

  remove(file: string): Promise<Driver[]> {
    writeSettings(this.deps.store, { modules: this.kept().filter((one) => one.path !== file) });
    return this.list();
  }

  /** May this module be loaded now? @returns why not, or null */
  async refused(file: string): Promise<Refusal | null> {
    const known = (await this.list()).find((one) => one.path === file);
    if (!known)
      return refuse(
        'module-unknown',
        'Trình điều khiển này chưa có trong danh sách. Thêm vào phần thiết lập trước.',
        'This driver is not in the list. Add it in the settings first.',
      );
    return known.problem && refuse(known.problem.code, known.problem.vi, known.problem.en);
  }

  private async look(file: string, source: Driver['source']): Promise<Driver> {
    const fault = moduleFault(file);
    if (fault) return { path: file, sha256: null, source, problem: sentenceOf(faultSentence(fault)) };
    return { path: file, sha256: await this.hash(file), source, problem: null };
  }

  /** Read again only when size or time changed: the list is asked for every few seconds. */
  private async hash(file: string): Promise<string> {
    const { size, mtimeMs, ctimeMs, ino } = statSync(file);
    const stamp = [size, mtimeMs, ctimeMs, ino].join('/');
    const before = this.hashes.get(file);
    if (before?.stamp === stamp) return before.sha256;
    const running = createHash('sha256');
    for await (const piece of createReadStream(file)) running.update(piece as Buffer);
    const sha256 = running.digest('hex');
    this.hashes.set(file, { stamp, sha256 });
    return sha256;
  }
}

/** Packages put one driver under several names; it is loaded once. */
const onePerFile = (files: readonly string[]): string[] =>
  [...new Map(files.toReversed().map((file) => [realpathSync(file), file])).values()].toReversed();

const changed = (name: string): Refusal =>
  refuse(
    'module-changed',
    `Tệp trình điều khiển ${name} đã thay đổi so với lần xác nhận, nên không nạp. Nếu vừa cập nhật phần mềm token, hãy xác nhận lại.`,
    `The driver file ${name} changed since it was confirmed, so it is not loaded. If the token software was just updated, confirm it again.`,
  );
