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
  // A running batch keeps its certificate; its progress needs the room.
  if (choices.length < 2 || disabled) return null;
  return (
    <fieldset className="tokenlist">
      <legend>{say(`Chọn chứng thư (${choices.length})`, `Choose a certificate (${choices.length})`)}</legend>
      {choices.map((one) => {
        const chosen = one.key === choice?.key;
        return (
          <label key={one.key} className={chosen ? 'on' : undefined} data-token={one.token.serial}>
            <input type="radio" name="certificate" checked={chosen} onChange={() => onChoose(one.key)} />
            <span className="m">{one.certificate?.subject ?? one.token.label}</span>
            <span className="c small dim tokenline" title={one.token.serial}>
              <span className="cut">{one.token.training ? say('Tập huấn, không có giá trị', 'Training, no value') : one.token.label}</span>
              <State
                tone={one.problem ? 'bad' : one.token.countLow || one.token.finalTry || one.certificate?.expiring ? 'warn' : 'ok'}
                bare
              >
                {one.token.locked
                  ? say('Bị khóa', 'Locked')
                  : one.problem
                    ? say('Không dùng được', 'Not usable')
                    : one.token.finalTry
                      ? say('Lần thử cuối', 'Last try')
                      : one.token.countLow
                        ? say('Sắp hết lần thử', 'Few tries')
                        : one.certificate?.expiring
                          ? say(`Còn ${one.certificate.daysLeft} ngày`, `${one.certificate.daysLeft} days`)
                          : say('Dùng được', 'Usable')}
              </State>
            </span>
            {one.problem ? <span className="c small bad">{one.problem[language]}</span> : null}
          </label>
        );
      })}
    </fieldset>
  );
}
