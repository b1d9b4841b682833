import type { ServiceGroup } from '../../main/contract/queue.ts';
import { useSay } from '../shared/language.tsx';
import { Icon, type IconName } from '../shared/parts/Icon.tsx';
import { rangeText } from '../shared/ticketText.ts';

/** The picture beside a group's name, found by the words that every centre uses; a question mark for anything else. */
const PICTURES: readonly (readonly [RegExp, IconName])[] = [
  [/chứng thực|sao y/i, 'copy'],
  [/hộ tịch|khai sinh/i, 'baby'],
  [/cư trú|thường trú|tạm trú/i, 'house'],
  [/đất|nhà ở|xây dựng/i, 'land'],
  [/kinh doanh|doanh nghiệp|thuế/i, 'shop'],
  [/xã hội|bảo trợ|người có công|y tế/i, 'care'],
  [/kết quả/i, 'tray'],
];

/** So short that a citizen does not call it waiting. */
const AT_ONCE_MINUTES = 5;

interface TileProps {
  readonly group: ServiceGroup;
  readonly away: boolean;
  readonly pressed: boolean;
  readonly busy: boolean;
  readonly onPress: () => void;
}

export function ServiceTile({ group, away, pressed, busy, onPress }: TileProps) {
  const say = useSay();
  const picture = PICTURES.find(([words]) => words.test(group.vi))?.[1] ?? 'help';
  const range = rangeText(group.wait);
  // nobody of this group may be here, and its counters busy with another one for an hour
  const free = group.waiting === 0 && group.wait !== undefined && group.wait.toMinutes <= AT_ONCE_MINUTES;
  const state = !group.open ? (
    <b>{say(group.closedVi ?? 'Tạm nghỉ', group.closedEn ?? 'Closed')}</b>
  ) : pressed ? (
    <b>{say('Đang lấy số…', 'Getting your number…')}</b>
  ) : away ? (
    <b>{say('Vẫn phát số', 'Numbers are given')}</b>
  ) : (
    <>
      <b>{free ? say('Không phải chờ', 'No waiting') : say(`${group.waiting} người chờ`, `${group.waiting} waiting`)}</b>
      {range === null || free ? null : <span>{say(`${range} phút`, `${range} min`)}</span>}
    </>
  );
  return (
    <button
      type="button"
      className={`tile${pressed ? ' hit' : ''}${group.open ? '' : ' shut'}`}
      aria-disabled={busy || !group.open}
      onClick={() => {
        if (!busy && group.open) onPress();
      }}
      data-service={group.id}
    >
      <Icon name={picture} />
      <span className="tx">
        <b className={say(group.vi, group.en).length > 22 ? 'much' : ''}>{say(group.vi, group.en)}</b>
        <span className="ex">{say(group.hintVi, group.hintEn)}</span>
      </span>
      <span className="wt">
        <Icon name="clock" />
        {state}
      </span>
    </button>
  );
}
