import { useEffect, useRef, useState } from 'react';
import { troubleOf, type Trouble } from '../shared/answer.ts';
import { client, serverNow } from '../shared/client.ts';
import { newCommandId } from '../shared/ids.ts';
import { useLanguage } from '../shared/language.tsx';
import { useLive } from '../shared/live.ts';
import { TrainingStrip } from '../shared/parts/TrainingStrip.tsx';
import { TroubleNote } from '../shared/parts/TroubleNote.tsx';
import { spaced } from '../shared/ticketText.ts';
import { useNow } from '../shared/useNow.ts';
import { Face } from './Face.tsx';

const SCORES = [
  { score: 1, vi: 'Rất không hài lòng', en: 'Very dissatisfied' },
  { score: 2, vi: 'Không hài lòng', en: 'Dissatisfied' },
  { score: 3, vi: 'Bình thường', en: 'Neutral' },
  { score: 4, vi: 'Hài lòng', en: 'Satisfied' },
  { score: 5, vi: 'Rất hài lòng', en: 'Very satisfied' },
] as const;

const REASONS = [
  { id: 'wait', vi: 'Chờ lâu', en: 'Long wait' },
  { id: 'guidance', vi: 'Hướng dẫn chưa rõ', en: 'Unclear guidance' },
  { id: 'papers', vi: 'Phải bổ sung giấy tờ', en: 'More papers asked for' },
  { id: 'manner', vi: 'Thái độ phục vụ', en: 'Manner' },
] as const;

const THANKS_MS = 6_000;

/** The rating pad: asks about exactly the ticket that was finished, thanks, and goes quiet. No name, no number is asked. */
export function Feedback({ counterId }: { counterId: string | undefined }) {
  const { language, say, setLanguage } = useLanguage();
  const live = useLive({
    key: counterId ?? '',
    open: (signal) => client.queue.pad(counterId === undefined ? {} : { counterId }, { signal }),
    apply: (_, event) => event,
  });
  const now = useNow();
  const [thanked, setThanked] = useState<{ ticketId: string; at: number } | null>(null);
  const [low, setLow] = useState<{ ticketId: string; score: number } | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const command = useRef<{ ticketId: string; id: string } | null>(null);

  const asked = live.data?.ask;
  const ask = asked && asked.until > now && thanked?.ticketId !== asked.ticketId ? asked : undefined;
  const askId = ask?.ticketId;
  useEffect(() => {
    setLow(null);
    setTrouble(null);
    if (askId === undefined) setLanguage('vi');
  }, [askId, setLanguage]);

  const rate = (score: number, reasons: string[]) => {
    if (!ask) return;
    if (command.current?.ticketId !== ask.ticketId) command.current = { ticketId: ask.ticketId, id: newCommandId() };
    client.queue.rate({ commandId: command.current.id, ticketId: ask.ticketId, score, reasons }).then(
      () => {
        setThanked({ ticketId: ask.ticketId, at: serverNow() });
        setLow(null);
      },
      (error: unknown) => {
        command.current = null;
        setTrouble(troubleOf(error));
      },
    );
  };

  const thanking = thanked !== null && now - thanked.at < THANKS_MS;
  return (
    <div className="pad">
      <TrainingStrip size="public" />
      <header>
        <h1>{say(`Quầy ${live.data?.counterLabel ?? ''}`, `Counter ${live.data?.counterLabel ?? ''}`)}</h1>
        <div className="lang" role="group" aria-label="Ngôn ngữ / Language">
          <button type="button" lang="vi" aria-pressed={language === 'vi'} onClick={() => setLanguage('vi')}>
            Tiếng Việt
          </button>
          <button type="button" lang="en" aria-pressed={language === 'en'} onClick={() => setLanguage('en')}>
            English
          </button>
        </div>
      </header>
      <main>
        {trouble ? <TroubleNote trouble={trouble} /> : null}
        {thanking ? (
          <p className="thanks" role="status">
            {say('Cảm ơn ông/bà đã đánh giá.', 'Thank you for your rating.')}
          </p>
        ) : !ask ? (
          <p className="quiet">
            {say('Ông/bà có thể đánh giá sau khi cán bộ phục vụ xong.', 'You can rate when the officer has finished.')}
          </p>
        ) : low ? (
          <Reasons onSend={(reasons) => rate(low.score, reasons)} />
        ) : (
          <>
            <h2>{say(`Số ${spaced(ask.text)}: ông/bà thấy phục vụ thế nào?`, `Number ${spaced(ask.text)}: how was the service?`)}</h2>
            <ul className="scores">
              {SCORES.map(({ score, vi, en }) => (
                <li key={score}>
                  <button type="button" onClick={() => (score <= 2 ? setLow({ ticketId: ask.ticketId, score }) : rate(score, []))}>
                    <Face score={score} />
                    {say(vi, en)}
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
      </main>
    </div>
  );
}

/** Asked only after a low score, several may be chosen, none must. */
function Reasons({ onSend }: { onSend: (reasons: string[]) => void }) {
  const say = useLanguage().say;
  const [chosen, setChosen] = useState<string[]>([]);
  return (
    <>
      <h2>{say('Điều gì chưa tốt? (có thể bỏ qua)', 'What was not good? (optional)')}</h2>
      <ul className="reasons">
        {REASONS.map(({ id, vi, en }) => (
          <li key={id}>
            <button
              type="button"
              aria-pressed={chosen.includes(id)}
              onClick={() => setChosen((before) => (before.includes(id) ? before.filter((one) => one !== id) : [...before, id]))}
            >
              {say(vi, en)}
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className="send" onClick={() => onSend(chosen)}>
        {say('Gửi đánh giá', 'Send')}
      </button>
    </>
  );
}
