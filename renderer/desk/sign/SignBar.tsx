import { useSay } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { Key } from '../../shared/parts/Key.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import type { Command } from '../data/useCommand.ts';
import type { Choice } from './choices.ts';
import type { Batch, Item } from './useSigning.ts';

interface SignBarProps {
  readonly current: Item | null;
  readonly batch: Batch | null;
  readonly running: boolean;
  readonly ready: number;
  readonly choice: Choice | null;
  /** The tokens are still being asked for. */
  readonly seeking: boolean;
  /** The token of the paused batch is there. */
  readonly holder: boolean;
  readonly step: Item['step'];
  readonly command: Pick<Command, 'busy' | 'trouble' | 'dismiss'>;
  readonly onAsk: (kind: 'set-aside' | 'returned') => void;
  readonly onBack: () => void;
  readonly onBegin: () => void;
  readonly onStop: () => void;
  readonly onGoOn: () => void;
}

/** What can be done now, with its key; the one filled button signs, goes on or stops. */
export function SignBar(props: SignBarProps) {
  const { current, batch, running, ready, choice, seeking, holder, step, command, onAsk, onBack, onBegin, onStop, onGoOn } = props;
  const say = useSay();
  const put = current?.state === 'set-aside' || current?.state === 'returned' || current?.state === 'failed';
  const fixed = !current || running || current.state === 'signed';
  const paused = batch?.state === 'paused';
  const seal = step === 'clerk';
  return (
    <div className="bar2">
      {put ? (
        <button type="button" className="btn" disabled={running} onClick={onBack}>
          <Icon name="left" size="s" />
          {say('Đưa lại vào danh sách', 'Put it back on the list')}
        </button>
      ) : (
        <button type="button" className="btn" disabled={fixed} onClick={() => onAsk('set-aside')}>
          <Icon name="minus" size="s" />
          {say('Bỏ qua bản này', 'Skip this one')} <Key action="skip" />
        </button>
      )}
      <button type="button" className="btn no" disabled={fixed} onClick={() => onAsk('returned')}>
        {say('Trả lại phòng chuyên môn', 'Send back')} <Key action="sendBack" />
      </button>
      {command.trouble ? (
        <TroubleNote trouble={command.trouble} onClose={command.dismiss} />
      ) : (
        <span className="small dim cut">
          {say(
            'Rút token thì lô tạm dừng, cắm lại đúng token thì ký tiếp.',
            'Pulling the token pauses the batch; the same token continues.',
          )}
        </span>
      )}
      {running && batch && !paused ? (
        <button type="button" className="btn go" onClick={onStop} disabled={batch.state === 'cancelling'}>
          <span>
            {batch.state === 'cancelling' ? say('Đang dừng…', 'Stopping…') : say('Dừng lô', 'Stop the batch')}
            <small>{say('Ký xong bản đang dở rồi dừng', 'Finishes the file at hand')}</small>
          </span>
          <kbd>Esc</kbd>
        </button>
      ) : running && batch ? (
        <>
          <button type="button" className="btn" onClick={onStop}>
            {say('Thôi lô này', 'End the batch')} <kbd>Esc</kbd>
          </button>
          <button type="button" className="btn go" onClick={onGoOn} aria-disabled={command.busy !== null}>
            <span>
              {say('Ký tiếp', 'Go on')}
              <small>
                {holder
                  ? say(`còn ${batch.counts.pending} bản`, `${batch.counts.pending} left`)
                  : seeking
                    ? say('Đang tìm token…', 'Looking for the token…')
                    : say('Cắm lại token của lô', 'Plug in its token')}
              </small>
            </span>
            <Key action="batch" />
          </button>
        </>
      ) : (
        <button type="button" className="btn go" aria-disabled={ready === 0 || !choice?.certificate} onClick={onBegin} data-action="sign">
          <span>
            {seal ? say(`Đóng dấu ${ready} bản`, `Seal ${ready}`) : say(`Ký ${ready} bản`, `Sign ${ready}`)}
            <small>
              {ready === 0
                ? say('Mở xem văn bản để đưa vào lô', 'Open a document to add it')
                : seeking
                  ? say('Đang tìm token…', 'Looking for the token…')
                  : !choice
                    ? say('Cắm token để ký', 'Plug in the token')
                    : choice.token.locked
                      ? say('Token đang bị khóa', 'The token is locked')
                      : choice.problem
                        ? say('Chọn chứng thư khác', 'Choose another certificate')
                        : say('Nhập PIN một lần cho cả lô', 'One PIN for the batch')}
            </small>
          </span>
          <Key action="batch" />
        </button>
      )}
    </div>
  );
}
