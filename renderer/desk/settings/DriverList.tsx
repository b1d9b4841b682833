import { useEffect, useState, type FormEvent } from 'react';
import { client } from '../../shared/client.ts';
import { useLanguage } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { State } from '../../shared/parts/State.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { useCommand } from '../data/useCommand.ts';
import { read } from '../data/read.ts';

type Driver = Awaited<ReturnType<typeof client.signing.modules>>[number];

/** The drivers that are asked for tokens here. One that an officer points at is looked into before anything loads it. */
export function DriverList({ may }: { may: boolean }) {
  const { language, say } = useLanguage();
  const { run, busy, trouble, dismiss } = useCommand();
  const [drivers, setDrivers] = useState<readonly Driver[]>([]);
  const [path, setPath] = useState('');
  const [asked, setAsked] = useState<Driver | null>(null);
  useEffect(() => read(() => client.signing.modules(), setDrivers), []);
  const inspect = (wanted: string) => {
    if (wanted.trim() === '') return;
    void run('inspect', () => client.signing.inspectModule({ path: wanted.trim() })).then((found) => found && setAsked(found));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    inspect(path);
  };
  const keep = (driver: Driver) => {
    const { sha256 } = driver;
    if (sha256 === null) return;
    void run('add', (commandId) => client.signing.addModule({ commandId, path: driver.path, sha256 })).then((next) => {
      setAsked(null);
      if (!next) return;
      setDrivers(next);
      setPath('');
    });
  };
  const sources = {
    officer: say('Đã chọn tại đây', 'Chosen here'),
    configured: say('Theo cấu hình', 'Configured'),
    known: say('Tự nhận ra', 'Known by name'),
  };
  return (
    <section className="block" aria-label={say('Trình điều khiển token', 'Token drivers')}>
      <h2>{say(`Trình điều khiển token (PKCS#11): ${drivers.length}`, `Token drivers (PKCS#11): ${drivers.length}`)}</h2>
      {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
      <ul className="jobs drivers">
        {drivers.map((driver) => (
          <li key={driver.path} data-driver={driver.source}>
            <span className="small nw">{sources[driver.source]}</span>
            <span>
              <span className="code">{driver.path}</span>
              {driver.problem ? <span className="why small bad">{driver.problem[language]}</span> : null}
              {driver.sha256 === null ? null : <span className="why small dim code">{`SHA-256 ${driver.sha256.slice(0, 16)}…`}</span>}
            </span>
            {driver.problem?.code === 'module-changed' ? (
              <button type="button" className="btn sm" disabled={!may} onClick={() => inspect(driver.path)}>
                {say('Xác nhận lại', 'Confirm again')}
              </button>
            ) : null}
            {driver.source === 'officer' ? (
              <button
                type="button"
                className="btn sm no"
                disabled={!may}
                onClick={() =>
                  void run('remove', (commandId) => client.signing.removeModule({ commandId, path: driver.path })).then(
                    (next) => next && setDrivers(next),
                  )
                }
              >
                {say('Bỏ', 'Remove')}
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {may ? (
        <form className="pairform" onSubmit={submit}>
          <label className="long">
            {say('Đường dẫn tệp trình điều khiển khác (.dll, .so) trên máy này', 'Path of another driver (.dll, .so) on this machine')}
            <input
              className="in"
              name="module"
              value={path}
              onChange={(event) => setPath(event.target.value)}
              placeholder="C:\Windows\System32\eTPKCS11.dll"
              spellCheck={false}
            />
          </label>
          <button type="submit" className="btn" aria-disabled={busy !== null || path.trim() === ''}>
            {say('Kiểm tra tệp', 'Look at the file')}
          </button>
        </form>
      ) : null}
      {asked ? (
        <Dialog title={say('Trình điều khiển token', 'Token driver')} onClose={() => setAsked(null)}>
          <p className="code">{asked.path}</p>
          {asked.problem ? (
            <p className="bad b" role="alert">
              {asked.problem[language]}
            </p>
          ) : (
            <>
              <p>
                <State tone="ok">{say('Đúng loại máy, có C_GetFunctionList', 'Right architecture, has C_GetFunctionList')}</State>
              </p>
              <p>
                SHA-256
                <br />
                <span className="code hash">{asked.sha256}</span>
              </p>
              <p className="small">
                {say(
                  'So mã này với mã của nơi cấp token. Tệp được nạp vào máy khi tìm token; nếu sau này tệp đổi, máy hỏi lại trước khi nạp.',
                  "Compare it with what the token's issuer publishes. The file is loaded when tokens are looked for; if it changes later, you are asked again.",
                )}
              </p>
            </>
          )}
          {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
          <div className="row">
            <button type="button" className="btn lead" onClick={() => setAsked(null)}>
              {say('Thôi', 'Cancel')}
            </button>
            {asked.problem ? null : (
              <button type="button" className="btn go" onClick={() => keep(asked)} data-autofocus>
                {say('Dùng tệp này', 'Use this file')}
              </button>
            )}
          </div>
        </Dialog>
      ) : null}
    </section>
  );
}
