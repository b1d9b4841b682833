import type { Channel as ChannelName } from '../../../main/contract/catalogue.ts';
import type { DossierView } from '../../../main/contract/dossier-views.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import type { Draft } from './useDraft.ts';

const CHANNELS: readonly { channel: ChannelName; vi: string; en: string }[] = [
  { channel: 'direct', vi: 'Trực tiếp', en: 'At the counter' },
  { channel: 'post', vi: 'Bưu chính', en: 'By post' },
  { channel: 'assisted-online', vi: 'Hỗ trợ nộp trực tuyến', en: 'Assisted online' },
];

export function Channel({ dossier, draft }: { dossier: DossierView; draft: Draft }) {
  const say = useSay();
  return (
    <fieldset className="chan">
      <legend className="vh">{say('Cách nộp', 'How it is handed in')}</legend>
      {CHANNELS.map(({ channel, vi, en }) => (
        <label key={channel} className={dossier.channel === channel ? 'on' : ''}>
          <input
            type="radio"
            className="vh"
            name="channel"
            checked={dossier.channel === channel}
            onChange={() => void draft.send((order) => client.dossiers.setChannel({ ...order, channel }))}
          />
          {say(vi, en)}
        </label>
      ))}
    </fieldset>
  );
}
