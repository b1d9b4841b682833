import { useState, type ChangeEvent, type FormEvent } from 'react';
import type { DossierView } from '../../../main/contract/dossier-views.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import type { Draft } from '../intake/useDraft.ts';

const LIMIT = 20 * 1024 * 1024;

/** The result: from the procedure's template, to be signed; or a PDF that came from elsewhere; or signed by hand. */
export function ResultDialog({ dossier, draft, onClose }: { dossier: DossierView; draft: Draft; onClose: () => void }) {
  const say = useSay();
  const [number, setNumber] = useState('');
  const [signer, setSigner] = useState('');
  const [title, setTitle] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const ready = file !== null || (signer.trim().length >= 2 && title.trim().length >= 2);
  const choose = (event: ChangeEvent<HTMLInputElement>) => {
    const chosen = event.target.files?.[0] ?? null;
    setProblem(
      chosen && chosen.size > LIMIT ? say('Tệp lớn hơn 20 MB. Hãy giảm dung lượng rồi chọn lại.', 'The file is larger than 20 MB.') : null,
    );
    setFile(chosen && chosen.size <= LIMIT ? chosen : null);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    if (file) {
      void base64Of(file).then((base64) =>
        draft.send((order) => client.dossiers.attachResult({ ...order, pdf: { name: file.name, base64 } })),
      );
    } else {
      void draft.send((order) =>
        client.dossiers.draftResult({ ...order, number: number.trim(), signer: signer.trim(), signerTitle: title.trim() }),
      );
    }
    onClose();
  };
  return (
    <Dialog title={say('Lập kết quả', 'Make the result')} onClose={onClose}>
      <form onSubmit={submit}>
        <p>{dossier.procedure?.result}</p>
        <div className="fields">
          <label>
            {say('Người ký', 'Who signs')}
            <input className="in" name="signer" value={signer} onChange={(event) => setSigner(event.target.value)} data-autofocus />
          </label>
          <label>
            {say('Chức vụ', 'Title')}
            <input className="in" name="signer-title" value={title} onChange={(event) => setTitle(event.target.value)} />
          </label>
          <label>
            {say(
              'Số văn bản (bỏ trống: văn thư ghi số, ngày, đóng dấu sau)',
              'Number (empty: the clerk writes number and date, then seals)',
            )}
            <input className="in" value={number} onChange={(event) => setNumber(event.target.value)} />
          </label>
          <label>
            {say('Hoặc chọn tệp PDF kết quả có sẵn', 'Or choose a PDF that exists')}
            <input className="in file" type="file" accept="application/pdf" onChange={choose} />
          </label>
        </div>
        {problem ? <p className="bad">{problem}</p> : null}
        <div className="row">
          <button type="button" className="btn lead" onClick={onClose}>
            {say('Thôi', 'Cancel')}
          </button>
          <button type="submit" className="btn go" disabled={!ready}>
            {say('Lập, chuyển ký số', 'Make, send to signing')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

const base64Of = (file: File): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(typeof reader.result === 'string' ? reader.result.replace(/^data:[^,]*,/, '') : ''));
    reader.addEventListener('error', () => reject(reader.error ?? new Error('the file cannot be read')));
    reader.readAsDataURL(file);
  });
