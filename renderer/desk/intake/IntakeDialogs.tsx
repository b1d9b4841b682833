import type { DossierView } from '../../../main/contract/dossier-views.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { clockText } from '../../shared/time.ts';
import { DueDialog } from './DueDialog.tsx';
import { PayDialog } from './PayDialog.tsx';
import { ReasonDialog } from './ReasonDialog.tsx';
import { SupplementDialog } from './SupplementDialog.tsx';
import type { Draft } from './useDraft.ts';

export type IntakeDialog = 'refuse' | 'supplement' | 'pay' | 'due' | 'duplicates';

interface IntakeDialogsProps {
  readonly dialog: IntakeDialog | null;
  readonly dossier: DossierView;
  readonly draft: Draft;
  readonly onClose: () => void;
  readonly onAccept: () => void;
}

export function IntakeDialogs({ dialog, dossier, draft, onClose, onAccept }: IntakeDialogsProps) {
  const say = useSay();
  switch (dialog) {
    case null:
      return null;
    case 'refuse':
      return (
        <ReasonDialog
          title={say('Từ chối tiếp nhận', 'Refuse')}
          explain={say(
            'Công dân nhận phiếu từ chối (Mẫu 03). Việc này không hoàn tác được.',
            'The citizen receives the refusal form. This cannot be undone.',
          )}
          reasonLabel={say('Lý do', 'Reason')}
          basisLabel={say('Căn cứ pháp lý', 'Legal basis')}
          confirm={say('Từ chối, in phiếu', 'Refuse and print')}
          busy={draft.busy}
          trouble={draft.trouble}
          onClose={onClose}
          onConfirm={(reason, basis) => draft.send((order) => client.dossiers.refuse({ ...order, reason, basis }))}
        />
      );
    case 'supplement':
      return <SupplementDialog dossier={dossier} draft={draft} stage="intake" onClose={onClose} />;
    case 'pay':
      return <PayDialog dossier={dossier} draft={draft} onClose={onClose} />;
    case 'due':
      return <DueDialog dossier={dossier} draft={draft} onClose={onClose} />;
    case 'duplicates':
      return (
        <Dialog title={say('Có thể trùng hồ sơ', 'Perhaps a duplicate')} onClose={onClose}>
          <p>{say('Hôm nay người này đã nộp cùng thủ tục:', 'Today this person already handed in for the same procedure:')}</p>
          <ul>
            {dossier.duplicates.map((one) => (
              <li key={one.id}>
                <b className="code">{one.title}</b> {clockText(one.receivedAt)}
              </li>
            ))}
          </ul>
          <div className="row">
            <button type="button" className="btn" onClick={onClose} data-autofocus>
              {say('Xem lại', 'Look again')}
            </button>
            <button
              type="button"
              className="btn"
              onClick={() => {
                onClose();
                onAccept();
              }}
            >
              {say('Không trùng, vẫn tiếp nhận', 'Not a duplicate, accept')}
            </button>
          </div>
        </Dialog>
      );
  }
}
