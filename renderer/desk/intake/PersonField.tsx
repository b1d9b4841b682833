import { useEffect, useId, useState } from 'react';
import type { FieldValue, Party, PersonField as FieldName, PersonView, Provenance } from '../../../main/contract/dossier-views.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Icon, type IconName } from '../../shared/parts/Icon.tsx';
import { clockText, personalNumberText } from '../../shared/time.ts';
import { dateShown, dateTyped } from '../../shared/typedDate.ts';
import type { Draft } from './useDraft.ts';

interface PersonFieldProps {
  readonly person: PersonView;
  readonly party: Party;
  readonly field: FieldName;
  readonly label: string;
  readonly draft: Draft;
  readonly wide?: boolean;
  readonly digits?: boolean;
  readonly date?: boolean;
  readonly upper?: boolean;
  readonly choices?: readonly string[];
}

const SOURCES: Readonly<Record<Provenance, { icon: IconName; cls: string; vi: string; en: string }>> = {
  card: { icon: 'card', cls: '', vi: 'Thẻ', en: 'Card' },
  database: { icon: 'db', cls: 'dbs', vi: 'CSDL', en: 'Database' },
  typed: { icon: 'pencil', cls: 'hand', vi: 'Nhập tay', en: 'Typed' },
  earlier: { icon: 'clock', cls: 'dbs', vi: 'Hồ sơ trước', en: 'Earlier' },
};

/** One value with where it came from. A card's value stands on grey; typing over it turns it white and keeps the old one. */
export function PersonField({
  person,
  party,
  field,
  label,
  draft,
  wide = false,
  digits = false,
  date = false,
  upper = false,
  choices,
}: PersonFieldProps) {
  const say = useSay();
  const id = useId();
  const held = person[field];
  const shown = shownText(held, date, digits);
  const [text, setText] = useState(shown);
  const [wrong, setWrong] = useState(false);
  useEffect(() => setText(shown), [shown]);

  const save = (raw: string) => {
    const value = date ? dateTyped(raw) : digits ? raw.replaceAll(/[\s.]/g, '') : raw.trim();
    setWrong(value === undefined);
    if (value === undefined || value === (held?.value ?? '')) return;
    void draft.send((order) => client.dossiers.setField({ ...order, party, field, value }));
  };
  const describedBy = held?.doubt && !wrong ? `${id}-doubt` : undefined;
  const cls = `v${!held || held.source === 'typed' ? ' in' : ''}${wrong ? ' wrong' : ''}`;
  return (
    <div className={`fld${wide ? ' w' : ''}`}>
      <div className="lb">
        <label htmlFor={id}>{label}</label>
        {held && held.value !== '' ? <Source held={held} shown={(value) => shownText({ ...held, value }, date, digits)} /> : null}
      </div>
      {choices ? (
        <select
          id={id}
          aria-describedby={describedBy}
          className={cls}
          value={held?.value ?? ''}
          onChange={(event) => save(event.target.value)}
        >
          <option value="" />
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          className={cls}
          value={text}
          inputMode={digits || date ? 'numeric' : 'text'}
          autoComplete="off"
          spellCheck={false}
          aria-invalid={wrong}
          aria-describedby={describedBy}
          onChange={(event) => setText(upper ? event.target.value.toLocaleUpperCase('vi') : event.target.value)}
          onBlur={(event) => save(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') save(text);
          }}
        />
      )}
      {held?.doubt && !wrong ? (
        <span className="small warn" id={`${id}-doubt`}>
          {say(held.doubt.vi, held.doubt.en)}
        </span>
      ) : null}
      {wrong ? (
        <span className="small bad">{say('Ghi ngày/tháng/năm, ví dụ 14/08/1991', 'Day/month/year, for example 14/08/1991')}</span>
      ) : null}
    </div>
  );
}

const shownText = (held: FieldValue | undefined, date: boolean, digits: boolean): string => {
  const value = held?.value ?? '';
  return date ? dateShown(value) : digits && /^\d{12}$/.test(value) ? personalNumberText(value) : value;
};

function Source({ held, shown }: { held: FieldValue; shown: (value: string) => string }) {
  const say = useSay();
  if (held.review === 'accents') {
    return (
      <span className="src hand">
        <Icon name="warn" />
        {say('Cần xem lại dấu', 'Check the accents')}
      </span>
    );
  }
  const source = SOURCES[held.source];
  const before = held.previous === undefined ? '' : shown(held.previous);
  const detail = before === '' ? '' : say(`, trước đó: ${before}`, `, before: ${before}`);
  return (
    <span className={`src ${source.cls}`} title={`${say(source.vi, source.en)} ${clockText(held.at)}${detail}`}>
      <Icon name={source.icon} />
      {say(source.vi, source.en)}
      <span className="vh">{`${clockText(held.at)}${detail}`}</span>
    </span>
  );
}
