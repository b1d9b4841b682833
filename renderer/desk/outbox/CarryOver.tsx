import { useState, type ChangeEvent, type FormEvent } from 'react';
import { client } from '../../shared/client.ts';
import { useLanguage } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { useCommand } from '../data/useCommand.ts';

/** For the day a machine dies or a place has no line: unsent dossiers go into an encrypted file, and in again at another station. */
export function CarryOver() {
  const { say } = useLanguage();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="btn sm soft" onClick={() => setOpen(true)}>
        {say('Mang hồ sơ sang máy khác', 'Carry to another station')}
      </button>
      {open ? <CarryDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function CarryDialog({ onClose }: { onClose: () => void }) {
  const { language, say } = useLanguage();
  const { run, busy, trouble, dismiss } = useCommand();
  const [passphrase, setPassphrase] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (busy !== null) return;
    setSaid(null);
    if (file) {
      void run('import', async (commandId) => {
        const answer = await fetch('/upload', { method: 'POST', body: file });
        const { uploadId } = (await answer.json()) as { uploadId: string };
        return client.delivery.importUnsent({ commandId, uploadId, passphrase }, { context: { patient: true } });
      }).then((done) => done && setSaid(done.text[language]));
    } else {
      void run('export', (commandId) => client.delivery.exportUnsent({ commandId, passphrase }, { context: { patient: true } })).then(
        (done) => {
          if (!done) return;
          const anchor = document.createElement('a');
          anchor.href = done.file.url;
          anchor.download = done.file.name;
          anchor.click();
          setSaid(done.text[language]);
        },
      );
    }
  };
  const choose = (event: ChangeEvent<HTMLInputElement>) => setFile(event.target.files?.[0] ?? null);
  return (
    <Dialog title={say('Mang hồ sơ chưa gửi sang máy khác', 'Carry unsent dossiers')} onClose={onClose}>
      <form onSubmit={send}>
        <p className="small dim">
          {say(
            'Không chọn tệp: xuất hồ sơ chưa gửi thành tệp mã hóa. Chọn tệp: nhập tệp từ máy khác vào đây. Nhớ kỹ cụm mật khẩu, không có cách nào khác để mở.',
            'Without a file: unsent dossiers go into an encrypted file. With a file: it is taken in here. There is no other way to open it than the passphrase.',
          )}
        </p>
        <div className="fields">
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
              data-autofocus
            />
          </label>
          <label>
            {say('Tệp mang từ máy khác (nếu nhập)', 'File from another station (to take in)')}
            <input className="in file" type="file" onChange={choose} />
          </label>
        </div>
        {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
        <p role="status" className="ok">
          {said}
        </p>
        <div className="row">
          <button type="button" className="btn lead" onClick={onClose}>
            {say('Đóng', 'Close')}
          </button>
          <button type="submit" className="btn go" disabled={passphrase.length < 12}>
            {file ? say('Nhập vào máy này', 'Take in') : say('Xuất ra tệp', 'Write the file')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
