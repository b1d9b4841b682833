import { client } from '../../shared/client.ts';
import { useLanguage } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { useCommand } from '../data/useCommand.ts';
import type { Batch } from './useSigning.ts';

/** No timestamp came: ask again, sign now and owe it, or stop. The officer decides; nothing is called signed that is not. */
export function BatchQuestion({ batch }: { batch: Batch }) {
  const { language, say } = useLanguage();
  const { run, busy, trouble, dismiss } = useCommand();
  if (batch.why?.code !== 'timestamp-failed') return null;
  const answer = (choice: 'retry' | 'without' | 'stop') =>
    void run(choice, (commandId) => client.signing.answerTimestamp({ commandId, batchId: batch.id, answer: choice }));
  return (
    <Dialog title={say('Không xin được dấu thời gian', 'No timestamp')} onClose={() => answer('stop')}>
      <p>{batch.why[language]}</p>
      <p className="small dim">
        {say(
          'Ký không dấu thời gian để lại một việc cần làm ở cột phải: bấm “Xin bổ sung ngay” khi có mạng.',
          'Signing without it leaves a to-do on the right: press “Ask for them now” when the server answers again.',
        )}
      </p>
      {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
      <div className="row">
        <button type="button" className="btn no lead" aria-disabled={busy !== null} onClick={() => answer('stop')}>
          {say('Dừng lô', 'Stop')}
        </button>
        <button type="button" className="btn" aria-disabled={busy !== null} onClick={() => answer('without')}>
          {say('Ký, nợ dấu thời gian', 'Sign, owe it')}
        </button>
        <button type="button" className="btn go" aria-disabled={busy !== null} onClick={() => answer('retry')} data-autofocus>
          {say('Xin lại', 'Ask again')}
        </button>
      </div>
    </Dialog>
  );
}
