import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import type { DossierView } from '../../../main/contract/dossier-views.ts';
import type { ProcedureView } from '../../../main/contract/catalogue.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { read } from '../data/read.ts';
import type { Draft } from './useDraft.ts';

type Hit = Awaited<ReturnType<typeof client.catalogue.search>>['items'][number];

/**
 * The procedure: typed without diacritics, chosen with Enter; once chosen, its name, case and what must be known about it.
 * @param fixed it stands on a receipt: only the words of the request may be put right
 */
export function Procedure({ dossier, draft, fixed }: { dossier: DossierView; draft: Draft; fixed: boolean }) {
  const [changing, setChanging] = useState(false);
  const chosen = dossier.procedure;
  if (!chosen || changing) return <ProcedureSearch dossier={dossier} draft={draft} onDone={() => setChanging(false)} />;
  return <Chosen dossier={dossier} draft={draft} onChange={fixed ? null : () => setChanging(true)} />;
}

function Chosen({ dossier, draft, onChange }: { dossier: DossierView; draft: Draft; onChange: (() => void) | null }) {
  const say = useSay();
  const chosen = dossier.procedure;
  const [view, setView] = useState<ProcedureView | null>(null);
  const code = chosen?.code;
  const version = chosen?.version;
  useEffect(() => {
    if (code === undefined) return undefined;
    return read(() => client.catalogue.procedure({ code, ...(version === undefined ? {} : { version }) }), setView);
  }, [code, version]);
  const [request, setRequest] = useState(dossier.request);
  useEffect(() => setRequest(dossier.request), [dossier.request]);
  if (!chosen) return null;
  return (
    <div className="proc">
      <div className="h">
        <h2>{say('Thủ tục', 'Procedure')}</h2>
        <span className="sp" />
        {onChange ? (
          <button type="button" className="link" onClick={onChange}>
            {say('Chọn thủ tục khác', 'Choose another')}
          </button>
        ) : null}
      </div>
      <div className="chosen">
        <span className="m code">{chosen.code}</span>
        <span>
          {chosen.name}
          {view ? <small>{`${view.field.name}, ${view.cases.find((one) => one.id === chosen.caseId)?.limit.text ?? ''}`}</small> : null}
        </span>
      </div>
      {view && view.cases.length > 1 && onChange ? (
        <label className="fld w">
          <span className="lb">{say('Trường hợp', 'Case')}</span>
          <select
            className="v in"
            value={chosen.caseId}
            onChange={(event) =>
              void draft.send((order) => client.dossiers.chooseProcedure({ ...order, code: chosen.code, caseId: event.target.value }))
            }
          >
            {view.cases.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <label className="fld w">
        <span className="lb">{say('Nội dung yêu cầu', 'Request in one line')}</span>
        <input
          className="v in"
          value={request}
          onChange={(event) => setRequest(event.target.value)}
          onBlur={() => {
            if (request !== dossier.request) void draft.send((order) => client.dossiers.setRequest({ ...order, request }));
          }}
        />
      </label>
      {[...(view?.elsewhere ? [view.elsewhere] : []), ...(view?.problems ?? [])].map((text) => (
        <p key={text} className="small warn">
          {text}
        </p>
      ))}
      {view?.bothMustAppear ? <p className="small warn">{say('Thủ tục này cần cả hai bên có mặt.', 'Both parties must appear.')}</p> : null}
    </div>
  );
}

function ProcedureSearch({ dossier, draft, onDone }: { dossier: DossierView; draft: Draft; onDone: () => void }) {
  const say = useSay();
  const [text, setText] = useState('');
  const [hits, setHits] = useState<readonly Hit[]>([]);
  const [total, setTotal] = useState(0);
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const listId = useId();
  useEffect(() => {
    const ending = new AbortController();
    let stop = (): void => {};
    const search = (): void => {
      stop = read(
        () => client.catalogue.search({ text: text.trim(), limit: 8 }, { signal: ending.signal }),
        (found) => {
          setHits(found.items);
          setTotal(found.total);
          setAt(0);
        },
      );
    };
    const timer = setTimeout(search, text === '' ? 0 : 60);
    return () => {
      clearTimeout(timer);
      stop();
      ending.abort();
    };
  }, [text]);
  // The first empty required field has the focus: the procedure, once the card has filled the applicant.
  const filled = (dossier.applicant.fullName?.value ?? '') !== '';
  useEffect(() => {
    if (filled) field.current?.focus();
  }, [filled]);

  const choose = (hit: Hit | undefined) => {
    if (!hit) return;
    void draft.send((order) => client.dossiers.chooseProcedure({ ...order, code: hit.code })).then((done) => done && onDone());
  };
  return (
    <div className="proc">
      <div className="h">
        <h2>{say('Thủ tục', 'Procedure')}</h2>
        <span className="sp small dim">{say('Tên, mã, gõ không dấu cũng được', 'Name or code; diacritics are not needed')}</span>
      </div>
      <div className="pin">
        <Icon name="find" size="s" />
        <input
          ref={field}
          role="combobox"
          aria-expanded={hits.length > 0}
          aria-controls={listId}
          aria-label={say('Tìm thủ tục', 'Find a procedure')}
          aria-activedescendant={hits.length > 0 ? `${listId}-${at}` : undefined}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') setAt((before) => Math.min(before + 1, hits.length - 1));
            else if (event.key === 'ArrowUp') setAt((before) => Math.max(before - 1, 0));
            else if (event.key === 'Enter') choose(hits[at]);
            else if (event.key === 'Escape' && dossier.procedure) onDone();
            else return;
            event.preventDefault();
          }}
        />
        <span className="small dim nw" role="status">
          {text.trim() === '' ? '' : say(`${total} kết quả`, `${total} found`)}
        </span>
      </div>
      <p className="small dim pinhint">{text.trim() === '' ? say('Hay dùng ở quầy này', 'Often used here') : ''}</p>
      <ul className="res" role="listbox" id={listId} aria-label={say('Thủ tục', 'Procedures')}>
        {hits.map((hit, index) => (
          <li key={hit.code} id={`${listId}-${index}`} role="option" aria-selected={index === at} onClick={() => choose(hit)}>
            <span className="m code">{hit.code.startsWith('pending:') ? say('chưa có mã', 'no code yet') : hit.code}</span>
            <span>
              {marked(hit)}
              <small>{hit.summary}</small>
            </span>
            {index === at ? <kbd>Enter</kbd> : null}
          </li>
        ))}
      </ul>
      {text.trim() !== '' && hits.length === 0 ? (
        <p className="small dim">
          {say('Không thấy thủ tục nào. Thử ít chữ hơn, hoặc gõ mã.', 'None found. Try fewer words, or the code.')}
        </p>
      ) : null}
    </div>
  );
}

/** The name with what was typed underlined. */
function marked(hit: Hit): ReactNode[] {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const { start, length } of [...hit.highlights].sort((a, b) => a.start - b.start)) {
    if (start < from) continue;
    parts.push(hit.name.slice(from, start), <mark key={start}>{hit.name.slice(start, start + length)}</mark>);
    from = start + length;
  }
  parts.push(hit.name.slice(from));
  return parts;
}
