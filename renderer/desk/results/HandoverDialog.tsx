import { useState } from 'react';
import type { DossierView } from '../../../main/contract/dossier-views.ts';
import { client } from '../../shared/client.ts';
import { newCommandId } from '../../shared/ids.ts';
import { useSay } from '../../shared/language.tsx';
import { FormDialog } from '../../shared/parts/FormDialog.tsx';
import { useService } from '../data/service.tsx';
import type { Draft } from '../intake/useDraft.ts';

/** Who receives, as whom, and that the originals went back. What the dossier knows is filled in. */
export function HandoverDialog({ dossier, draft, onClose }: { dossier: DossierView; draft: Draft; onClose: () => void }) {
  const say = useSay();
  const { current } = useService();
  const owner = dossier.owner ?? dossier.applicant;
  const [receiver, setReceiver] = useState(dossier.applicant.fullName?.value ?? '');
  const [idNumber, setIdNumber] = useState(dossier.applicant.idNumber?.value ?? '');
  const [relation, setRelation] = useState(dossier.owner ? (dossier.authority ?? say('người nộp thay', 'representative')) : 'chủ hồ sơ');
  const [method, setMethod] = useState<'counter' | 'post' | 'electronic'>('counter');
  const [originals, setOriginals] = useState(true);
  return (
    <FormDialog
      title={say('Trả kết quả', 'Hand over the result')}
      explain={
        <>
          {dossier.title}, <b className="m">{owner.fullName?.value}</b>
        </>
      }
      confirm={say('Đã trả', 'Handed over')}
      busy={draft.busy}
      trouble={draft.trouble}
      onClose={onClose}
      onSubmit={() =>
        draft.send(async (order) => {
          const handed = await client.dossiers.handOver({
            ...order,
            receiver: receiver.trim(),
            ...(idNumber.trim() === '' ? {} : { receiverIdNumber: idNumber.replaceAll(/\s/g, '') }),
            relation: relation.trim(),
            method,
            originalsReturned: originals,
          });
          // What this visitor says at the pad is about this dossier too. It is handed over all the same when the link fails.
          if (current) {
            const link = { commandId: newCommandId(), ticketId: current.ticketId, dossierCode: dossier.title };
            await client.queue.linkDossier(link).catch(() => undefined);
          }
          return handed;
        })
      }
    >
      <label>
        {say('Người nhận', 'Receiver')}
        <input
          className="in"
          name="receiver"
          value={receiver}
          onChange={(event) => setReceiver(event.target.value)}
          required
          minLength={2}
          maxLength={120}
        />
      </label>
      <label>
        {say('Số định danh người nhận', 'ID number')}
        <input className="in" value={idNumber} onChange={(event) => setIdNumber(event.target.value)} inputMode="numeric" maxLength={20} />
      </label>
      <label>
        {say('Quan hệ với chủ hồ sơ', 'Relation to the owner')}
        <input className="in" value={relation} onChange={(event) => setRelation(event.target.value)} maxLength={120} />
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
    </FormDialog>
  );
}
