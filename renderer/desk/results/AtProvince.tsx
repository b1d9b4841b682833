import { useEffect, useState } from 'react';
import type { DossierView } from '../../../main/contract/dossier-views.ts';
import { client } from '../../shared/client.ts';
import { useLanguage } from '../../shared/language.tsx';
import { whenText } from '../../shared/time.ts';
import { useNow } from '../../shared/useNow.ts';
import { useDeskData } from '../data/deskData.tsx';
import { read } from '../data/read.ts';
import { ReturnedFiles, type InboxItem } from './ReturnedFiles.tsx';

type Axis = Awaited<ReturnType<typeof client.delivery.remote>>[number];
const AXES: Readonly<Record<Axis['axis'], readonly [string, string]>> = {
  business: ['Nghiệp vụ', 'Business'],
  money: ['Tài chính', 'Money'],
  paper: ['Giấy tờ', 'Papers'],
  sync: ['Đồng bộ', 'Sending'],
};
const SOURCE: Readonly<Record<Axis['source'], readonly [string, string]>> = {
  province: ['theo tỉnh', 'says the province'],
  counter: ['theo quầy', 'says the counter'],
};

/** What is known of the dossier on the province's side: each axis with who said so and when, and what came back for it. */
export function AtProvince({ dossier }: { dossier: Pick<DossierView, 'id' | 'revision'> }) {
  const { language, say } = useLanguage();
  const now = useNow(30_000);
  const { outbox } = useDeskData();
  const [axes, setAxes] = useState<readonly Axis[]>([]);
  const [items, setItems] = useState<readonly InboxItem[]>([]);
  const { id, revision } = dossier;
  const news = `${revision}/${outbox.data?.inbox ?? 0}/${outbox.data?.acknowledgedToday ?? 0}`;
  useEffect(() => {
    const stops = [
      read(() => client.delivery.remote({ dossierId: id }), setAxes),
      read(() => client.delivery.inbox({ dossierId: id, unseenOnly: false }), setItems),
    ];
    return () => stops.forEach((stop) => stop());
  }, [id, news]);
  if (axes.length === 0 && items.length === 0) return null;
  return (
    <section className="docs" aria-label={say('Ở hệ thống tỉnh', 'At the province')}>
      <h2>{say('Ở hệ thống tỉnh', 'At the province')}</h2>
      <ul className="there">
        {axes.map((axis) => (
          <li key={axis.axis}>
            <span className="dim">{say(...AXES[axis.axis])}</span>
            <span>
              <b>{axis.text[language]}</b>{' '}
              <span className="small dim">
                {say(...SOURCE[axis.source])}, {whenText(axis.sourceAt, now)}
              </span>
            </span>
          </li>
        ))}
        {items.map((item) => (
          <li key={item.id}>
            <span className="dim nw">{whenText(item.at, now)}</span>
            <span className="came">
              {item.text[language]} <ReturnedFiles item={item} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
