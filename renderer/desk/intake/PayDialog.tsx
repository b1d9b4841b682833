import { useEffect, useState } from 'react';
import type { DossierView } from '../../../main/contract/dossier-views.ts';
import { troubleOf, type Trouble } from '../../shared/answer.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { moneyText } from '../../shared/time.ts';
import type { Draft } from './useDraft.ts';

type Code = Awaited<ReturnType<typeof client.dossiers.paymentCode>>;

/** F10: cash, the bank app's code, a card, or the portal. One record, which can be cancelled with a reason. */
export function PayDialog({ dossier, draft, onClose }: { dossier: DossierView; draft: Draft; onClose: () => void }) {
  const say = useSay();
  const [code, setCode] = useState<Code | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const due = dossier.fees?.due ?? 0;
  const { payment } = dossier;
  const unpaid = due > 0 && dossier.axes.money !== 'paid';
  useEffect(() => {
    if (!unpaid) return;
    client.dossiers.paymentCode({ dossierId: dossier.id }).then(setCode, (error: unknown) => setTrouble(troubleOf(error)));
  }, [dossier.id, unpaid]);
  const pay = (method: 'cash' | 'vietqr' | 'card' | 'portal') => {
    void draft.send((order) => client.dossiers.pay({ ...order, method, amount: due }));
    onClose();
  };
  return (
    <Dialog title={say('Thu phí, lệ phí', 'Take the fee')} onClose={onClose}>
      {payment && dossier.axes.money === 'paid' ? (
        <>
          <p>
            {say('Đã thu ', 'Paid ')}
            <b>{moneyText(payment.amount)}</b>, {payment.by}
          </p>
          <div className="row">
            <button
              type="button"
              className="btn no lead"
              onClick={() => {
                void draft.send((order) =>
                  client.dossiers.undoPayment({ ...order, kind: 'cancelled', reason: say('Ghi nhầm', 'Recorded by mistake') }),
                );
                onClose();
              }}
            >
              {say('Ghi nhầm, hủy ghi thu', 'Recorded by mistake, cancel')}
            </button>
            <button type="button" className="btn" onClick={onClose} data-autofocus>
              {say('Đóng', 'Close')}
            </button>
          </div>
        </>
      ) : due === 0 ? (
        <>
          <p>{say('Hồ sơ này không phải nộp phí.', 'Nothing is to be paid.')}</p>
          <div className="row">
            <button type="button" className="btn" onClick={onClose} data-autofocus>
              {say('Đóng', 'Close')}
            </button>
          </div>
        </>
      ) : (
        <>
          <p>
            {say('Phải thu ', 'To pay ')}
            <b className="sum">{moneyText(due)}</b>
          </p>
          {code ? (
            <figure className="qrpay">
              <img
                src={`data:image/svg+xml,${encodeURIComponent(code.svg)}`}
                alt={say('Mã VietQR để chuyển khoản', 'VietQR code for a bank transfer')}
                width="200"
                height="200"
              />
              <figcaption className="small">{code.purpose}</figcaption>
            </figure>
          ) : null}
          {trouble ? <TroubleNote trouble={trouble} /> : null}
          <div className="row">
            <button type="button" className="btn lead" onClick={onClose}>
              {say('Thu sau', 'Later')}
            </button>
            <button type="button" className="btn" onClick={() => pay('card')}>
              {say('Đã quẹt thẻ', 'By card')}
            </button>
            <button type="button" className="btn" onClick={() => pay('vietqr')} disabled={!code}>
              {say('Đã chuyển khoản', 'Transferred')}
            </button>
            <button type="button" className="btn go" onClick={() => pay('cash')} data-autofocus>
              {say('Đã thu tiền mặt', 'Cash taken')}
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}
