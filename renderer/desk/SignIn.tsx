import { useEffect, useState, type FormEvent } from 'react';
import { troubleOf, type Trouble } from '../shared/answer.ts';
import { client } from '../shared/client.ts';
import { useLanguage } from '../shared/language.tsx';
import { TrainingStrip } from '../shared/parts/TrainingStrip.tsx';
import { TroubleNote } from '../shared/parts/TroubleNote.tsx';
import { useSystem } from '../shared/system.tsx';
import { clockText, longDate } from '../shared/time.ts';
import { useNow } from '../shared/useNow.ts';
import type { Me } from './App.tsx';
import './signin.css';

type Name = Awaited<ReturnType<typeof client.officers.names>>[number];

/** Who sits here today. Names come from the hub; the password never leaves this form but for the one call. */
export function SignIn({ onSignedIn }: { onSignedIn: (me: Me) => void }) {
  const { language, say, setLanguage } = useLanguage();
  const { unit, training } = useSystem();
  const now = useNow();
  const [names, setNames] = useState<readonly Name[] | null>(null);
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);

  useEffect(() => {
    client.officers.names().then(
      (heard) => {
        setNames(heard);
        setLogin((before) => before || (heard[0]?.login ?? ''));
      },
      (error: unknown) => setTrouble(troubleOf(error)),
    );
  }, []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy || login === '') return;
    setBusy(true);
    setTrouble(null);
    client.officers
      .signIn({ login, password })
      .then(onSignedIn, (error: unknown) => {
        setTrouble(troubleOf(error));
        setPassword('');
      })
      .finally(() => setBusy(false));
  };

  return (
    <div className="gate-frame">
      <TrainingStrip />
      <main className="gate">
        <form className="signin" onSubmit={submit}>
          <h1>Quầy</h1>
          <p className="dim">{unit.name}</p>
          <p className="dim small">
            {clockText(now)}, {longDate(now, language)}
          </p>
          <label>
            <span>{say('Cán bộ', 'Officer')}</span>
            <select className="in" value={login} onChange={(event) => setLogin(event.target.value)} name="login" autoFocus>
              {(names ?? []).map((name) => (
                <option key={name.login} value={name.login}>
                  {[name.name, name.title].filter((part) => part !== '').join(', ')}
                </option>
              ))}
            </select>
          </label>
          <label>
            <span>{say('Mật khẩu', 'Password')}</span>
            <input
              className="in"
              type="password"
              name="password"
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          </label>
          {names?.length === 0 ? (
            <p className="small warn" role="status">
              {say(
                'Quầy này chưa có cán bộ nào. Quản trị máy đóng Quầy rồi chạy: npm run quay -- officer --help',
                'Nobody can sign in here yet. Whoever looks after this machine closes Quầy and runs: npm run quay -- officer --help',
              )}
            </p>
          ) : null}
          {training ? (
            <p className="small dim">
              {say('Tập huấn: mật khẩu của mọi cán bộ mẫu là tap-huan.', 'Training: the password of every sample officer is tap-huan.')}
            </p>
          ) : null}
          {trouble ? <TroubleNote trouble={trouble} /> : null}
          <button type="submit" className="btn go" disabled={busy || login === ''}>
            {busy ? say('Đang vào…', 'Signing in…') : say('Vào làm việc', 'Sign in')}
          </button>
          <button
            type="button"
            className="btn soft sm"
            onClick={() => setLanguage(language === 'vi' ? 'en' : 'vi')}
            lang={language === 'vi' ? 'en' : 'vi'}
          >
            {language === 'vi' ? 'English' : 'Tiếng Việt'}
          </button>
        </form>
      </main>
    </div>
  );
}
