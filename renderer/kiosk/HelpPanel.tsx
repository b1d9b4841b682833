import { useEffect, useState } from 'react';
import { client } from '../shared/client.ts';
import { useSay } from '../shared/language.tsx';
import { Dialog } from '../shared/parts/Dialog.tsx';

/** The way to a person: the information desk, and the centre's telephone. */
export function HelpPanel({ onClose }: { onClose: () => void }) {
  const say = useSay();
  const [hotline, setHotline] = useState<string | null>(null);
  useEffect(() => {
    let ended = false;
    client.catalogue.place().then(
      (place) => !ended && setHotline(place.hotline),
      () => setHotline(null),
    );
    return () => {
      ended = true;
    };
  }, []);
  return (
    <Dialog title={say('Cần người giúp?', 'Need a hand?')} onClose={onClose}>
      <p>
        {say(
          'Xin đến quầy hướng dẫn, hoặc nói với cán bộ gần nhất. Cán bộ có thể lấy số thay ông/bà.',
          'Please go to the information desk or tell the nearest officer. They can take a number for you.',
        )}
      </p>
      {hotline ? <p>{say(`Điện thoại: ${hotline}`, `Telephone: ${hotline}`)}</p> : null}
      <button type="button" className="big" onClick={onClose} data-autofocus>
        {say('Đóng', 'Close')}
      </button>
    </Dialog>
  );
}
