import { useEffect, useState } from 'react';
import { troubleOf, type Trouble } from '../../shared/answer.ts';
import { client } from '../../shared/client.ts';
import { useLanguage } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { State, type Tone } from '../../shared/parts/State.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';

type Verdict = Awaited<ReturnType<typeof client.signing.verify>>;
const WORDS: Readonly<Record<Verdict['verdict'], readonly [Tone, string, string]>> = {
  'TOTAL-PASSED': ['ok', 'Hợp lệ', 'Valid'],
  INDETERMINATE: ['warn', 'Chưa đủ căn cứ kết luận', 'Indeterminate'],
  'TOTAL-FAILED': ['bad', 'Không hợp lệ', 'Not valid'],
  'NO-SIGNATURE': ['off', 'Chưa có chữ ký', 'No signature'],
};

/** The verdict first, in words; then each signature with its own sentence and the terms of EN 319 102-1. */
export function VerifyDialog({ documentId, title, onClose }: { documentId: string; title: string; onClose: () => void }) {
  const { language, say } = useLanguage();
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  useEffect(() => {
    let ended = false;
    client.signing.verify({ documentId }, { context: { patient: true } }).then(
      (heard) => !ended && setVerdict(heard),
      (error: unknown) => !ended && setTrouble(troubleOf(error)),
    );
    return () => {
      ended = true;
    };
  }, [documentId]);
  const word = verdict ? WORDS[verdict.verdict] : null;
  return (
    <Dialog title={say(`Kiểm tra chữ ký: ${title}`, `Verify: ${title}`)} onClose={onClose} wide>
      {trouble ? <TroubleNote trouble={trouble} /> : null}
      {!verdict && !trouble ? <p role="status">{say('Đang kiểm tra…', 'Verifying…')}</p> : null}
      {verdict && word ? (
        <div className="verdict" data-verdict={verdict.verdict}>
          <p>
            <State tone={word[0]}>{say(word[1], word[2])}</State> <span className="small dim">{verdict.verdict}</span>
          </p>
          {verdict.reason ? <p>{verdict.reason[language]}</p> : null}
          <ol>
            {verdict.signatures.map((signature) => (
              <li key={signature.field}>
                <p>
                  <b>{signature.signer ?? say('Người ký chưa rõ', 'Unknown signer')}</b> {signature.signedAt ?? ''}
                </p>
                <p>{language === 'vi' ? signature.vi : signature.en}</p>
                <p className="small dim">{[signature.verdict, signature.subIndication, signature.field].filter(Boolean).join(', ')}</p>
              </li>
            ))}
          </ol>
        </div>
      ) : null}
      <div className="row">
        <button type="button" className="btn" onClick={onClose} data-autofocus>
          {say('Đóng', 'Close')}
        </button>
      </div>
    </Dialog>
  );
}
