import { useEffect, useState } from 'react';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { whenText } from '../../shared/time.ts';
import { useNow } from '../../shared/useNow.ts';
import { useCommand } from '../data/useCommand.ts';
import { read } from '../data/read.ts';

type OwedFile = Awaited<ReturnType<typeof client.signing.owed>>[number];

/** What signed documents still owe, and the button that pays it. */
export function OwedList({ count }: { count: number }) {
  const say = useSay();
  const now = useNow(30_000);
  const { run, busy, trouble, dismiss } = useCommand();
  const [owed, setOwed] = useState<readonly OwedFile[]>([]);
  const [said, setSaid] = useState('');
  useEffect(() => read(() => client.signing.owed(), setOwed), [count]);
  const settle = () =>
    void run('settle', (commandId) => client.signing.settleOwed({ commandId })).then((done) => {
      if (!done) return;
      setSaid(
        done.left === 0
          ? say('Đã bổ sung đủ.', 'All settled.')
          : say(
              `Đã bổ sung ${done.settled}, còn nợ ${done.left}. Máy chủ chưa trả lời.`,
              `${done.settled} settled, ${done.left} still owed.`,
            ),
      );
    });
  return (
    <section data-owed={count}>
      <h2>{say(`Còn nợ dấu thời gian: ${count}`, `Timestamps owed: ${count}`)}</h2>
      <ul className="small owed">
        {owed.slice(0, 3).map((file) => (
          <li key={file.documentId}>
            <span className="code">{file.dossierCode}</span> {say('từ', 'since')} {whenText(file.since, now)}
            {file.kind === 'long-term' ? say(', thiếu dữ liệu lâu dài', ', long-term data missing') : ''}
          </li>
        ))}
        {owed.length > 3 ? <li>{say(`và ${owed.length - 3} bản nữa`, `and ${owed.length - 3} more`)}</li> : null}
      </ul>
      <button type="button" className="btn sm" aria-disabled={busy !== null} onClick={settle} data-action="settle">
        {busy === null ? say('Xin bổ sung ngay', 'Ask for them now') : say('Đang xin…', 'Asking…')}
      </button>{' '}
      <span role="status" className="small">
        {said}
      </span>
      {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
    </section>
  );
}
