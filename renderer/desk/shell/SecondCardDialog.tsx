import type { CardFields } from '../../../main/contract/dossiers.ts';
import { troubleOf, type Trouble } from '../../shared/answer.ts';
import { client } from '../../shared/client.ts';
import { newCommandId } from '../../shared/ids.ts';
import { useSay } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';

export interface SecondCard {
  readonly dossierId: string;
  readonly card: CardFields;
}

/** A second, different card: replace the applicant, or is this the owner of the dossier? */
export function SecondCardDialog({
  second,
  onClose,
  onTrouble,
}: {
  second: SecondCard;
  onClose: () => void;
  onTrouble: (trouble: Trouble) => void;
}) {
  const say = useSay();
  const use = (as: 'applicant' | 'owner') => {
    client.dossiers
      .scanCard({ commandId: newCommandId(), dossierId: second.dossierId, card: second.card, as })
      .then(onClose, (error: unknown) => {
        onTrouble(troubleOf(error));
        onClose();
      });
  };
  return (
    <Dialog title={say('Thẻ của người khác', 'A different card')} onClose={onClose}>
      <p>
        {say('Vừa quét thẻ của ', 'This card belongs to ')}
        <b>{second.card.fullName}</b>
        {say('. Thay người nộp, hay thêm chủ hồ sơ?', '. Replace the applicant, or add as owner?')}
      </p>
      <div className="row">
        <button type="button" className="btn lead" onClick={onClose}>
          {say('Bỏ qua thẻ này', 'Ignore this card')}
        </button>
        <button type="button" className="btn" onClick={() => use('applicant')}>
          {say('Thay người nộp', 'Replace the applicant')}
        </button>
        <button type="button" className="btn go" onClick={() => use('owner')} data-autofocus>
          {say('Thêm chủ hồ sơ', 'Add as owner')}
        </button>
      </div>
    </Dialog>
  );
}
