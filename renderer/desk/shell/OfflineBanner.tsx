import { useState } from 'react';
import { useLanguage } from '../../shared/language.tsx';
import { useWire } from '../../shared/live.ts';
import { Icon } from '../../shared/parts/Icon.tsx';
import { useSystem } from '../../shared/system.tsx';
import { ageText, clockText } from '../../shared/time.ts';
import { useNow } from '../../shared/useNow.ts';
import { useDeskData } from '../data/deskData.tsx';
import { SignInDialog } from '../outbox/SignInDialog.tsx';

interface BannerWords {
  readonly title: string;
  readonly detail: string;
  readonly can: string;
  readonly cannot: string;
}

/** Since when, what still works and what does not: for the line to the province, and for this desk's own line to the hub. */
export function OfflineBanner() {
  const { language, say } = useLanguage();
  const wire = useWire();
  const { clockWarning } = useSystem();
  const { outbox } = useDeskData();
  const now = useNow();
  const [signIn, setSignIn] = useState(false);
  const words = (): BannerWords | null => {
    if (!wire.open && now - wire.since > 1_500) {
      return {
        title: say(
          `Mất kết nối tới máy chủ quầy từ ${clockText(wire.since)}`,
          `No connection to the counter server since ${clockText(wire.since)}`,
        ),
        detail: say('Màn hình giữ nội dung cuối cùng và tự nối lại.', 'The screen keeps what it last knew and reconnects by itself.'),
        can: say(
          'phục vụ xong và kết thúc công dân đang ngồi (ghi khi nối lại), xem nội dung đang mở.',
          'finish the citizen who is here (recorded when back), read what is open.',
        ),
        cannot: say('gọi số, lưu hồ sơ, quét, ký.', 'call numbers, save, scan, sign.'),
      };
    }
    const line = outbox.data?.line;
    if (!outbox.data || !line || line.state === 'up' || line.state === 'not-configured') return null;
    const { unsent, oldestAt } = outbox.data;
    const waiting = say(
      `${unsent} việc chưa tới tỉnh${oldestAt === null ? '' : `, việc cũ nhất ${ageText(now - oldestAt, 'vi')}`}.`,
      `${unsent} not yet at the province${oldestAt === null ? '' : `, the oldest ${ageText(now - oldestAt, 'en')}`}.`,
    );
    const next =
      line.nextTryAt === null || line.nextTryAt <= now
        ? ''
        : say(` Tự thử lại sau ${ageText(line.nextTryAt - now, 'vi')}.`, ` Tries again in ${ageText(line.nextTryAt - now, 'en')}.`);
    return {
      title:
        line.state === 'down'
          ? say(
              `Mất kết nối tới hệ thống tỉnh từ ${clockText(line.since)}`,
              `No connection to the provincial system since ${clockText(line.since)}`,
            )
          : line.text[language],
      detail: waiting + next,
      can: say(
        'gọi số, tiếp nhận, in giấy hẹn mã tạm, thu tiền mặt, trả kết quả.',
        'call, accept, print receipts with provisional codes, take cash, hand over.',
      ),
      cannot: say('tra cứu dân cư, thu trực tuyến, xin dấu thời gian.', 'population look-ups, online payment, timestamps.'),
    };
  };
  const shown = words();
  // Before anything waits there is no row in the outbox to sign in from: a new station starts here.
  const asks = wire.open && outbox.data?.line.state === 'sign-in';
  return (
    <>
      {clockWarning ? (
        <div className="offl" role="status">
          <Icon name="clock" size="l" />
          <div>
            <b>{clockWarning}</b>
          </div>
        </div>
      ) : null}
      {shown ? (
        <div className={asks ? 'offl asks' : 'offl'} role="status">
          <Icon name="off" size="l" />
          <div>
            <b>{shown.title}</b>
            <br />
            <span className="small">{shown.detail}</span>
          </div>
          <ul>
            <li>
              <Icon name="check" size="s" />
              {say('Vẫn làm được: ', 'Still works: ')}
              {shown.can}
            </li>
            <li>
              <Icon name="minus" size="s" />
              {say('Chưa làm được: ', 'Not now: ')}
              {shown.cannot}
            </li>
          </ul>
          {asks ? (
            <button type="button" className="btn sm" onClick={() => setSignIn(true)}>
              {say('Đăng nhập hệ thống tỉnh', 'Sign in at the province')}
            </button>
          ) : null}
        </div>
      ) : null}
      {signIn ? <SignInDialog onClose={() => setSignIn(false)} /> : null}
    </>
  );
}
