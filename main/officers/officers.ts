import { randomBytes, randomUUID } from 'node:crypto';
import type { Caller, Duty } from '../contract/context.ts';
import { refuse, type Refusal } from '../contract/refusal.ts';
import { businessDay, fromVietnam, type Store } from '../store/index.ts';
import { auditHash, hashPassword, passwordMatches, restingUntil, MAX_WRONG } from './rules.ts';

export interface Officer {
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly title: string;
  readonly duties: readonly Duty[];
  readonly active: boolean;
}
export interface Session {
  readonly officer: Officer;
  readonly until: number;
}
export interface OfficerInput extends Omit<Officer, 'id'> {
  readonly password?: string | undefined;
  /** The login must be free: adding somebody never overwrites somebody else. */
  readonly asNew?: boolean | undefined;
}
/** May this officer make and change others? */
export const administers = (officer: Pick<Officer, 'active' | 'duties'>): boolean => officer.active && officer.duties.includes('admin');
export interface AuditEntry {
  readonly seq: number;
  readonly at: number;
  readonly officer: string | null;
  readonly deviceId: string;
  readonly action: string;
  readonly subject: string;
  readonly note: string;
}

export interface Officers {
  names(): { login: string; name: string; title: string }[];
  list(): Officer[];
  byId(id: string): Officer | undefined;
  /** Signs an officer in at a device until the end of the business day; a former officer at that device is signed out. */
  signIn(deviceId: string, login: string, password: string): Session | Refusal;
  signOut(deviceId: string): void;
  /** Who is signed in at this device now, if anybody. */
  current(deviceId: string): Session | undefined;
  changePassword(officerId: string, old: string, password: string): true | Refusal;
  save(input: OfficerInput): Officer | Refusal;
  /** Appends to the audit trail. `subject` is an identifier (dossier code, ticket), never a citizen's name or number. */
  audit(caller: Pick<Caller, 'deviceId' | 'officer'>, action: string, subject: string, note?: string): void;
  trail(options: { before?: number | undefined; limit: number }): { rows: AuditEntry[]; chain: 'whole' | 'broken' };
}

interface OfficerRow {
  id: string;
  login: string;
  name: string;
  title: string;
  duties: string;
  active: number;
  salt: Buffer;
  hash: Buffer;
  wrong: number;
  wrong_at: number;
}

const officerOf = (row: OfficerRow): Officer => ({
  id: row.id,
  login: row.login,
  name: row.name,
  title: row.title,
  duties: JSON.parse(row.duties) as Duty[],
  active: row.active === 1,
});

export function createOfficers(deps: { store: Store; seed?: readonly (OfficerInput & { password: string })[] }): Officers {
  const { store } = deps;
  const { db, clock } = store;
  const byLogin = db.prepare('select * from officer where login = ?');
  const byIdRow = db.prepare('select * from officer where id = ?');
  const all = db.prepare('select * from officer order by name');
  const insert = db.prepare('insert into officer (id, login, name, title, duties, active, salt, hash) values (?, ?, ?, ?, ?, ?, ?, ?)');
  const update = db.prepare('update officer set name = ?, title = ?, duties = ?, active = ? where id = ?');
  const setPassword = db.prepare('update officer set salt = ?, hash = ?, wrong = 0 where id = ?');
  const setWrong = db.prepare('update officer set wrong = ?, wrong_at = ? where id = ?');
  const session = db.prepare('select officer_id, until from officer_session where device_id = ?');
  const putSession = db.prepare('insert or replace into officer_session (device_id, officer_id, since, until) values (?, ?, ?, ?)');
  const dropSession = db.prepare('delete from officer_session where device_id = ?');
  const lastAudit = db.prepare('select seq, hash from audit order by seq desc limit 1');
  const putAudit = db.prepare(
    'insert into audit (seq, at, officer_id, device_id, action, subject, note, hash) values (?, ?, ?, ?, ?, ?, ?, ?)',
  );

  const row = (statement: typeof byLogin, key: string) => statement.get(key) as OfficerRow | undefined;

  const audit: Officers['audit'] = (caller, action, subject, note = '') =>
    store.transaction(() => {
      const last = lastAudit.get() as { seq: number; hash: string } | undefined;
      const fields = {
        seq: (last?.seq ?? 0) + 1,
        at: clock.now(),
        officerId: caller.officer?.id ?? null,
        deviceId: caller.deviceId,
        action,
        subject,
        note,
      };
      putAudit.run(fields.seq, fields.at, fields.officerId, fields.deviceId, action, subject, note, auditHash(last?.hash ?? '', fields));
    });

  const create = (input: OfficerInput & { password: string }): Officer => {
    const salt = randomBytes(16);
    const id = randomUUID();
    insert.run(
      id,
      input.login,
      input.name.normalize('NFC'),
      input.title,
      JSON.stringify(input.duties),
      input.active ? 1 : 0,
      salt,
      hashPassword(input.password, salt),
    );
    return officerOf(row(byIdRow, id)!);
  };

  const officers: Officers = {
    names: () => (all.all() as OfficerRow[]).filter((r) => r.active === 1).map(({ login, name, title }) => ({ login, name, title })),
    list: () => (all.all() as OfficerRow[]).map(officerOf),
    byId(id) {
      const found = row(byIdRow, id);
      return found && officerOf(found);
    },
    signIn(deviceId, login, password) {
      const found = row(byLogin, login);
      const wrongPassword = refuse(
        'wrong-password',
        'Tên đăng nhập hoặc mật khẩu không đúng. Hãy gõ lại; kiểm tra phím Caps Lock và bộ gõ tiếng Việt.',
        'Wrong login or password. Type it again; check Caps Lock and the keyboard layout.',
      );
      if (!found || found.active !== 1) return wrongPassword;
      const now = clock.now();
      const until = restingUntil(found.wrong, found.wrong_at, now);
      if (until !== null) {
        const minutes = Math.ceil((until - now) / 60_000);
        return refuse(
          'login-resting',
          `Đã sai mật khẩu ${MAX_WRONG} lần. Tài khoản nghỉ thêm ${minutes} phút, hoặc nhờ quản trị đặt lại mật khẩu.`,
          `Wrong password ${MAX_WRONG} times. The login rests for ${minutes} more minutes, or ask the administrator to set a new password.`,
          { minutes },
        );
      }
      return store.transaction(() => {
        if (!passwordMatches(password, found.salt, found.hash)) {
          setWrong.run(found.wrong >= MAX_WRONG ? 1 : found.wrong + 1, now, found.id);
          audit({ deviceId }, 'sign-in-refused', found.login);
          return wrongPassword;
        }
        setWrong.run(0, 0, found.id);
        const former = officers.current(deviceId);
        if (former && former.officer.id !== found.id) store.emit('officers', 'signed-out', { deviceId, officerId: former.officer.id });
        const endOfDay = fromVietnam(businessDay(now)) + 24 * 3_600_000;
        putSession.run(deviceId, found.id, now, endOfDay);
        audit({ deviceId, officer: officerOf(found) }, 'sign-in', found.login);
        store.emit('officers', 'signed-in', { deviceId });
        return { officer: officerOf(found), until: endOfDay };
      });
    },
    signOut(deviceId) {
      const current = officers.current(deviceId);
      if (!current) return;
      store.transaction(() => {
        dropSession.run(deviceId);
        audit({ deviceId, officer: current.officer }, 'sign-out', current.officer.login);
        store.emit('officers', 'signed-out', { deviceId, officerId: current.officer.id });
      });
    },
    current(deviceId) {
      const found = session.get(deviceId) as { officer_id: string; until: number } | undefined;
      if (!found || found.until <= clock.now()) return undefined;
      const officer = row(byIdRow, found.officer_id);
      return officer?.active === 1 ? { officer: officerOf(officer), until: found.until } : undefined;
    },
    changePassword(officerId, old, password) {
      const found = row(byIdRow, officerId);
      if (!found || !passwordMatches(old, found.salt, found.hash))
        return refuse('wrong-password', 'Mật khẩu cũ không đúng. Hãy gõ lại.', 'The old password is wrong. Type it again.');
      const salt = randomBytes(16);
      setPassword.run(salt, hashPassword(password, salt), officerId);
      return true;
    },
    save(input) {
      const found = row(byLogin, input.login);
      if (!found) {
        if (!input.password)
          return refuse('password-needed', 'Cán bộ mới cần một mật khẩu ban đầu.', 'A new officer needs a first password.');
        return create({ ...input, password: input.password });
      }
      if (input.asNew === true)
        return refuse(
          'login-taken',
          `Tên đăng nhập "${found.login}" đã là của ${found.name}. Hãy chọn tên khác, hoặc bấm Sửa ở dòng của người đó.`,
          `The login "${found.login}" belongs to ${found.name}. Choose another, or press Edit in that person's line.`,
        );
      if (administers(officerOf(found)) && !administers(input) && !officers.list().some((one) => one.id !== found.id && administers(one)))
        return refuse(
          'last-admin',
          'Đây là quản trị cuối cùng. Hãy giao quyền quản trị cho người khác trước.',
          'This is the last administrator. Make somebody else one first.',
        );
      update.run(input.name.normalize('NFC'), input.title, JSON.stringify(input.duties), input.active ? 1 : 0, found.id);
      if (input.password) {
        const salt = randomBytes(16);
        setPassword.run(salt, hashPassword(input.password, salt), found.id);
      }
      return officerOf(row(byIdRow, found.id)!);
    },
    audit,
    trail({ before, limit }) {
      // The whole chain is checked: a trail that is shown without being checked proves nothing.
      let previous = '';
      let whole = true;
      for (const r of db.prepare('select * from audit order by seq').iterate() as Iterable<Record<string, string | number | null>>) {
        const fields = {
          seq: r['seq'] as number,
          at: r['at'] as number,
          officerId: r['officer_id'] as string | null,
          deviceId: r['device_id'] as string,
          action: r['action'] as string,
          subject: r['subject'] as string,
          note: r['note'] as string,
        };
        if (auditHash(previous, fields) !== r['hash']) whole = false;
        previous = r['hash'] as string;
      }
      const rows = db
        .prepare(
          `select a.seq, a.at, o.name as officer, a.device_id as deviceId, a.action, a.subject, a.note
           from audit a left join officer o on o.id = a.officer_id where a.seq < ? order by a.seq desc limit ?`,
        )
        .all(before ?? Number.MAX_SAFE_INTEGER, limit) as AuditEntry[];
      return { rows, chain: whole ? 'whole' : 'broken' };
    },
  };

  if (deps.seed && (all.all() as OfficerRow[]).length === 0) store.transaction(() => deps.seed!.forEach((input) => void create(input)));
  return officers;
}
