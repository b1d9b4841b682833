import type { ComponentState, DossierComponent, DossierView } from '../../../main/contract/dossier-views.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Icon, type IconName } from '../../shared/parts/Icon.tsx';
import { Key } from '../../shared/parts/Key.tsx';
import { State, type Tone } from '../../shared/parts/State.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import type { Draft } from './useDraft.ts';
import type { Scan } from './useScan.ts';

const LOOK: Readonly<Record<ComponentState, { tone: Tone; icon: IconName }>> = {
  absent: { tone: 'wait', icon: 'clock' },
  scanning: { tone: 'work', icon: 'scan' },
  complete: { tone: 'ok', icon: 'okc' },
  review: { tone: 'warn', icon: 'warn' },
  missing: { tone: 'bad', icon: 'bad' },
  'in-database': { tone: 'ok', icon: 'db' },
  'not-applicable': { tone: 'off', icon: 'minus' },
};

interface ChecklistProps {
  readonly dossier: DossierView;
  readonly draft: Draft;
  readonly scan: Scan;
  readonly active: string | null;
  readonly onActive: (key: string) => void;
  readonly onScan: () => void;
}

/** What the law asks for, one line each; a line chosen here is what F7 scans into. */
export function Checklist({ dossier, draft, scan, active, onActive, onScan }: ChecklistProps) {
  const say = useSay();
  return (
    <>
      <div className="h head">
        <h2>{say('Thành phần hồ sơ', 'Papers')}</h2>
        <span className="dim small cut">{dossier.procedure?.caseName ?? ''}</span>
        <span className="sp" />
        {scan.scanning ? (
          <button type="button" className="btn sm" onClick={scan.cancel}>
            <Icon name="x" size="s" />
            {say('Dừng quét', 'Stop scanning')}
          </button>
        ) : (
          <button type="button" className="btn sm" onClick={onScan} disabled={active === null}>
            <Icon name="scan" size="s" />
            {scan.pages.length > 0 ? say('Quét tiếp', 'Scan more') : say('Quét', 'Scan')} <Key action="scan" />
          </button>
        )}
      </div>
      {scan.trouble ? <TroubleNote trouble={scan.trouble} onClose={scan.dismiss} /> : null}
      {dossier.components.length === 0 ? (
        <p className="empty small">{say('Chọn thủ tục để thấy giấy tờ cần nộp.', 'Choose a procedure to see its papers.')}</p>
      ) : null}
      <ol className="chk">
        {dossier.components.map((component) => (
          <Line
            key={component.key}
            component={component}
            on={component.key === active}
            draft={draft}
            scanning={scan.scanning && component.key === active}
            onActive={onActive}
            pages={component.key === active ? scan.pages.length : component.pageIds.length}
          />
        ))}
      </ol>
    </>
  );
}

interface LineProps {
  readonly component: DossierComponent;
  readonly on: boolean;
  readonly scanning: boolean;
  readonly pages: number;
  readonly draft: Draft;
  readonly onActive: (key: string) => void;
}

function Line({ component, on, scanning, pages, draft, onActive }: LineProps) {
  const say = useSay();
  const look = LOOK[scanning ? 'scanning' : component.state];
  const set = (state: ComponentState) => void draft.send((order) => client.dossiers.setComponent({ ...order, key: component.key, state }));
  const bare = component.state === 'not-applicable' || component.state === 'in-database';
  const detail = [
    bare ? '' : component.detail,
    pages > 0 ? say(`${pages} trang`, `${pages} pages`) : '',
    component.note ?? '',
    component.reusedFrom ?? '',
  ].filter((part) => part !== '');
  return (
    <li className={on ? 'on' : ''}>
      <button type="button" className="pick" aria-pressed={on} onClick={() => onActive(component.key)}>
        <span className="ix">{component.number}</span>
        <span className="t">
          {component.name}
          {component.required ? null : <span className="dim small">{say(' (nếu có)', ' (if any)')}</span>}
        </span>
      </button>
      <State tone={look.tone} icon={look.icon}>
        {scanning ? say(`Đang quét trang ${pages + 1}`, `Scanning page ${pages + 1}`) : component.label}
      </State>
      {detail.length > 0 || on ? (
        <span className="d">
          {detail.map((part) => (
            <span key={part}>{part}</span>
          ))}
          {on && component.state !== 'scanning' ? (
            <span className="dset">
              {bare || component.state === 'complete' ? (
                <button type="button" className="link" onClick={() => set('absent')}>
                  {say('Đặt lại', 'Reset')}
                </button>
              ) : (
                <>
                  <button type="button" className="link" onClick={() => set('complete')}>
                    {say('Đã nhận bản giấy', 'Paper received')}
                  </button>
                  <button type="button" className="link" onClick={() => set('in-database')}>
                    {say('Có trong CSDL', 'In database')}
                  </button>
                  <button type="button" className="link" onClick={() => set('not-applicable')}>
                    {say('Không áp dụng', 'Not applicable')}
                  </button>
                </>
              )}
            </span>
          ) : null}
        </span>
      ) : null}
    </li>
  );
}
