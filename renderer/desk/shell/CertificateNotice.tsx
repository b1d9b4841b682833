import { useEffect, useState } from 'react';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { dateText } from '../../shared/time.ts';

type Expiring = Awaited<ReturnType<typeof client.signing.expiring>>[number];
const EVERY_MS = 20_000;

/** From the sign-in on: certificates on the tokens here that end within 60 days, and what to do. Closed until the next sign-in. */
export function CertificateNotice() {
  const say = useSay();
  const [expiring, setExpiring] = useState<readonly Expiring[]>([]);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    let ended = false;
    const ask = () =>
      client.signing.expiring().then(
        (heard) => !ended && setExpiring(heard),
        () => {},
      );
    // The hub looks at the tokens a moment after it starts; somebody who signs in at once is told then.
    const timers = [0, 2_000, 5_000, 9_000].map((ms) => setTimeout(() => void ask(), ms));
    const timer = setInterval(() => void ask(), EVERY_MS);
    return () => {
      ended = true;
      timers.forEach(clearTimeout);
      clearInterval(timer);
    };
  }, []);
  const shown = expiring.filter((one) => !closed.has(one.id));
  const first = shown[0];
  if (!first) return null;
  const rest = shown.length - 1;
  const over = first.daysLeft < 0;
  return (
    <div className="offl" role="status" data-notice="certificate">
      <Icon name="warn" size="l" />
      <div>
        <b>
          {over
            ? say(
                `Chứng thư của ${first.subject} đã hết hạn ngày ${dateText(first.notAfter)}`,
                `The certificate of ${first.subject} ended on ${dateText(first.notAfter)}`,
              )
            : say(
                `Chứng thư của ${first.subject} hết hạn sau ${first.daysLeft} ngày (${dateText(first.notAfter)})`,
                `The certificate of ${first.subject} ends in ${first.daysLeft} days (${dateText(first.notAfter)})`,
              )}
        </b>
        <br />
        <span className="small">
          {say(
            `Báo văn thư gửi đề nghị gia hạn tới nơi cấp (${first.issuer}) ngay; quá hạn thì token này không ký được.`,
            `Have the clerk ask the issuer (${first.issuer}) to renew it now; afterwards this token cannot sign.`,
          )}
          {rest > 0 ? say(` Còn ${rest} chứng thư khác sắp hết hạn.`, ` ${rest} more end soon.`) : ''}
        </span>
      </div>
      <button type="button" className="btn sm lone" onClick={() => setClosed(new Set(expiring.map((one) => one.id)))}>
        {say('Đã biết', 'Understood')}
      </button>
    </div>
  );
}
