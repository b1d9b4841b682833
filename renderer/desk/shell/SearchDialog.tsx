import { useEffect, useId, useState } from 'react';
import type { DossierLine } from '../../../main/contract/dossier-views.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { go } from '../data/route.ts';
import { read } from '../data/read.ts';

type ProcedureHit = Awaited<ReturnType<typeof client.catalogue.search>>['items'][number];
type Hit = { readonly kind: 'dossier'; readonly line: DossierLine } | { readonly kind: 'procedure'; readonly hit: ProcedureHit };

const open = (line: DossierLine) => (line.axes.business === 'draft' ? go('intake', line.id) : go('results', line.id));

/** Ctrl+K: dossiers and procedures by whatever is remembered of them, with or without diacritics. */
export function SearchDialog({ initial, onClose }: { initial: string; onClose: () => void }) {
  const say = useSay();
  const [text, setText] = useState(initial);
  const [hits, setHits] = useState<readonly Hit[]>([]);
  const [at, setAt] = useState(0);
  const [asked, setAsked] = useState('');
  const listId = useId();

  useEffect(() => {
    const wanted = text.trim();
    if (wanted.length < 2) {
      setHits([]);
      return;
    }
    const ending = new AbortController();
    let stop = (): void => {};
    const timer = setTimeout(() => {
      stop = read(
        () =>
          Promise.all([
            client.dossiers.search({ text: wanted, limit: 12 }, { signal: ending.signal }),
            client.catalogue.search({ text: wanted, limit: 6 }, { signal: ending.signal }),
          ]),
        ([dossiers, procedures]) => {
          setHits([
            ...dossiers.items.map((line) => ({ kind: 'dossier' as const, line })),
            ...procedures.items.map((hit) => ({ kind: 'procedure' as const, hit })),
          ]);
          setAt(0);
          setAsked(wanted);
        },
      );
    }, 120);
    return () => {
      clearTimeout(timer);
      stop();
      ending.abort();
    };
  }, [text]);

  const take = (hit: Hit | undefined) => {
    if (!hit) return;
    onClose();
    if (hit.kind === 'dossier') open(hit.line);
    else go('intake', `new:${hit.hit.code}`);
  };

  return (
    <Dialog title={say('Tìm hồ sơ, người nộp, thủ tục', 'Find dossier, applicant, procedure')} onClose={onClose} wide>
      <div className="finder">
        <input
          className="in"
          type="search"
          role="combobox"
          aria-expanded={hits.length > 0}
          aria-controls={listId}
          aria-label={say(
            'Gõ tên, mã hồ sơ, số định danh hoặc thủ tục; không dấu cũng được',
            'Name, code, ID number or procedure; diacritics are not needed',
          )}
          aria-activedescendant={hits.length > 0 ? `${listId}-${at}` : undefined}
          placeholder={say('Tên, mã, số định danh, thủ tục; gõ không dấu cũng được', 'Name, code, ID number, procedure')}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') setAt((before) => Math.min(before + 1, hits.length - 1));
            else if (event.key === 'ArrowUp') setAt((before) => Math.max(before - 1, 0));
            else if (event.key === 'Enter') take(hits[at]);
            else return;
            event.preventDefault();
          }}
          data-autofocus
        />
        <ul id={listId} role="listbox" aria-label={say('Kết quả', 'Results')}>
          {hits.map((hit, index) => (
            <li
              key={hit.kind === 'dossier' ? hit.line.id : hit.hit.code}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === at}
              onClick={() => take(hit)}
            >
              {hit.kind === 'dossier' ? (
                <span className="hit">
                  <span className="code m">{hit.line.title}</span>
                  <span>
                    <b className="m">{hit.line.applicant}</b>, <span className="dim">{hit.line.procedure}</span>
                  </span>
                  <span className="small dim">{hit.line.statusText}</span>
                </span>
              ) : (
                <span className="hit">
                  <span className="code m">{hit.hit.code}</span>
                  <span>{hit.hit.name}</span>
                  <span className="small dim">{say('Tiếp nhận mới', 'New intake')}</span>
                </span>
              )}
            </li>
          ))}
        </ul>
        <p className="small dim" role="status">
          {asked !== '' && hits.length === 0
            ? say(`Không thấy “${asked}”. Thử vài chữ của tên hoặc mã.`, `Nothing found for “${asked}”. Try part of the name or code.`)
            : ''}
        </p>
      </div>
    </Dialog>
  );
}
