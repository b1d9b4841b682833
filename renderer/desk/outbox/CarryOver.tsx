import { useState, type ChangeEvent, type FormEvent } from 'react';
import { client } from '../../shared/client.ts';
import { useLanguage } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { useCommand } from '../data/useCommand.ts';

type Way = 'out' | 'in' | 'back';

/**
 * For the day a machine dies or a place has no line: unsent dossiers go into an encrypted file, and in again at another station.
 * @param moved dossiers that rest here because another station is to send them
 */
export function CarryOver({ moved }: { moved: number }) {
  const { say } = useLanguage();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="btn sm soft" onClick={() => setOpen(true)}>
        {say('Mang hồ sơ sang máy khác', 'Carry to another station')}
      </button>
      {open ? <CarryDialog moved={moved} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function CarryDialog({ moved, onClose }: { moved: number; onClose: () => void }) {
  const { language, say } = useLanguage();
  const { run, busy, trouble, dismiss } = useCommand();
  const [way, setWay] = useState<Way>('out');
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const differ = way === 'out' && again !== '' && again !== passphrase;

  const writeOut = () =>
    run('export', (commandId) => client.delivery.exportUnsent({ commandId, passphrase }, { context: { patient: true } })).then((done) => {
      if (!done) return;
      const anchor = document.createElement('a');
      anchor.href = done.file.url;
      anchor.download = done.file.name;
      anchor.click();
      setSaid(done.text[language]);
    });
  const takeIn = (chosen: File) =>
    run('import', async (commandId) => {
      const answer = await fetch('/upload', { method: 'POST', body: chosen });
      const heard = (await answer.json()) as { uploadId: string };
      // A refusal comes with its two sentences, as from any other call.
      if (!answer.ok) throw Object.assign(new Error('upload refused'), { data: heard });
      const { uploadId } = heard;
      return client.delivery.importUnsent({ commandId, uploadId, passphrase }, { context: { patient: true } });
    }).then((done) => done && setSaid(done.text[language]));
  const takeBack = () =>
    run('back', (commandId) => client.delivery.takeBack({ commandId })).then(
      (done) =>
        done &&
        setSaid(
          say(
            'Máy này gửi lại các hồ sơ đó; hồ sơ nào tỉnh đã có thì chỉ ghi nhận, không gửi hai lần.',
            'This station sends them again; what the province has already is only noted, never sent twice.',
          ),
        ),
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy !== null || differ) return;
    setSaid(null);
    if (way === 'out') void writeOut();
    else if (way === 'back') void takeBack();
    else if (file) void takeIn(file);
  };
  const ways: readonly { way: Way; label: string; explain: string }[] = [
    {
      way: 'out',
      label: say('Xuất từ máy này', 'Out of this station'),
      explain: say(
        'Hồ sơ chưa gửi cùng mọi tệp vào một tệp mã hóa. Máy này thôi gửi chúng. Nhớ kỹ cụm mật khẩu: không có cách nào khác để mở.',
        'Unsent dossiers with all their files go into one encrypted file; this station stops sending them. Nothing but the passphrase opens it.',
      ),
    },
    {
      way: 'in',
      label: say('Nhập vào máy này', 'Into this station'),
      explain: say(
        'Nhận tệp từ máy khác rồi gửi thay. Hồ sơ đã có ở đây thì bỏ qua.',
        'Takes the file of another station in and sends for it. What is here already is left out.',
      ),
    },
    {
      way: 'back',
      label: say(`Nhận lại ${moved} việc đã xuất`, `Take ${moved} back`),
      explain: say(
        'Khi máy kia không gửi nữa. Tỉnh được hỏi trước, nên không có hồ sơ nào tới hai lần.',
        'When the other station will not send. The province is asked first, so nothing arrives twice.',
      ),
    },
  ];
  const shown = ways.filter((one) => one.way !== 'back' || moved > 0);
  const choose = (event: ChangeEvent<HTMLInputElement>) => setFile(event.target.files?.[0] ?? null);
  return (
    <Dialog title={say('Mang hồ sơ chưa gửi sang máy khác', 'Carry unsent dossiers')} onClose={onClose} wide>
      <form onSubmit={submit} autoComplete="off">
        <fieldset className="carry">
          <legend className="vh">{say('Việc cần làm', 'What to do')}</legend>
          {shown.map((one, at) => (
            <label key={one.way}>
              <input
                type="radio"
                name="way"
                checked={way === one.way}
                onChange={() => {
                  setWay(one.way);
                  setSaid(null);
                  dismiss();
                }}
                data-autofocus={at === 0 ? true : undefined}
              />
              <span>
                <b>{one.label}</b>
                <small className="dim">{one.explain}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <div className="fields">
          {way === 'in' ? (
            <label>
              {say('Tệp mang từ máy khác', 'File of the other station')}
              <input className="in file" type="file" accept=".quay" onChange={choose} required />
            </label>
          ) : null}
          {way === 'back' ? null : (
            <label>
              {say('Cụm mật khẩu (từ 12 ký tự)', 'Passphrase (12 or more)')}
              <input
                className="in"
                type="password"
                autoComplete="off"
                value={passphrase}
                onChange={(event) => setPassphrase(event.target.value)}
                minLength={12}
                required
              />
            </label>
          )}
          {way === 'out' ? (
            <label>
              {say('Nhập lại cụm mật khẩu', 'Passphrase again')}
              <input
                className="in"
                type="password"
                autoComplete="off"
                value={again}
                onChange={(event) => setAgain(event.target.value)}
                aria-invalid={differ}
                required
              />
            </label>
          ) : null}
        </div>
        {differ ? <p className="small bad">{say('Hai lần nhập chưa giống nhau.', 'The two are not the same.')}</p> : null}
        {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
        <p role="status" className="ok">
          {said}
        </p>
        <div className="row">
          <button type="button" className="btn lead" onClick={onClose}>
            {say('Đóng', 'Close')}
          </button>
          <button type="submit" className="btn go" aria-disabled={busy !== null || differ}>
            {busy !== null
              ? say('Đang làm…', 'Working…')
              : way === 'out'
                ? say('Xuất ra tệp', 'Write the file')
                : way === 'in'
                  ? say('Nhập vào máy này', 'Take in')
                  : say('Nhận lại', 'Take back')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
