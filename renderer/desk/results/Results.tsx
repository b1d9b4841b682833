import { useEffect, useRef, useState } from 'react';
import type { DossierLine } from '../../../main/contract/dossier-views.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { useDeskData } from '../data/deskData.tsx';
import { go } from '../data/route.ts';
import { useCommand } from '../data/useCommand.ts';
import { read } from '../data/read.ts';
import { DossierPanel } from './DossierPanel.tsx';
import './results.css';

/** Handing over: scan the receipt (or type its code), look, hand over. The list shows what lies ready. */
export function Results({ id }: { id: string | null }) {
  const say = useSay();
  const { work } = useDeskData();
  const count = work.data?.lists.find((list) => list.name === 'results-ready')?.count ?? 0;
  const [lines, setLines] = useState<readonly DossierLine[]>([]);
  const [code, setCode] = useState('');
  const { run, trouble, dismiss } = useCommand();
  const field = useRef<HTMLInputElement>(null);
  const stamp = work.data?.at;
  useEffect(() => read(() => client.dossiers.worklist({ name: 'results-ready', limit: 200 }), setLines), [stamp]);
  useEffect(() => {
    if (id === null) field.current?.focus();
  }, [id]);
  const find = () => {
    const wanted = code.trim();
    if (wanted === '') return;
    void run('find', () => client.dossiers.byCode({ code: wanted })).then((dossier) => {
      if (!dossier) return;
      setCode('');
      go('results', dossier.id);
    });
  };
  return (
    <main className="page results" tabIndex={-1} aria-label={say('Trả kết quả', 'Results')}>
      <section className="ready" aria-label={say('Kết quả chờ trả', 'Results to hand over')}>
        <h1>{say(`Kết quả chờ trả: ${count}`, `Results to hand over: ${count}`)}</h1>
        <form
          className="codeform"
          onSubmit={(event) => {
            event.preventDefault();
            find();
          }}
        >
          <label htmlFor="receipt-code">{say('Quét giấy tiếp nhận, hoặc gõ mã', 'Scan the receipt, or type its code')}</label>
          <div className="pin">
            <Icon name="qr" size="s" />
            <input
              id="receipt-code"
              ref={field}
              value={code}
              onChange={(event) => setCode(event.target.value)}
              autoComplete="off"
              spellCheck={false}
            />
            <button type="submit" className="link">
              {say('Mở', 'Open')}
            </button>
          </div>
        </form>
        {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
        <ul className="scroll">
          {lines.map((line) => (
            <li key={line.id} className={line.id === id ? 'on' : ''}>
              <button type="button" onClick={() => go('results', line.id)} aria-pressed={line.id === id}>
                <span className="code m">{line.title}</span>
                <span className="cut">
                  {line.applicant}, <span className="dim">{line.procedure}</span>
                </span>
                <span className="small dim">{line.note}</span>
              </button>
            </li>
          ))}
        </ul>
        {lines.length === 0 ? (
          <p className="empty">
            {say('Chưa có kết quả nào chờ trả. Kết quả về sẽ tự hiện ở đây.', 'No result waits. Results appear by themselves.')}
          </p>
        ) : null}
      </section>
      {id === null ? (
        <section className="panel none">
          <p className="dim">
            {say('Quét mã trên giấy tiếp nhận của công dân để mở hồ sơ.', "Scan the code on the citizen's receipt to open the dossier.")}
          </p>
        </section>
      ) : (
        <DossierPanel key={id} id={id} />
      )}
    </main>
  );
}
