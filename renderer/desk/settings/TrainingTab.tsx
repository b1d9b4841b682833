import { useEffect, useState } from 'react';
import type { NeighbourView } from '../../../main/contract/training.ts';
import { client } from '../../shared/client.ts';
import { useLanguage } from '../../shared/language.tsx';
import { useLive } from '../../shared/live.ts';
import { Icon } from '../../shared/parts/Icon.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { useCommand } from '../data/useCommand.ts';
import { read } from '../data/read.ts';

/** The rehearsal's neighbours: what may go wrong with each, what happens once, and the papers that came out. */
export function TrainingTab() {
  const { language, say } = useLanguage();
  const { run, busy, trouble, dismiss } = useCommand();
  const live = useLive<readonly NeighbourView[], NeighbourView>({
    key: 'training',
    sparse: true,
    open: (signal) => client.training.live(undefined, { signal }),
    apply: (all, one) => all.map((before) => (before.id === one.id ? one : before)),
  });
  return (
    <>
      <div className="bar">
        <h1>{say('Bảng tập huấn', 'Training panel')}</h1>
        <span className="dim">
          {say(
            'Thiết bị giả nói đúng giao thức thật. Gây trục trặc ở đây để tập xử lý.',
            'Virtual devices speak the real protocols. Make trouble here and practise.',
          )}
        </span>
      </div>
      {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
      <ul className="neighbours">
        {(live.data ?? []).map((one) => (
          <li key={one.id} data-neighbour={one.id}>
            <h2>{language === 'vi' ? one.nameVi : one.nameEn}</h2>
            {one.shows === null || one.shows.trim() === '' ? null : <p className="shows">{one.shows}</p>}
            {one.switches.map((item) => (
              <label key={item.key} className="check">
                <input
                  type="checkbox"
                  checked={item.on}
                  aria-disabled={busy !== null}
                  onChange={(event) =>
                    void run('switch', (commandId) =>
                      client.training.setSwitch({ commandId, id: one.id, key: item.key, on: event.target.checked }),
                    )
                  }
                />
                {item[language]}
              </label>
            ))}
            <div className="acts2">
              {one.actions.map((item) => (
                <button
                  key={item.key}
                  type="button"
                  className="btn sm"
                  aria-disabled={busy !== null}
                  onClick={() => void run('act', (commandId) => client.training.act({ commandId, id: one.id, key: item.key }))}
                >
                  {item[language]}
                </button>
              ))}
            </div>
            {one.papers > 0 ? <Papers id={one.id} papers={one.papers} /> : null}
          </li>
        ))}
      </ul>
    </>
  );
}

function Papers({ id, papers }: { id: string; papers: number }) {
  const { say } = useLanguage();
  const [shown, setShown] = useState<readonly { png: string; text: string[] }[]>([]);
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (!open) return undefined;
    return read(() => client.training.papers({ id, limit: 3 }), setShown);
  }, [id, papers, open]);
  return (
    <>
      <button type="button" className="btn sm" aria-expanded={open} onClick={() => setOpen((before) => !before)}>
        <Icon name="print" size="s" />
        {say(`Xem giấy đã in (${papers})`, `Papers (${papers})`)}
      </button>
      {open ? (
        <div className="papers">
          {shown.map((paper, index) => (
            <img
              key={`${papers}-${index}`}
              src={`data:image/png;base64,${paper.png}`}
              alt={paper.text.join('. ') || say('Giấy đã in', 'Printed paper')}
            />
          ))}
        </div>
      ) : null}
    </>
  );
}
