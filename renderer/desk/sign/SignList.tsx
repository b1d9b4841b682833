import { useEffect, useRef } from 'react';
import { useLanguage } from '../../shared/language.tsx';
import { State, type Tone } from '../../shared/parts/State.tsx';
import type { IconName } from '../../shared/parts/Icon.tsx';
import { clockSeconds } from '../../shared/time.ts';
import type { Batch, Item } from './useSigning.ts';

interface SignListProps {
  readonly items: readonly Item[];
  readonly batch: Batch | null;
  readonly selected: string | null;
  /** Documents that the officer took out of the batch with Space. */
  readonly left: ReadonlySet<string>;
  readonly onSelect: (documentId: string) => void;
  readonly onMark: (documentId: string) => void;
  /** At the clerk's step: documents whose number is still missing. */
  readonly unnumbered: ReadonlySet<string>;
  readonly step: Item['step'];
  /** How many wait at each step; the choice is shown when both have some. */
  readonly waitingAt: Readonly<Record<Item['step'], number>>;
  readonly onStep: (step: Item['step']) => void;
}

interface Row {
  readonly tone: Tone;
  readonly icon: IconName;
  readonly vi: string;
  readonly en: string;
  readonly lineVi: string;
  readonly lineEn: string;
}

const ACTIVITY: Readonly<Record<Batch['files'][number]['activity'], readonly [string, string]>> = {
  none: ['', ''],
  preparing: ['Đang chuẩn bị', 'Preparing'],
  signing: ['Token đang ký', 'The token is signing'],
  timestamp: ['Token đã ký, đang xin dấu thời gian', 'Signed, asking for a timestamp'],
  checking: ['Đang kiểm tra lại', 'Checking'],
};

/** State, icon and word of one document; a running batch knows more than the worklist. */
export function rowOf(item: Item, batch: Batch | null, left: boolean, unnumbered: boolean): Row {
  const file = batch && batch.state !== 'done' ? batch.files.find((one) => one.documentId === item.documentId) : undefined;
  const reason = item.reason ?? file?.reason ?? null;
  if (file?.state === 'pending' && batch?.state === 'paused')
    return { tone: 'park', icon: 'pause', vi: 'Tạm dừng', en: 'Paused', lineVi: '', lineEn: '' };
  if (file?.state === 'pending' && file.activity !== 'none') {
    const [lineVi, lineEn] = ACTIVITY[file.activity];
    return { tone: 'work', icon: 'run', vi: 'Đang ký', en: 'Signing', lineVi, lineEn };
  }
  if (file?.state === 'pending') return { tone: 'wait', icon: 'clock', vi: 'Chờ', en: 'Queued', lineVi: '', lineEn: '' };
  switch (item.state) {
    case 'signed': {
      const at = item.signedAt === null ? '' : clockSeconds(item.signedAt);
      const stamp = item.level === 'B-B' ? ['chưa có dấu thời gian', 'no timestamp'] : ['có dấu thời gian', 'with timestamp'];
      return { tone: 'ok', icon: 'okc', vi: 'Đã ký', en: 'Signed', lineVi: `Ký ${at}, ${stamp[0]}`, lineEn: `Signed ${at}, ${stamp[1]}` };
    }
    case 'refused':
    case 'failed':
      return { tone: 'bad', icon: 'bad', vi: 'Không ký được', en: 'Not signed', lineVi: reason?.vi ?? '', lineEn: reason?.en ?? '' };
    case 'set-aside':
      return { tone: 'off', icon: 'minus', vi: 'Bỏ qua', en: 'Skipped', lineVi: reason?.vi ?? '', lineEn: reason?.en ?? '' };
    case 'returned':
      return { tone: 'off', icon: 'left', vi: 'Đã trả lại', en: 'Sent back', lineVi: reason?.vi ?? '', lineEn: reason?.en ?? '' };
    case 'in-batch':
      return { tone: 'wait', icon: 'clock', vi: 'Chờ', en: 'Queued', lineVi: '', lineEn: '' };
    case 'waiting':
      if (!item.seen)
        return { tone: 'warn', icon: 'eye', vi: 'Chưa kiểm', en: 'Not seen', lineVi: 'Mở xem để đưa vào lô', lineEn: 'Open it to add it' };
      if (left)
        return { tone: 'off', icon: 'minus', vi: 'Để lại', en: 'Left out', lineVi: 'Bấm Space để đưa vào lô', lineEn: 'Space adds it' };
      if (unnumbered)
        return {
          tone: 'warn',
          icon: 'warn',
          vi: 'Chưa có số',
          en: 'No number',
          lineVi: 'Ghi số để đưa vào lô',
          lineEn: 'Write its number',
        };
      return { tone: 'ok', icon: 'check', vi: 'Trong lô', en: 'In the batch', lineVi: reason?.vi ?? '', lineEn: reason?.en ?? '' };
  }
}

/** Arrows move, Enter opens, Space leaves out or takes in. */
export function SignList(props: SignListProps) {
  const { items, batch, selected, left, onSelect, onMark, unnumbered, step: at, waitingAt, onStep } = props;
  const { language, say } = useLanguage();
  const list = useRef<HTMLOListElement>(null);
  const any = items.length > 0;
  useEffect(() => {
    list.current?.querySelector<HTMLButtonElement>('button')?.focus();
  }, [any]);
  const waiting = items.filter((item) => item.state === 'waiting');
  const unseen = waiting.filter((item) => !item.seen).length;
  const inBatch = waiting.filter((item) => item.seen && !left.has(item.documentId) && !unnumbered.has(item.documentId)).length;
  /** Enter on the document that is open already goes on to the next one that nobody has looked at: one key a document. */
  const openNext = (from: HTMLButtonElement, documentId: string) => {
    if (documentId !== selected) return onSelect(documentId);
    const here = items.findIndex((item) => item.documentId === documentId);
    const next = [...items.slice(here + 1), ...items.slice(0, here)].find((item) => item.state === 'waiting' && !item.seen);
    if (!next) return;
    onSelect(next.documentId);
    const button = list.current?.querySelector<HTMLButtonElement>(`button[data-document="${CSS.escape(next.documentId)}"]`);
    (button ?? from).focus();
    button?.scrollIntoView({ block: 'nearest' });
  };
  const step = (from: HTMLButtonElement, by: number) => {
    const buttons = [...(list.current?.querySelectorAll<HTMLButtonElement>('button') ?? [])];
    const next = buttons[buttons.indexOf(from) + by];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <section className="list" aria-label={say('Danh sách chờ ký', 'Documents to sign')}>
      <div className="hd">
        <h1>
          {batch && batch.endedAt === null
            ? say(`Đang ký lô: ${batch.files.length} bản`, `Signing a batch of ${batch.files.length}`)
            : say(`Kết quả chờ ký: ${waiting.length}`, `Waiting to be signed: ${waiting.length}`)}
        </h1>
        <p className="small dim">{say(`Trong lô ${inBatch}, chưa kiểm ${unseen}.`, `In the batch ${inBatch}, not seen ${unseen}.`)}</p>
        {waitingAt.leader > 0 && waitingAt.clerk > 0 ? (
          <div className="stepchoice" role="group" aria-label={say('Bước ký', 'Step')}>
            <button type="button" className="btn sm" aria-pressed={at === 'leader'} onClick={() => onStep('leader')}>
              {say(`Lãnh đạo ký: ${waitingAt.leader}`, `Leader: ${waitingAt.leader}`)}
            </button>
            <button type="button" className="btn sm" aria-pressed={at === 'clerk'} onClick={() => onStep('clerk')}>
              {say(`Văn thư đóng dấu: ${waitingAt.clerk}`, `Clerk: ${waitingAt.clerk}`)}
            </button>
          </div>
        ) : null}
      </div>
      <ol ref={list} className="scroll">
        {items.map((item) => {
          const row = rowOf(item, batch, left.has(item.documentId), unnumbered.has(item.documentId));
          return (
            <li key={item.documentId} className={`${item.documentId === selected ? 'on' : ''}${row.tone === 'bad' ? ' err' : ''}`}>
              <button
                type="button"
                aria-pressed={item.documentId === selected}
                tabIndex={item.documentId === (selected ?? items[0]?.documentId) ? 0 : -1}
                data-document={item.documentId}
                onClick={() => onSelect(item.documentId)}
                onKeyDown={(event) => {
                  if (event.key === 'ArrowDown') step(event.currentTarget, 1);
                  else if (event.key === 'ArrowUp') step(event.currentTarget, -1);
                  else if (event.key === ' ') onMark(item.documentId);
                  else if (event.key === 'Enter' && !event.ctrlKey) openNext(event.currentTarget, item.documentId);
                  else return;
                  event.preventDefault();
                }}
              >
                <span className="a cut m">{item.title}</span>
                <State tone={row.tone} icon={row.icon}>
                  {row[language]}
                </State>
                <span className="c">
                  <span className="code">{item.dossierCode}</span>
                  {(language === 'vi' ? row.lineVi : row.lineEn) === '' ? null : (
                    <>
                      <br />
                      {language === 'vi' ? row.lineVi : row.lineEn}
                    </>
                  )}
                </span>
              </button>
            </li>
          );
        })}
      </ol>
      {any ? null : (
        <p className="empty">
          {say('Không có văn bản chờ ký. Kết quả mới sẽ tự hiện.', 'Nothing waits to be signed. New results appear by themselves.')}
        </p>
      )}
    </section>
  );
}
