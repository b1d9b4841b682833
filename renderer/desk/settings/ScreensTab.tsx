import { useCallback, useEffect, useRef, useState } from 'react';
import type { CounterView } from '../../../main/contract/queue.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { ageText, clockText } from '../../shared/time.ts';
import { useNow } from '../../shared/useNow.ts';
import { useSession } from '../data/session.tsx';
import { useCommand } from '../data/useCommand.ts';
import { read } from '../data/read.ts';

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

/** Other machines reach the hall's address; the loopback one is for a second screen at this machine. */
const hallFirst = (addresses: readonly string[]): string[] => [...addresses].sort((a, b) => Number(isLoopback(a)) - Number(isLoopback(b)));
const isLoopback = (address: string): boolean => /\/\/(127\.|localhost)/.test(address);

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
  const [place, setPlace] = useState('');
  const [code, setCode] = useState<Code | null>(null);
  const [counters, setCounters] = useState<readonly CounterView[]>([]);
  useEffect(() => read(() => client.queue.counters(), setCounters), []);
  const stopLooking = useRef(() => {});
  const look = useCallback(() => {
    stopLooking.current();
    stopLooking.current = read(() => client.system.devices(), setScreens);
  }, []);
  useEffect(() => {
    look();
    const timer = setInterval(look, 5_000);
    return () => {
      clearInterval(timer);
      stopLooking.current();
    };
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
              ...placeOf(role, role === 'kiosk' ? place.trim() : counter),
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
            {role === 'kiosk' ? (
              <input
                className="in"
                name="place"
                value={place}
                onChange={(event) => setPlace(event.target.value)}
                maxLength={20}
                placeholder={KIOSK_PLACE}
              />
            ) : (
              <select
                className="in"
                name="counter"
                value={counter}
                onChange={(event) => setCounter(event.target.value)}
                required={role === 'feedback'}
              >
                <option value="">{role === 'station' ? say('chọn khi đăng nhập', 'chosen at sign-in') : ''}</option>
                {counters.map((one) => (
                  <option key={one.counterId} value={one.counterId}>
                    {say(`Quầy ${one.label}`, `Counter ${one.label}`)}
                  </option>
                ))}
              </select>
            )}
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
            {hallFirst(code.addresses).map((address) => (
              <li key={address} className="code">{`${address.replace(/\/$/, '')}/pair`}</li>
            ))}
          </ul>
          {code.addresses.length === 1 ? (
            <p className="small warn">
              {say(
                'Quầy đang chỉ nghe trên máy này. Để ghép màn hình ở máy khác, hãy đóng Quầy rồi chạy lại với --lan.',
                'The counter listens on this machine alone. To pair screens elsewhere, close Quầy and start it with --lan.',
              )}
            </p>
          ) : null}
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
