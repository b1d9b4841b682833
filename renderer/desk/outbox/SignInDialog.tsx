import { useState, type FormEvent } from 'react';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { useCommand } from '../data/useCommand.ts';

/** Signs in again at the province. Empty fields: with what is stored. What is typed goes to the safe and nowhere else. */
export function SignInDialog({ onClose }: { onClose: () => void }) {
  const say = useSay();
  const { run, busy, trouble, dismiss } = useCommand();
  const [user, setUser] = useState('');
  const [secret, setSecret] = useState('');
  const [pin, setPin] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run('sign-in', (commandId) =>
      client.delivery.signIn({
        commandId,
        ...(user === '' ? {} : { user }),
        ...(secret === '' ? {} : { secret }),
        ...(pin === '' ? {} : { pin }),
      }),
    ).then((done) => done && onClose());
  };
  return (
    <Dialog title={say('Đăng nhập lại hệ thống tỉnh', 'Sign in at the province')} onClose={onClose}>
      <form onSubmit={submit}>
        <p className="small dim">
          {say(
            'Để trống để dùng tài khoản đã lưu. Hồ sơ chờ vẫn còn nguyên.',
            'Leave empty to use the stored account. Everything that waits is kept.',
          )}
        </p>
        <div className="fields">
          <label>
            {say('Tài khoản', 'Account')}
            <input className="in" value={user} onChange={(event) => setUser(event.target.value)} autoComplete="off" data-autofocus />
          </label>
          <label>
            {say('Mật khẩu hoặc khóa', 'Password or key')}
            <input className="in" type="password" value={secret} onChange={(event) => setSecret(event.target.value)} autoComplete="off" />
          </label>
          <label>
            {say('PIN token kết nối (nếu dùng)', 'PIN of the connection token (if any)')}
            <input
              className="in"
              type="password"
              inputMode="numeric"
              maxLength={64}
              value={pin}
              onChange={(event) => setPin(event.target.value)}
              autoComplete="off"
            />
          </label>
        </div>
        {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
        <div className="row">
          <button type="button" className="btn lead" onClick={onClose}>
            {say('Thôi', 'Cancel')}
          </button>
          <button type="submit" className="btn go" aria-disabled={busy !== null}>
            {say('Đăng nhập, gửi tiếp', 'Sign in and go on')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
