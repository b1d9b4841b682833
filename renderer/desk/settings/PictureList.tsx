import { useEffect, useState, type ChangeEvent } from 'react';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { useCommand } from '../data/useCommand.ts';
import { read } from '../data/read.ts';

type Pictures = Awaited<ReturnType<typeof client.signing.pictures>>;
interface Known {
  readonly id: string;
  readonly subject: string;
}

const base64Of = (bytes: Uint8Array): string => {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
};

/** Signature pictures (blue), one for each certificate that is plugged in, and the agency's seal (red). */
export function PictureList({ may }: { may: boolean }) {
  const say = useSay();
  const { run, trouble, dismiss } = useCommand();
  const [pictures, setPictures] = useState<Pictures>({ signatures: [], seal: false });
  const [known, setKnown] = useState<readonly Known[]>([]);
  useEffect(() => {
    const stops = [
      read(() => client.signing.pictures(), setPictures),
      read(
        () => client.signing.tokens(),
        (list) => setKnown(list.tokens.flatMap((token) => token.certificates.map(({ id, subject }) => ({ id, subject })))),
      ),
    ];
    return () => stops.forEach((stop) => stop());
  }, []);
  const save = (kind: 'signature' | 'seal', certificateId: string | null) => (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    event.target.value = '';
    if (!file) return;
    void run('picture', async (commandId) => {
      const png = base64Of(new Uint8Array(await file.arrayBuffer()));
      return client.signing.savePicture({ commandId, kind, certificateId, png });
    }).then((next) => next && setPictures(next));
  };
  const there = (has: boolean) => (has ? say('đã có', 'there') : say('chưa có, ký bằng chữ', 'none: text is shown'));
  return (
    <section className="block" aria-label={say('Hình chữ ký, hình dấu', 'Pictures')}>
      <h2>{say('Hình chữ ký (màu xanh), hình dấu (màu đỏ)', 'Signature (blue) and seal (red)')}</h2>
      <p className="small dim">
        {say(
          'Tệp PNG nền trong suốt, theo Phụ lục I Nghị định 30/2020. Dấu hiện đúng cỡ thật 36 mm, phủ một phần ba chữ ký về bên trái.',
          'Transparent PNG (Decree 30/2020, annex I). The seal is shown at its real size, 36 mm, over a third of the signature.',
        )}
      </p>
      {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
      {may ? (
        <div className="pairform">
          {known.map((one) => (
            <label key={one.id}>
              {`${one.subject}: ${there(pictures.signatures.includes(one.id))}`}
              <input className="in file" type="file" accept="image/png" onChange={save('signature', one.id)} />
            </label>
          ))}
          <label>
            {say(`Dấu cơ quan: ${there(pictures.seal)}`, `Agency seal: ${there(pictures.seal)}`)}
            <input className="in file" type="file" accept="image/png" onChange={save('seal', null)} />
          </label>
        </div>
      ) : null}
    </section>
  );
}
