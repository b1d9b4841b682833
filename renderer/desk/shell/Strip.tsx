import type { DeviceKind } from '../../../main/contract/devices.ts';
import { useLanguage } from '../../shared/language.tsx';
import { useWire } from '../../shared/live.ts';
import { Icon, type IconName } from '../../shared/parts/Icon.tsx';
import { Key } from '../../shared/parts/Key.tsx';
import { ageText } from '../../shared/time.ts';
import { useNow } from '../../shared/useNow.ts';
import { useDeskData } from '../data/deskData.tsx';
import { hrefOf } from '../data/route.ts';
import { useService } from '../data/service.tsx';
import { cellOfKind, type StripTone } from './strip.ts';

const ICONS: Readonly<Record<StripTone, IconName>> = { ok: 'okc', warn: 'warn', bad: 'bad', run: 'run', off: 'minus' };
const KINDS: readonly { kind: DeviceKind; vi: string; en: string }[] = [
  { kind: 'ticket-printer', vi: 'In phiếu', en: 'Tickets' },
  { kind: 'a4-printer', vi: 'In A4', en: 'A4' },
  { kind: 'scanner', vi: 'Máy quét', en: 'Scanner' },
  { kind: 'reader', vi: 'Đọc thẻ', en: 'Reader' },
  { kind: 'token', vi: 'Token ký số', en: 'Token' },
];

/** The strip at the bottom always tells the truth: quiet when well, loud only for what is not. */
export function Strip() {
  const { language, say } = useLanguage();
  const { desk, outbox, devices } = useDeskData();
  const wire = useWire();
  const now = useNow();
  const service = useService();
  const known = wire.open && devices.staleSince === null && devices.data;
  const queueOk = wire.open && desk.data !== undefined && desk.staleSince === null;
  const calling = desk.data?.emergencies.find((one) => one.counterId === desk.data?.counter.counterId);
  const others = desk.data?.emergencies.filter((one) => one.counterId !== desk.data?.counter.counterId) ?? [];
  const summary = outbox.data;
  const unsentTone: StripTone =
    !summary || outbox.staleSince !== null
      ? 'off'
      : summary.tone === 'bad' || summary.line.state === 'down' || summary.needsPerson > 0
        ? 'bad'
        : summary.unsent > 0
          ? 'warn'
          : 'ok';
  return (
    <footer className="truth" aria-label={say('Thiết bị và đường truyền', 'Devices and connections')}>
      {KINDS.map(({ kind, vi, en }) => {
        const cell = known ? cellOfKind(devices.data, kind) : { tone: 'off' as const, vi: 'chưa rõ', en: 'not known' };
        return (
          <a key={kind} className={cell.tone} href={hrefOf('settings', 'devices')}>
            <Icon name={ICONS[cell.tone]} size="s" />
            <span>{say(vi, en)}</span> <b>{cell[language]}</b>
          </a>
        );
      })}
      <div className={queueOk ? 'ok' : 'bad'}>
        <Icon name={queueOk ? 'okc' : 'bad'} size="s" />
        <span>{say('Hàng đợi', 'Queue')}</span>{' '}
        <b>{queueOk ? say('đã nối', 'connected') : wire.open ? say('chưa có quầy', 'no counter') : say('mất nối', 'lost')}</b>
      </div>
      <a className={unsentTone} href={hrefOf('outbox')} title={summary?.alert?.[language]}>
        <Icon name={unsentTone === 'ok' ? 'okc' : unsentTone === 'bad' ? 'off' : 'up'} size="s" />
        <span>{say('Chưa gửi tỉnh', 'Unsent')}</span>{' '}
        <b>
          {!summary
            ? say('chưa rõ', 'not known')
            : summary.unsent === 0
              ? say('không có', 'none')
              : `${summary.unsent}${summary.oldestAt === null ? '' : say(`, cũ nhất ${ageText(now - summary.oldestAt, 'vi')}`, `, oldest ${ageText(now - summary.oldestAt, 'en')}`)}`}
        </b>
      </a>
      {others.length > 0 ? (
        <div className="bad" role="alert">
          <Icon name="siren" size="s" />
          <b>
            {say(
              `Quầy ${others.map((one) => one.counterLabel).join(', ')} cần hỗ trợ`,
              `Counter ${others.map((one) => one.counterLabel).join(', ')} needs help`,
            )}
          </b>
        </div>
      ) : null}
      <button
        type="button"
        className={`end${calling ? ' bad' : ''}`}
        onClick={() => service.help(!calling)}
        aria-pressed={calling !== undefined}
      >
        <Icon name="siren" size="s" />
        <span>{calling ? say('Đang gọi hỗ trợ, bấm để thôi', 'Calling for help, press to stop') : say('Gọi hỗ trợ', 'Call help')}</span>
        <Key action="help" />
      </button>
    </footer>
  );
}
