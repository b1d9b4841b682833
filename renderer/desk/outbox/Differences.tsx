import { useCallback, useEffect, useState } from 'react';
import { client, serverNow } from '../../shared/client.ts';
import { useLanguage } from '../../shared/language.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { clockText, dayOf, dayText } from '../../shared/time.ts';
import { useCommand } from '../data/useCommand.ts';
import { read } from '../data/read.ts';

type Found = Awaited<ReturnType<typeof client.delivery.differences>>;

/** The daily comparison both ways, and a way to settle each difference. */
export function Differences() {
  const { language, say } = useLanguage();
  const { run, busy, trouble, dismiss } = useCommand();
  const [found, setFound] = useState<Found | null>(null);
  const look = useCallback(() => read(() => client.delivery.differences({ openOnly: true }), setFound), []);
  useEffect(look, [look]);
  const reconcile = () =>
    void run('reconcile', (commandId) => client.delivery.reconcile({ commandId, day: dayOf(serverNow()) })).then(
      (answer) => answer && setFound({ run: answer.run, differences: answer.differences }),
    );
  return (
    <div className="scroll diffs">
      <p className="diffhead">
        <span>
          {found?.run
            ? `${found.run.text[language]} (${clockText(found.run.at)} ${dayText(found.run.day)})`
            : say('Chưa đối chiếu.', 'Not compared yet.')}
        </span>
        <button type="button" className="btn sm" aria-disabled={busy !== null} onClick={reconcile}>
          {say('Đối chiếu hôm nay ngay', 'Compare today now')}
        </button>
      </p>
      {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
      <ul>
        {(found?.differences ?? []).map((difference) => (
          <li key={difference.id}>
            <div>
              <b className="code">{difference.code}</b>
              <p>{difference.text[language]}</p>
              <p className="small dim">{`${say('Ở đây', 'Here')}: ${difference.ours ?? '—'}; ${say('ở tỉnh', 'there')}: ${difference.theirs ?? '—'}`}</p>
            </div>
            <div className="ways">
              {difference.ways.map((way) => (
                <button
                  key={way.way}
                  type="button"
                  className="btn sm"
                  aria-disabled={busy !== null}
                  onClick={() =>
                    void run('settle', (commandId) => client.delivery.settle({ commandId, id: difference.id, way: way.way })).then(
                      (done) => done && look(),
                    )
                  }
                >
                  {way[language]}
                </button>
              ))}
            </div>
          </li>
        ))}
      </ul>
      {found && found.differences.length === 0 ? (
        <p className="empty">{say('Không có chỗ lệch nào đang chờ xử lý.', 'No open difference.')}</p>
      ) : null}
    </div>
  );
}
