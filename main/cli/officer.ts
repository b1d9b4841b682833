import path from 'node:path';
import { parseArgs } from 'node:util';
import { isRefusal } from '../contract/refusal.ts';
import { officersContract } from '../contract/officers.ts';
import { readConfig } from '../counter/config.ts';
import { lockDataDir } from '../counter/lock.ts';
import { MIGRATIONS } from '../counter/rooms.ts';
import { defaultDataDir, prepareDataDir, startFailure } from '../counter/start.ts';
import { administers, createOfficers } from '../officers/index.ts';
import { openStore, systemClock } from '../store/index.ts';

interface OfficerIo {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly cwd: string;
}

const USAGE =
  'usage: quay officer --login LOGIN --name NAME [--title TITLE] [--data DIR] --password-stdin\n' +
  '  Makes the first administrator of a live station, or gives an officer of that login a new password (name and duties stay).\n' +
  '  The counter must be closed.\n';

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
    io.stderr.write(
      `Chưa đúng ở: ${fields}. Tên đăng nhập gồm chữ thường, số; mật khẩu từ 8 ký tự.\nNot valid at: ${fields}. A login is small letters and digits; a password has 8 characters or more.\n`,
    );
    return 64;
  }
  const dataDir = values.data === undefined ? defaultDataDir() : path.resolve(io.cwd, values.data);
  let unlock: (() => void) | undefined;
  try {
    prepareDataDir(dataDir);
    unlock = lockDataDir(dataDir);
    const { training } = readConfig(dataDir);
    const mode = training ? 'training' : 'station';
    const store = openStore({ file: path.join(dataDir, mode, 'quay.sqlite'), clock: systemClock, migrations: MIGRATIONS });
    try {
      const officers = createOfficers({ store });
      const saved = store.transaction(() => {
        const known = officers.list().find((one) => one.login === officer.login);
        // A forgotten password is no promotion; only a station without any administrator gets one this way.
        const orphaned = !officers.list().some(administers);
        const kept = known && {
          ...known,
          active: true,
          duties: orphaned ? [...new Set([...known.duties, ...officer.duties])] : known.duties,
        };
        const made = officers.save(kept ? { ...kept, password: officer.password } : { ...officer, asNew: true });
        if (!isRefusal(made)) officers.audit({ deviceId: 'terminal' }, known ? 'password-set' : 'officer-saved', made.login);
        return made;
      });
      if (isRefusal(saved)) {
        io.stderr.write(`${saved.vi}\n${saved.en}\n`);
        return 1;
      }
      io.stdout.write(
        `Đã lưu "${saved.login}" (${saved.name}${administers(saved) ? ', quản trị' : ''}). Mở Quầy và đăng nhập. / Saved; open Quầy and sign in.\n`,
      );
      if (training)
        io.stderr.write(
          `Lưu ý: thư mục ${dataDir} đang ở chế độ tập huấn. Khi config.json có "training": false, hãy chạy lại lệnh này cho quầy thật.\n` +
            `Note: ${dataDir} is in training mode. Run this again for the live station once config.json says "training": false.\n`,
        );
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
