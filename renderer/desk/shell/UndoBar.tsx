import { useEffect, useRef, useState } from 'react';
import { useLanguage } from '../../shared/language.tsx';
import { useKeys } from '../../shared/keys.ts';
import { Icon } from '../../shared/parts/Icon.tsx';
import { Key } from '../../shared/parts/Key.tsx';
import { spaced } from '../../shared/ticketText.ts';
import { useNow } from '../../shared/useNow.ts';
import { useService } from '../data/service.tsx';
import { useUndo, type UndoOffer } from '../data/undo.tsx';

/** The newest thing that can be taken back, with the time left in words. It stays while the pointer or the focus is on it. */
export function UndoBar() {
  const { language, say } = useLanguage();
  const { offer: own, clear } = useUndo();
  const service = useService();
  const now = useNow(250);
  const [held, setHeld] = useState(false);
  const [gone, setGone] = useState<string | null>(null);

  const heard = service.view?.undo;
  // The number stands as on the ticket and the board: "B 031".
  const apart = (words: string) => words.replace(/\S+$/, spaced);
  const queue: UndoOffer | null = heard
    ? { key: `queue-${heard.until}`, vi: apart(heard.vi), en: apart(heard.en), at: heard.at, until: heard.until, undo: service.undo }
    : null;
  // The newest by the hand that did it, not the one that may be taken back longest.
  const [newest = null] = [own, queue].filter((one) => one !== null && one.until > now).sort((a, b) => (b?.at ?? 0) - (a?.at ?? 0));
  const kept = useRef<UndoOffer | null>(null);
  const keptOwn = useRef(false);
  const live = newest !== null && newest.key !== gone;
  if (live) {
    kept.current = newest;
    keptOwn.current = newest === own;
  } else if (!held || (keptOwn.current && own === null)) kept.current = null; // its time is over, or it was withdrawn
  const shown = kept.current;
  const key = shown?.key;
  useEffect(() => setHeld(false), [key]);

  const take = () => {
    if (!shown) return;
    shown.undo();
    setGone(shown.key);
    kept.current = null;
    if (shown === own) clear();
  };
  useKeys(shown ? { undo: take } : {});
  return (
    <div className="undo-place" role="status">
      {shown ? (
        <div
          className="undo"
          onPointerEnter={() => setHeld(true)}
          onPointerLeave={() => setHeld(false)}
          onFocus={() => setHeld(true)}
          onBlur={() => setHeld(false)}
        >
          <span>{shown[language]}</span>
          <span className="cnt" aria-hidden="true">
            {say(
              `còn ${Math.max(0, Math.ceil((shown.until - now) / 1000))} giây`,
              `${Math.max(0, Math.ceil((shown.until - now) / 1000))} s left`,
            )}
          </span>
          <button type="button" className="btn" onClick={take}>
            <Icon name="undo" size="s" />
            {say('Hoàn tác', 'Undo')} <Key action="undo" />
          </button>
        </div>
      ) : null}
    </div>
  );
}
