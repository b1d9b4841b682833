import { useEffect, useState, type FormEvent } from 'react';
import { client } from '../../shared/client.ts';
import { useLanguage } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { whenText } from '../../shared/time.ts';
import { useNow } from '../../shared/useNow.ts';
import { useCommand } from '../data/useCommand.ts';
import './lookup.css';

type Answer = Awaited<ReturnType<typeof client.delivery.lookUp>>;
export type Citizen = NonNullable<Answer['person']>;

interface LookUpProps {
  readonly dossierId: string;
  readonly idNumber: string;
  readonly onUse: (person: Citizen) => void;
  readonly onClose: () => void;
}

/** Asks the national population data about a citizen. Who asks, why and for which dossier is written down before the question leaves. */
export function LookUpDialog({ dossierId, idNumber, onUse, onClose }: LookUpProps) {
  const { say } = useLanguage();
  const { run, busy, trouble, dismiss } = useCommand();
  const [number, setNumber] = useState(idNumber);
  const [reason, setReason] = useState('');
  const [answer, setAnswer] = useState<Answer | null>(null);
  const ask = (event: FormEvent) => {
    event.preventDefault();
    if (busy !== null) return;
    setAnswer(null);
    void run('look-up', () =>
      client.delivery.lookUp({ idNumber: number.replace(/\D/g, ''), reason, dossierId }, { context: { patient: true } }),
    ).then((heard) => heard && setAnswer(heard));
  };
  const person = answer?.person ?? null;
  return (
    <Dialog title={say('Tra cứu dân cư', 'Look up a citizen')} onClose={onClose}>
      <form onSubmit={ask} autoComplete="off">
        <p className="small dim">
          {say(
            'Mỗi lần tra cứu được ghi vào sổ: ai tra, lý do, cho hồ sơ nào.',
            'Every look-up is written into the book: who asked, why, for which dossier.',
          )}
        </p>
        <div className="fields">
          <label>
            {say('Số định danh', 'ID number')}
            <input
              className="in"
              inputMode="numeric"
              value={number}
              onChange={(event) => setNumber(event.target.value)}
              pattern="(\d ?){12}"
              title={say('12 chữ số', '12 digits')}
              required
              data-autofocus={number === '' ? true : undefined}
            />
          </label>
          <label>
            {say('Lý do tra cứu', 'Reason')}
            <input
              className="in"
              value={reason}
              onChange={(event) => setReason(event.target.value)}
              minLength={3}
              maxLength={300}
              required
              placeholder={say('Ví dụ: thẻ không quét được', 'For example: the card cannot be scanned')}
              data-autofocus={number === '' ? undefined : true}
            />
          </label>
        </div>
        {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
        <div role="status">
          {answer && !person ? <p className="warn">{say('Không có ai mang số này.', 'Nobody has that number.')}</p> : null}
          {person ? (
            <dl className="lookup">
              <dt>{say('Họ và tên', 'Full name')}</dt>
              <dd>{person.fullName ?? '—'}</dd>
              <dt>{say('Ngày sinh', 'Date of birth')}</dt>
              <dd>{person.birthDate?.split('-').reverse().join('/') ?? '—'}</dd>
              <dt>{say('Giới tính', 'Sex')}</dt>
              <dd>{person.sex ?? '—'}</dd>
              <dt>{say('Nơi thường trú', 'Residence')}</dt>
              <dd>{person.address ?? '—'}</dd>
            </dl>
          ) : null}
        </div>
        <div className="row">
          <button type="button" className="btn lead" onClick={onClose}>
            {say('Đóng', 'Close')}
          </button>
          <button type="submit" className={person ? 'btn' : 'btn go'} aria-disabled={busy !== null}>
            {say('Tra cứu', 'Look up')}
          </button>
          {person ? (
            <button type="button" className="btn go" onClick={() => onUse(person)}>
              {say('Ghi vào hồ sơ', 'Put into the dossier')}
            </button>
          ) : null}
        </div>
      </form>
    </Dialog>
  );
}

type Entry = Awaited<ReturnType<typeof client.delivery.lookUps>>[number];

/** The book of look-ups, for those who answer for them. */
export function LookUpBook({ onClose }: { onClose: () => void }) {
  const { language, say } = useLanguage();
  const now = useNow(30_000);
  const [entries, setEntries] = useState<readonly Entry[] | null>(null);
  useEffect(() => {
    client.delivery.lookUps().then(setEntries, () => setEntries([]));
  }, []);
  return (
    <Dialog title={say('Sổ tra cứu dân cư', 'Book of look-ups')} onClose={onClose} wide>
      <div className="lookups" tabIndex={0} role="group" aria-label={say('Các lần tra cứu', 'Look-ups')}>
        <table className="list">
          <thead>
            <tr>
              <th>{say('Lúc', 'When')}</th>
              <th>{say('Ai', 'Who')}</th>
              <th>{say('Lý do', 'Why')}</th>
              <th>{say('Hồ sơ', 'Dossier')}</th>
              <th>{say('Kết quả', 'Outcome')}</th>
            </tr>
          </thead>
          <tbody>
            {(entries ?? []).map((entry) => (
              <tr key={`${entry.at}${entry.officerName}${entry.reason}`}>
                <td className="nw">{whenText(entry.at, now)}</td>
                <td>{entry.officerName}</td>
                <td>{entry.reason}</td>
                <td className="code">{entry.code ?? (entry.dossierId === null ? '—' : say('Nháp', 'Draft'))}</td>
                <td>{entry.outcome[language]}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {entries?.length === 0 ? <p className="dim">{say('Chưa có lần tra cứu nào.', 'Nobody was looked up yet.')}</p> : null}
      </div>
      <div className="row">
        <button type="button" className="btn" onClick={onClose} data-autofocus>
          {say('Đóng', 'Close')}
        </button>
      </div>
    </Dialog>
  );
}
