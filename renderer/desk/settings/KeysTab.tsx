import { useState } from 'react';
import {
  allKeyActions,
  chordOf,
  chordOfEvent,
  isAllowedChord,
  keyActions,
  setChord,
  useKeyLabel,
  type KeyAction,
} from '../../shared/keys.ts';
import { useSay } from '../../shared/language.tsx';

/** The one key map. A changed key changes the print on its button at once. */
export function KeysTab() {
  const say = useSay();
  const [catching, setCatching] = useState<KeyAction | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  return (
    <>
      <div className="bar">
        <h1>{say('Phím tắt', 'Keys')}</h1>
        <span className="dim">
          {say(
            'Chỉ phím chức năng hoặc tổ hợp với Ctrl, Alt. Bấm “Đổi” rồi bấm phím mới.',
            'Function keys or chords only. Press “Change”, then the new key.',
          )}
        </span>
      </div>
      <p role="status" className="bad">
        {problem}
      </p>
      <ul className="keys">
        {allKeyActions.map((action) => (
          <KeyRow
            key={action}
            action={action}
            catching={catching === action}
            onCatch={() => {
              setProblem(null);
              setCatching(catching === action ? null : action);
            }}
            onChord={(chord) => {
              const other = allKeyActions.find((one) => one !== action && chordOf(one) === chord);
              if (!isAllowedChord(chord))
                setProblem(say(`${chord} không dùng được: cần phím chức năng hoặc tổ hợp.`, `${chord} is not allowed.`));
              else if (other)
                setProblem(say(`${chord} đang dùng cho “${keyActions[other].vi}”.`, `${chord} is used for “${keyActions[other].en}”.`));
              else {
                setChord(action, chord);
                setProblem(null);
              }
              setCatching(null);
            }}
          />
        ))}
      </ul>
    </>
  );
}

interface KeyRowProps {
  readonly action: KeyAction;
  readonly catching: boolean;
  readonly onCatch: () => void;
  readonly onChord: (chord: string) => void;
}

function KeyRow({ action, catching, onCatch, onChord }: KeyRowProps) {
  const say = useSay();
  const label = useKeyLabel(action);
  const { vi, en, chord } = keyActions[action];
  return (
    <li>
      <span>{say(vi, en)}</span>
      <kbd>{label}</kbd>
      <button
        type="button"
        className="btn sm"
        aria-pressed={catching}
        aria-label={say(`Đổi phím: ${vi}`, `Change key: ${en}`)}
        onClick={onCatch}
        onKeyDown={(event) => {
          if (!catching || event.key === 'Tab' || ['Control', 'Alt', 'Shift', 'Meta'].includes(event.key)) return;
          event.preventDefault();
          event.stopPropagation();
          event.nativeEvent.stopImmediatePropagation();
          if (event.key === 'Escape') onCatch();
          else onChord(chordOfEvent(event.nativeEvent));
        }}
      >
        {catching ? say('Bấm phím mới…', 'Press the new key…') : say('Đổi', 'Change')}
      </button>
      {chordOf(action) === chord ? (
        <span />
      ) : (
        <button type="button" className="link" onClick={() => setChord(action, null)}>
          {say(`Về ${chord}`, `Back to ${chord}`)}
        </button>
      )}
    </li>
  );
}
