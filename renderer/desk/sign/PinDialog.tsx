import { useEffect, useRef, useState, type FormEvent } from 'react';
import type { Trouble } from '../../shared/answer.ts';
import { useSay } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import type { Certificate, Token } from './useSigning.ts';

export interface PinRequest {
  readonly kind: 'start' | 'resume';
  readonly count: number;
  /** The agency's seal is put, not a person's signature. */
  readonly seal?: boolean;
  /** This certificate signed the leader's step of some of these documents. */
  readonly sameSigner?: boolean;
}

interface PinDialogProps {
  readonly request: PinRequest;
  readonly token: Token;
  readonly certificate: Certificate;
  readonly onClose: () => void;
  /** Answers why not, or null when it was taken. The PIN is not kept by this page. */
  readonly onPin: (pin: string | null, confirmFinalTry: boolean) => Promise<Trouble | null>;
}

/** Takes the PIN once for a batch. A locked token asks nothing; the last try needs an explicit yes. */
export function PinDialog({ request, token, certificate, onClose, onPin }: PinDialogProps) {
  const say = useSay();
  const field = useRef<HTMLInputElement>(null);
  const [pin, setPin] = useState('');
  const [yes, setYes] = useState(false);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const final = token.finalTry || trouble?.code === 'final-try';
  const ready = !busy && (token.pinPad || pin !== '') && (!final || yes);
  useEffect(() => {
    if (trouble && !busy) field.current?.focus();
  }, [trouble, busy]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    setBusy(true);
    void onPin(token.pinPad ? null : pin, final).then((refused) => {
      // Right or wrong, what was typed is gone: a wrong PIN is never sent twice.
      setPin('');
      setBusy(false);
      setTrouble(refused);
      if (!refused) onClose();
    });
  };
  return (
    <Dialog
      title={
        request.kind === 'start'
          ? request.seal
            ? say(`Đóng dấu cơ quan ${request.count} văn bản`, `Seal ${request.count} documents`)
            : say(`Ký ${request.count} văn bản`, `Sign ${request.count} documents`)
          : say('Nhập lại PIN để ký tiếp', 'PIN to go on')
      }
      onClose={onClose}
    >
      <form onSubmit={submit} autoComplete="off">
        <p>
          <b className="m">{certificate.subject}</b>, {token.label}
        </p>
        {request.sameSigner ? (
          <p className="warn b" role="alert">
            {say(
              'Chứng thư này đã ký bước của lãnh đạo. Dấu cơ quan phải ký bằng chứng thư của cơ quan.',
              "This certificate signed the leader's step. The seal must be signed with the agency's own certificate.",
            )}
          </p>
        ) : null}
        {token.training ? (
          <p className="small dim">{say('Tập huấn: PIN của khóa mẫu là 123456.', 'Training: the PIN of the sample key is 123456.')}</p>
        ) : null}
        {token.locked ? (
          <p className="bad b" role="alert">
            {say(
              'Token đã bị khóa vì nhập sai nhiều lần. Hãy liên hệ nơi cấp để mở khóa.',
              'The token is locked. Ask its issuer to unlock it.',
            )}
          </p>
        ) : (
          <>
            {token.pinPad ? (
              <p>{say('Bấm Ký rồi nhập PIN trên token.', 'Press Sign, then type the PIN on the token.')}</p>
            ) : (
              <div className="fields">
                <label>
                  {say('Mã PIN của token', 'PIN of the token')}
                  <input
                    ref={field}
                    className="in"
                    type="password"
                    name="pin"
                    autoComplete="off"
                    inputMode="text"
                    value={pin}
                    onChange={(event) => setPin(event.target.value)}
                    data-autofocus
                    readOnly={busy}
                  />
                </label>
              </div>
            )}
            {final ? (
              <>
                <p className="bad b lastcall" role="alert">
                  {say(
                    'Đây là lần thử cuối. Nhập sai lần nữa, token bị khóa và phải nhờ nơi cấp mở.',
                    'This is the last try. One more wrong PIN locks the token.',
                  )}
                </p>
                <label className="check">
                  <input type="checkbox" checked={yes} onChange={(event) => setYes(event.target.checked)} />
                  {say('Tôi chắc chắn PIN đúng và muốn thử', 'I am sure of the PIN and want to try')}
                </label>
              </>
            ) : token.countLow ? (
              <p className="warn lastcall">
                {say('Token báo sắp hết số lần thử. Hãy nhập cẩn thận.', 'The token reports few tries left. Type carefully.')}
              </p>
            ) : null}
          </>
        )}
        {trouble ? <TroubleNote trouble={trouble} /> : null}
        <div className="row">
          <button type="button" className="btn lead" onClick={onClose}>
            {say('Thôi', 'Cancel')}
          </button>
          {token.locked ? null : (
            <button type="submit" className="btn go" disabled={!ready} data-autofocus={token.pinPad ? '' : undefined}>
              {busy
                ? token.pinPad
                  ? say('Nhập PIN trên token…', 'Type it on the token…')
                  : say('Đang mở khóa…', 'Unlocking…')
                : request.kind === 'start'
                  ? request.seal
                    ? say(`Đóng dấu ${request.count} bản`, `Seal ${request.count}`)
                    : say(`Ký ${request.count} bản`, `Sign ${request.count}`)
                  : say('Ký tiếp', 'Go on')}
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
