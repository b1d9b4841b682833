import { useLanguage } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { dateText, dayOf } from '../../shared/time.ts';
import { useNow } from '../../shared/useNow.ts';
import type { Item } from './useSigning.ts';

interface NumberLineProps {
  readonly item: Item;
  /** The document has a place for its number that is still empty. */
  readonly wanted: boolean;
  readonly number: string;
  readonly onNumber: (number: string) => void;
}

/** The clerk's step: number and symbol, today's date, and who signed before. */
export function NumberLine({ item, wanted, number, onNumber }: NumberLineProps) {
  const { say } = useLanguage();
  const now = useNow(30_000);
  const clerk = item.step === 'clerk';
  const late = clerk && item.signedAt !== null && dayOf(item.signedAt) !== dayOf(now);
  return (
    <div className="numberline">
      {clerk && !wanted ? (
        <span className="small dim">
          {say('Văn bản đã có số, ngày. Bước này chỉ đóng dấu.', 'Number and date are there; this step seals.')}
        </span>
      ) : (
        <label>
          {say('Số và ký hiệu', 'Number and symbol')}
          <input
            className="in"
            name="number"
            value={number}
            maxLength={60}
            placeholder="36/TL-UBND"
            onChange={(event) => onNumber(event.target.value)}
          />
        </label>
      )}
      {clerk ? <span className="small">{say(`Ngày ghi: ${dateText(now)}`, `Date: ${dateText(now)}`)}</span> : null}
      {clerk && item.signer ? <span className="small dim cut">{say(`Đã ký: ${item.signer}`, `Signed by ${item.signer}`)}</span> : null}
      {late ? (
        <span className="small warn b">
          <Icon name="warn" size="s" />{' '}
          {say(
            `Lãnh đạo ký ngày ${dateText(item.signedAt ?? 0)}, không cùng ngày đóng dấu`,
            `The leader signed on ${dateText(item.signedAt ?? 0)}, not on this day`,
          )}
        </span>
      ) : null}
    </div>
  );
}
