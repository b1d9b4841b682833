import { useEffect, useRef, useState } from 'react';
import { useSay } from '../language.tsx';
import { dateShown, dayTyped, timeTyped } from '../typedDate.ts';

interface TypedFieldProps {
  /** '2026-11-23' or '16:30'; '' when nothing usable stands in the field. */
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly name: string;
  readonly autofocus?: boolean;
}

/** A day as Vietnam writes it, day/month/year, whatever language the browser speaks; it says what is wrong with it in place. */
export function DateField({ min, ...field }: TypedFieldProps & { readonly min?: string }) {
  const say = useSay();
  return (
    <TypedField
      {...field}
      show={dateShown}
      read={dayTyped}
      placeholder={say('ngày/tháng/năm', 'day/month/year')}
      fault={(day) =>
        day === undefined
          ? say('Ghi ngày/tháng/năm, ví dụ 23/11/2026.', 'Day/month/year, for example 23/11/2026.')
          : min !== undefined && day !== '' && day < min
            ? say(`Không trước ngày ${dateShown(min)}.`, `Not before ${dateShown(min)}.`)
            : ''
      }
    />
  );
}

/** A time of day on 24 hours. */
export function TimeField(field: TypedFieldProps) {
  const say = useSay();
  return (
    <TypedField
      {...field}
      show={(time) => time}
      read={timeTyped}
      placeholder={say('giờ:phút', 'hour:minute')}
      fault={(time) => (time === undefined ? say('Ghi giờ:phút, ví dụ 16:30.', 'Hour:minute, for example 16:30.') : '')}
    />
  );
}

interface Reading {
  readonly show: (value: string) => string;
  readonly read: (text: string) => string | undefined;
  readonly fault: (value: string | undefined) => string;
  readonly placeholder: string;
}

function TypedField({ value, onChange, name, autofocus = false, show, read, fault, placeholder }: TypedFieldProps & Reading) {
  const ref = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(() => show(value));
  const wrong = fault(read(text));
  // A form is not sent with a wrong day; the browser points at the field with these words.
  useEffect(() => ref.current?.setCustomValidity(wrong), [wrong, text]);
  return (
    <>
      <input
        ref={ref}
        className="in"
        name={name}
        value={text}
        inputMode="numeric"
        autoComplete="off"
        placeholder={placeholder}
        required
        aria-invalid={wrong !== ''}
        {...(autofocus ? { 'data-autofocus': '' } : {})}
        onChange={(event) => {
          setText(event.target.value);
          const typed = read(event.target.value);
          onChange(typed === undefined || fault(typed) !== '' ? '' : typed);
        }}
        onBlur={() => {
          const typed = read(text);
          if (typed !== undefined) setText(show(typed));
        }}
      />
      {wrong === '' ? null : (
        <span className="small bad" role="status">
          {wrong}
        </span>
      )}
    </>
  );
}
