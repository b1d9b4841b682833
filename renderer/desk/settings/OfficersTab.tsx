import { useCallback, useEffect, useState, type FormEvent } from 'react';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { State } from '../../shared/parts/State.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { clockSeconds, dateText } from '../../shared/time.ts';
import { useSession } from '../data/session.tsx';
import { useCommand } from '../data/useCommand.ts';
import { troubleOf, type Trouble } from '../../shared/answer.ts';
import { auditWords } from './auditWords.ts';

type Officer = Awaited<ReturnType<typeof client.officers.list>>[number];
type Audit = Awaited<ReturnType<typeof client.officers.audit>>;
type Duty = Officer['duties'][number];
const DUTIES: readonly (readonly [Duty, string, string])[] = [
  ['reception', 'Tiếp nhận', 'Reception'],
  ['helper', 'Hướng dẫn', 'Helper'],
  ['appraisal', 'Thẩm định', 'Appraisal'],
  ['leader', 'Người ký', 'Signatory'],
  ['clerk', 'Văn thư', 'Clerk'],
  ['supervisor', 'Điều phối', 'Supervisor'],
  ['admin', 'Quản trị', 'Administrator'],
];

/** Who may sign in and do what; and who did what, with the chain of hashes checked as it is read. */
export function OfficersTab() {
  const say = useSay();
  const { has } = useSession();
  const [officers, setOfficers] = useState<readonly Officer[]>([]);
  const [audit, setAudit] = useState<Audit | null>(null);
  const [editing, setEditing] = useState<Officer | 'new' | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const look = useCallback(() => {
    const failed = (error: unknown) => setTrouble(troubleOf(error));
    setTrouble(null);
    client.officers.list().then(setOfficers, failed);
    client.officers.audit({ limit: 100 }).then(setAudit, failed);
  }, []);
  useEffect(look, [look]);
  return (
    <>
      <div className="bar">
        <h1>{say('Cán bộ', 'Officers')}</h1>
        <button type="button" className="btn sm end" disabled={!has('admin')} onClick={() => setEditing('new')}>
          {say('Thêm cán bộ', 'Add an officer')}
        </button>
      </div>
      {trouble ? <TroubleNote trouble={trouble} /> : null}
      <ul className="devs">
        {officers.map((officer) => (
          <li key={officer.id}>
            <div>
              <b className="m">{officer.name}</b>
              <span className="small dim">{[officer.login, officer.title].filter((part) => part !== '').join(', ')}</span>
            </div>
            <State tone={officer.active ? 'ok' : 'off'}>{officer.active ? say('Đang làm', 'Active') : say('Đã nghỉ', 'Inactive')}</State>
            <span className="small">
              {DUTIES.filter(([duty]) => officer.duties.includes(duty))
                .map(([, vi, en]) => say(vi, en))
                .join(', ')}
            </span>
            <button type="button" className="btn sm" disabled={!has('admin')} onClick={() => setEditing(officer)}>
              {say('Sửa', 'Edit')}
            </button>
          </li>
        ))}
      </ul>
      <section className="block" aria-label={say('Nhật ký', 'Audit trail')}>
        <h2>
          {say('Nhật ký', 'Audit trail')}{' '}
          {audit ? (
            <State tone={audit.chain === 'whole' ? 'ok' : 'bad'}>
              {audit.chain === 'whole' ? say('Chuỗi nguyên vẹn', 'Chain whole') : say('Chuỗi bị đứt, báo quản trị', 'Chain broken')}
            </State>
          ) : null}
        </h2>
        <ul className="audit">
          {(audit?.rows ?? []).map((row) => (
            <li key={row.seq}>
              <span className="small nw">{`${clockSeconds(row.at)} ${dateText(row.at)}`}</span>
              <span>{row.officer ?? (row.deviceId === 'terminal' ? say('Dòng lệnh', 'Terminal') : row.deviceId)}</span>
              <span className="m">{say(...auditWords(row.action))}</span>
              <span className="dim cut">{`${row.subject} ${row.note}`}</span>
            </li>
          ))}
        </ul>
      </section>
      {editing ? <OfficerDialog officer={editing === 'new' ? null : editing} onClose={() => setEditing(null)} onSaved={look} /> : null}
    </>
  );
}

function OfficerDialog({ officer, onClose, onSaved }: { officer: Officer | null; onClose: () => void; onSaved: () => void }) {
  const say = useSay();
  const { run, busy, trouble, dismiss } = useCommand();
  const [login, setLogin] = useState(officer?.login ?? '');
  const [name, setName] = useState(officer?.name ?? '');
  const [title, setTitle] = useState(officer?.title ?? '');
  const [duties, setDuties] = useState<readonly Duty[]>(officer?.duties ?? ['reception']);
  const [active, setActive] = useState(officer?.active ?? true);
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy !== null) return;
    void run('save', (commandId) =>
      client.officers.save({
        commandId,
        login: login.trim(),
        name: name.trim(),
        title: title.trim(),
        duties: [...duties],
        active,
        ...(password === '' ? {} : { password }),
        ...(officer ? {} : { asNew: true }),
      }),
    ).then((done) => {
      if (!done) return;
      onSaved();
      onClose();
    });
  };
  return (
    <Dialog title={officer ? officer.name : say('Thêm cán bộ', 'Add an officer')} onClose={onClose}>
      <form onSubmit={submit} autoComplete="off">
        <div className="fields">
          <label>
            {say('Tên đăng nhập', 'Login')}
            <input
              className="in"
              value={login}
              disabled={officer !== null}
              onChange={(event) => setLogin(event.target.value)}
              pattern="[a-z0-9._\-]+"
              title={say('chữ thường không dấu, số, dấu chấm, gạch', 'small letters, digits, dots, dashes')}
              minLength={2}
              maxLength={40}
              required
              data-autofocus
            />
          </label>
          <label>
            {say('Họ tên', 'Name')}
            <input className="in" value={name} onChange={(event) => setName(event.target.value)} minLength={2} maxLength={80} required />
          </label>
          <label>
            {say('Chức danh', 'Title')}
            <input className="in" value={title} onChange={(event) => setTitle(event.target.value)} maxLength={80} />
          </label>
          <fieldset className="duties">
            <legend className="small dim">{say('Việc được giao', 'Duties')}</legend>
            {DUTIES.map(([duty, vi, en]) => (
              <label key={duty} className="check">
                <input
                  type="checkbox"
                  checked={duties.includes(duty)}
                  onChange={(event) =>
                    setDuties((before) => (event.target.checked ? [...before, duty] : before.filter((one) => one !== duty)))
                  }
                />
                {say(vi, en)}
              </label>
            ))}
          </fieldset>
          <label className="check">
            <input type="checkbox" checked={active} onChange={(event) => setActive(event.target.checked)} />
            {say('Được đăng nhập', 'May sign in')}
          </label>
          <label>
            {officer
              ? say('Đặt mật khẩu mới (để trống nếu giữ nguyên)', 'New password (empty: keep)')
              : say('Mật khẩu ban đầu', 'First password')}
            <input
              className="in"
              type="password"
              autoComplete="new-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
              minLength={8}
              required={officer === null}
            />
          </label>
        </div>
        {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
        <div className="row">
          <button type="button" className="btn lead" onClick={onClose}>
            {say('Thôi', 'Cancel')}
          </button>
          <button type="submit" className="btn go" disabled={duties.length === 0}>
            {say('Lưu', 'Save')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
