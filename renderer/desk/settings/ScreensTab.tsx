import { useCallback, useEffect, useState } from 'react';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { ageText, clockText } from '../../shared/time.ts';
import { useNow } from '../../shared/useNow.ts';
import { useSession } from '../data/session.tsx';
import { useCommand } from '../data/useCommand.ts';

type Device = Awaited<ReturnType<typeof client.system.devices>>[number];
type Code = Awaited<ReturnType<typeof client.system.pairingCode>>;
type Role = Device['role'];

/** Where the first ticket machine stands; a code reader of the same place is its own. */
const KIOSK_PLACE = 'kiosk-1';
const placeOf = (role: Role, typed: string): { counterId?: string } => {
  if (role === 'board') return {};
  const counterId = typed === '' && role === 'kiosk' ? KIOSK_PLACE : typed;
  return counterId === '' ? {} : { counterId };
};

/** Kiosks, boards, rating pads and other desks: a short code, typed once at the new screen. */
export function ScreensTab() {
  const say = useSay();
  const { has } = useSession();
  const now = useNow();
  const { run, busy, trouble, dismiss } = useCommand();
  const [screens, setScreens] = useState<readonly Device[]>([]);
  const [role, setRole] = useState<Role>('board');
  const [name, setName] = useState('');
  const [counter, setCounter] = useState('');
  const [code, setCode] = useState<Code | null>(null);
  const look = useCallback(() => {
    client.system.devices().then(setScreens, () => {});
  }, []);
  useEffect(() => {
    look();
    const timer = setInterval(look, 5_000);
    return () => clearInterval(timer);
  }, [look]);
  const roles: Readonly<Record<Role, string>> = {
    kiosk: say('Máy lấy số', 'Kiosk'),
    board: say('Bảng gọi số', 'Board'),
    feedback: say('Bảng đánh giá', 'Rating pad'),
    station: say('Bàn làm việc', 'Desk'),
  };
  const needsCounter = role === 'feedback' || role === 'station' || role === 'kiosk';
  return (
    <>
      <div className="bar">
        <h1>{say('Màn hình sảnh', 'Hall screens')}</h1>
      </div>
      {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
      <form
        className="pairform"
        onSubmit={(event) => {
          event.preventDefault();
          void run('pair', () =>
            client.system.pairingCode({
              role,
              name: name.trim() || roles[role],
              ...placeOf(role, counter.trim()),
            }),
          ).then((heard) => heard && setCode(heard));
        }}
      >
        <label>
          {say('Loại màn hình', 'Kind')}
          <select className="in" value={role} onChange={(event) => setRole(event.target.value as Role)}>
            {(Object.keys(roles) as Role[]).map((one) => (
              <option key={one} value={one}>
                {roles[one]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {say('Tên (để nhận ra)', 'Name')}
          <input className="in" value={name} onChange={(event) => setName(event.target.value)} maxLength={60} placeholder={roles[role]} />
        </label>
        {needsCounter ? (
          <label>
            {role === 'kiosk' ? say('Vị trí (như ở đầu đọc của máy)', 'Place (as at its reader)') : say('Quầy số', 'Counter')}
            <input
              className="in"
              value={counter}
              onChange={(event) => setCounter(event.target.value)}
              maxLength={20}
              placeholder={role === 'kiosk' ? KIOSK_PLACE : ''}
            />
          </label>
        ) : null}
        <button type="submit" className="btn go" aria-disabled={busy !== null}>
          <Icon name="plus" size="s" />
          {say('Ghép màn hình', 'Pair a screen')}
        </button>
      </form>
      {code && code.expiresAt > now ? (
        <div className="paircode" role="status">
          <p>
            {say(
              'Ở màn hình mới, mở một trong các địa chỉ này rồi gõ mã:',
              'At the new screen open one of these addresses and type the code:',
            )}
          </p>
          <b data-code={code.code}>{code.code.replace(/^(\d{4})(\d{4})$/, '$1 $2')}</b>
          <ul>
            {code.addresses.map((address) => (
              <li key={address} className="code">{`${address.replace(/\/$/, '')}/pair`}</li>
            ))}
          </ul>
          <p className="small dim">{say(`Dùng một lần, đến ${clockText(code.expiresAt)}.`, `Once, until ${clockText(code.expiresAt)}.`)}</p>
        </div>
      ) : null}
      <ul className="devs">
        {screens.map((screen) => (
          <li key={screen.deviceId}>
            <div>
              <b className="m">{screen.name}</b>
              <span className="small dim">
                {roles[screen.role]}
                {screen.counterId
                  ? screen.role === 'kiosk'
                    ? say(`, vị trí ${screen.counterId}`, `, place ${screen.counterId}`)
                    : say(`, quầy ${screen.counterId}`, `, counter ${screen.counterId}`)
                  : ''}
              </span>
            </div>
            <span />
            <span className="small dim">
              {say(`Thấy ${ageText(now - screen.lastSeen, 'vi')} trước`, `Seen ${ageText(now - screen.lastSeen, 'en')} ago`)}
            </span>
            <button
              type="button"
              className="btn sm no"
              disabled={!has('admin', 'supervisor')}
              onClick={() => void run('unpair', () => client.system.unpair({ deviceId: screen.deviceId })).then(look)}
            >
              {say('Bỏ ghép', 'Unpair')}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
