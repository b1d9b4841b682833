import { useLanguage } from '../../shared/language.tsx';
import { State } from '../../shared/parts/State.tsx';
import type { Choice } from './choices.ts';

interface TokenChoiceProps {
  readonly choices: readonly Choice[];
  readonly choice: Choice | null;
  readonly disabled: boolean;
  readonly onChoose: (key: string) => void;
}

/** Every certificate that is plugged in, the reason beside each that cannot sign. One alone is no choice and is not listed. */
export function TokenChoice({ choices, choice, disabled, onChoose }: TokenChoiceProps) {
  const { language, say } = useLanguage();
  if (choices.length < 2) return null;
  return (
    <fieldset className="tokenlist" disabled={disabled}>
      <legend>{say(`Chọn chứng thư (${choices.length})`, `Choose a certificate (${choices.length})`)}</legend>
      {choices.map((one) => {
        const chosen = one.key === choice?.key;
        return (
          <label key={one.key} className={chosen ? 'on' : undefined} data-token={one.token.serial}>
            <input type="radio" name="certificate" checked={chosen} onChange={() => onChoose(one.key)} />
            <span className="cut m">{one.certificate?.subject ?? one.token.label}</span>
            <State tone={one.problem ? 'bad' : one.token.countLow || one.token.finalTry ? 'warn' : 'ok'} bare>
              {one.token.locked
                ? say('Bị khóa', 'Locked')
                : one.problem
                  ? say('Không dùng được', 'Not usable')
                  : one.token.finalTry
                    ? say('Lần thử cuối', 'Last try')
                    : one.token.countLow
                      ? say('Sắp hết lần thử', 'Few tries')
                      : say('Dùng được', 'Usable')}
            </State>
            <span className="c small dim">
              {one.token.training
                ? say('Khóa tập huấn, không có giá trị', 'Training key, no value')
                : `${one.token.label}, ${one.token.serial}`}
            </span>
            {one.problem ? <span className="c small bad">{one.problem[language]}</span> : null}
          </label>
        );
      })}
    </fieldset>
  );
}
