import path from 'node:path';
import { parseArgs } from 'node:util';
import { isRefusal } from '../contract/refusal.ts';
import { officersContract } from '../contract/officers.ts';
import { readConfig } from '../counter/config.ts';
import { lockDataDir } from '../counter/lock.ts';
import { MIGRATIONS } from '../counter/rooms.ts';
import { defaultDataDir, prepareDataDir, startFailure } from '../counter/start.ts';
import { createOfficers } from '../officers/index.ts';
import { openStore, systemClock } from '../store/index.ts';

interface OfficerIo {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly cwd: string;
}

const USAGE =
  'usage: quay officer --login LOGIN --name NAME [--title TITLE] [--data DIR] --password-stdin\n' +
  '  Makes the first administrator of a live station, or gives an officer a new password. The counter must be closed.\n';

/** `quay officer`: a new station has nobody who could sign in and make the others. Exit 0 done, 1 could not, 64 wrong usage. */
export async function officerCommand(argv: string[], io: OfficerIo): Promise<number> {
  let values: { login?: string; name?: string; title?: string; data?: string; help?: boolean; 'password-stdin'?: boolean };
  const text = { type: 'string' } as const;
  try {
    ({ values } = parseArgs({
      args: argv,
      options: { login: text, name: text, title: text, data: text, help: { type: 'boolean' }, 'password-stdin': { type: 'boolean' } },
    }));
  } catch (error) {
    io.stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 64;
  }
  if (values.help) {
    io.stdout.write(USAGE);
    return 0;
  }
  if (!values.login || !values.name || !values['password-stdin']) {
    io.stderr.write(USAGE);
    return 64;
  }
  let input = '';
  for await (const chunk of io.stdin) input += String(chunk);
  const officer = {
    login: values.login,
    name: values.name,
    title: values.title ?? 'Quản trị',
    duties: ['admin' as const, 'supervisor' as const, 'reception' as const],
    active: true,
    password: input.split(/\r?\n/)[0] ?? '',
  };
  // The same rules as on the screen.
  const schema = officersContract.save['~orpc'].inputSchema;
  const checked = await schema?.['~standard'].validate({ commandId: 'officer-from-terminal', ...officer });
  if (!checked || checked.issues) {
    const fields = (checked?.issues ?? []).map((issue) => issue.path?.map(String).join('.')).join(', ');
    io.stderr.write(`Chưa đúng ở: ${fields}. Tên đăng nhập gồm chữ thường, số; mật khẩu từ 4 ký tự.\nNot valid at: ${fields}.\n`);
    return 64;
  }
  const dataDir = values.data === undefined ? defaultDataDir() : path.resolve(io.cwd, values.data);
  let unlock: (() => void) | undefined;
  try {
    prepareDataDir(dataDir);
    unlock = lockDataDir(dataDir);
    const mode = readConfig(dataDir).training ? 'training' : 'station';
    const store = openStore({ file: path.join(dataDir, mode, 'quay.sqlite'), clock: systemClock, migrations: MIGRATIONS });
    try {
      const officers = createOfficers({ store });
      const saved = store.transaction(() => {
        const made = officers.save(officer);
        if (!isRefusal(made)) officers.audit({ deviceId: 'terminal' }, 'officer-saved', made.login);
        return made;
      });
      if (isRefusal(saved)) {
        io.stderr.write(`${saved.vi}\n${saved.en}\n`);
        return 1;
      }
      io.stdout.write(`Đã lưu quản trị "${saved.login}". Mở Quầy và đăng nhập. / Saved; open Quầy and sign in.\n`);
      return 0;
    } finally {
      store.close();
    }
  } catch (error) {
    const { vi, en } = startFailure(error, { dataDir, port: 0 });
    io.stderr.write(`${vi}\n${en}\n`);
    return 1;
  } finally {
    unlock?.();
  }
}
