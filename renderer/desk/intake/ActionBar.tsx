import type { DossierView } from '../../../main/contract/dossier-views.ts';
import { useSay } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { Key } from '../../shared/parts/Key.tsx';
import { clockSeconds } from '../../shared/time.ts';
import { go } from '../data/route.ts';
import type { IntakeDialog } from './IntakeDialogs.tsx';
import type { Draft } from './useDraft.ts';

interface ActionBarProps {
  readonly dossier: DossierView;
  readonly draft: Draft;
  readonly scanning: boolean;
  readonly onDialog: (dialog: IntakeDialog) => void;
  readonly onAccept: () => void;
}

/** What stops "Tiếp nhận" stands beside its button, in words; the button takes the officer there. */
export function ActionBar({ dossier, draft, scanning, onDialog, onAccept }: ActionBarProps) {
  const say = useSay();
  const obstacle = dossier.obstacles[0];
  const stopped = obstacle !== undefined || scanning;
  if (dossier.axes.sync === 'rejected') return <CorrectionBar dossier={dossier} draft={draft} scanning={scanning} onSend={onAccept} />;
  const saved = say(`Nháp lưu ${clockSeconds(dossier.savedAt)}`, `Draft saved ${clockSeconds(dossier.savedAt)}`);
  return (
    <div className="bar2">
      <button type="button" className="btn no" onClick={() => onDialog('refuse')}>
        {say('Từ chối tiếp nhận', 'Refuse')} <Key action="refuse" />
      </button>
      <button type="button" className="btn" onClick={() => onDialog('supplement')}>
        {say('Yêu cầu bổ sung', 'Supplement')} <Key action="supplement" />
      </button>
      <div className="msg" role="status">
        {scanning ? (
          <b className="dim">{say('Đang quét, xong sẽ tiếp nhận được', 'Scanning; acceptance waits for it')}</b>
        ) : obstacle ? (
          <b className="bad">
            <Icon name="bad" size="s" /> {say(obstacle.vi, obstacle.en)}
          </b>
        ) : dossier.remarks.length > 0 ? (
          <b className="warn">
            <Icon name="warn" size="s" />{' '}
            {say(
              `${dossier.remarks.length} điều nên xem: ${dossier.remarks[0]?.vi}`,
              `${dossier.remarks.length} to look at: ${dossier.remarks[0]?.en}`,
            )}
          </b>
        ) : (
          <b className="ok">{say('Đủ để tiếp nhận', 'Ready to accept')}</b>
        )}
        <br />
        <span>
          {dossier.obstacles.length > 1
            ? say(`còn ${dossier.obstacles.length - 1} điều nữa. `, `${dossier.obstacles.length - 1} more. `)
            : ''}
          {draft.stale ? say('Mất nối, chưa lưu được', 'No connection, not saved') : draft.busy ? say('Đang lưu…', 'Saving…') : saved}
        </span>
      </div>
      <button type="button" className="btn" onClick={() => onDialog('pay')} disabled={!dossier.fees}>
        <Icon name="coin" />
        {say('Thu phí', 'Take fee')} <Key action="open" />
      </button>
      <button
        type="button"
        className="btn go"
        aria-disabled={stopped}
        onClick={() => {
          if (!stopped) onAccept();
        }}
        data-action="accept"
      >
        <span>
          {say('Tiếp nhận', 'Accept')}
          <small>{say('In giấy hẹn, gửi tỉnh', 'Print receipt, send')}</small>
        </span>
        <Key action="finish" />
      </button>
    </div>
  );
}

interface CorrectionBarProps {
  readonly dossier: DossierView;
  readonly draft: Draft;
  readonly scanning: boolean;
  readonly onSend: () => void;
}

/** For what the province gave back: its reason, and one way on. Receipt, number and dates of the citizen stay as they are. */
function CorrectionBar({ dossier, draft, scanning, onSend }: CorrectionBarProps) {
  const say = useSay();
  const given = dossier.remarks.find((remark) => remark.vi.startsWith('Tỉnh trả lại'));
  const reason = given ? say(given.vi, given.en) : say('Tỉnh trả lại', 'Given back by the province');
  return (
    <div className="bar2">
      <div className="msg" role="status">
        <b className="bad">
          <Icon name="bad" size="s" /> {reason}
        </b>
        <br />
        <span>
          {draft.busy
            ? say('Đang lưu…', 'Saving…')
            : say('Sửa xong thì gửi lại; giấy hẹn của công dân giữ nguyên.', "Put it right, then send again; the citizen's receipt stays.")}
        </span>
      </div>
      <button type="button" className="btn" onClick={() => go('outbox')}>
        {say('Về trang Gửi tỉnh', 'Back to the outbox')}
      </button>
      <button
        type="button"
        className="btn go"
        aria-disabled={scanning}
        onClick={() => {
          if (!scanning) onSend();
        }}
        data-action="resend"
      >
        <span>
          {say('Gửi lại tỉnh', 'Send again')}
          <small>{say('Thành bản mới', 'As a new revision')}</small>
        </span>
        <Key action="finish" />
      </button>
    </div>
  );
}
