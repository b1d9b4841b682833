import { useState, type FormEvent } from 'react';
import type { DossierView } from '../../../main/contract/dossier-views.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import type { Draft } from '../intake/useDraft.ts';

/** Who receives, as whom, and that the originals went back. What the dossier knows is filled in. */
export function HandoverDialog({ dossier, draft, onClose }: { dossier: DossierView; draft: Draft; onClose: () => void }) {
  const say = useSay();
  const owner = dossier.owner ?? dossier.applicant;
  const [receiver, setReceiver] = useState(dossier.applicant.fullName?.value ?? '');
  const [idNumber, setIdNumber] = useState(dossier.applicant.idNumber?.value ?? '');
  const [relation, setRelation] = useState(dossier.owner ? (dossier.authority ?? say('người nộp thay', 'representative')) : 'chủ hồ sơ');
  const [method, setMethod] = useState<'counter' | 'post' | 'electronic'>('counter');
  const [originals, setOriginals] = useState(true);
  const ready = receiver.trim().length >= 2;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    void draft.send((order) =>
      client.dossiers.handOver({
        ...order,
        receiver: receiver.trim(),
        ...(idNumber.trim() === '' ? {} : { receiverIdNumber: idNumber.replaceAll(/\s/g, '') }),
        relation: relation.trim(),
        method,
        originalsReturned: originals,
      }),
    );
    onClose();
  };
  return (
    <Dialog title={say('Trả kết quả', 'Hand over the result')} onClose={onClose}>
      <form onSubmit={submit}>
        <p>
          {dossier.title}, <b className="m">{owner.fullName?.value}</b>
        </p>
        <div className="fields">
          <label>
            {say('Người nhận', 'Receiver')}
            <input className="in" name="receiver" value={receiver} onChange={(event) => setReceiver(event.target.value)} />
          </label>
          <label>
            {say('Số định danh người nhận', 'ID number')}
            <input className="in" value={idNumber} onChange={(event) => setIdNumber(event.target.value)} inputMode="numeric" />
          </label>
          <label>
            {say('Quan hệ với chủ hồ sơ', 'Relation to the owner')}
            <input className="in" value={relation} onChange={(event) => setRelation(event.target.value)} />
          </label>
          <label>
            {say('Cách trả', 'How')}
            <select className="in" value={method} onChange={(event) => setMethod(event.target.value as typeof method)}>
              <option value="counter">{say('Tại quầy', 'At the counter')}</option>
              <option value="post">{say('Bưu chính', 'By post')}</option>
              <option value="electronic">{say('Bản điện tử', 'Electronically')}</option>
            </select>
          </label>
          <label className="check">
            <input type="checkbox" checked={originals} onChange={(event) => setOriginals(event.target.checked)} />
            {say('Đã trả lại bản chính', 'Originals were returned')}
          </label>
        </div>
        <div className="row">
          <button type="button" className="btn lead" onClick={onClose}>
            {say('Thôi', 'Cancel')}
          </button>
          <button type="submit" className="btn go" disabled={!ready} data-autofocus>
            {say('Đã trả', 'Handed over')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
