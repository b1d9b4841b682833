import { useState } from 'react';
import { useLanguage } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { State, type Tone } from '../../shared/parts/State.tsx';
import { clockSeconds } from '../../shared/time.ts';
import type { Batch } from './useSigning.ts';

const WORDS: Readonly<Record<Batch['files'][number]['state'], readonly [Tone, string, string]>> = {
  pending: ['wait', 'Chờ', 'Queued'],
  signed: ['ok', 'Đã ký', 'Signed'],
  refused: ['bad', 'Không ký được', 'Refused'],
  failed: ['bad', 'Lỗi', 'Failed'],
  skipped: ['off', 'Chưa ký', 'Left'],
};

/** Every file of the batch on one line: what became of it, when, at which level, and why not. Trouble first when asked. */
export function BatchTable({ batch, onClose }: { batch: Batch; onClose: () => void }) {
  const { language, say } = useLanguage();
  const bad = batch.files.filter((file) => file.state === 'refused' || file.state === 'failed');
  const [only, setOnly] = useState(false);
  const shown = only ? bad : batch.files;
  return (
    <Dialog title={say(`Kết quả lô ký: ${batch.files.length} bản`, `Result of the batch: ${batch.files.length}`)} onClose={onClose} wide>
      <p>
        {say(
          `Đã ký ${batch.counts.signed}, không ký được ${bad.length}, chưa ký ${batch.counts.skipped + batch.counts.pending}. Người ký: ${batch.signer}.`,
          `Signed ${batch.counts.signed}, not signed ${bad.length}, left ${batch.counts.skipped + batch.counts.pending}. Signer: ${batch.signer}.`,
        )}
      </p>
      {bad.length > 0 ? (
        <label className="check">
          <input type="checkbox" checked={only} onChange={(event) => setOnly(event.target.checked)} />
          {say('Chỉ xem bản không ký được', 'Only what was not signed')}
        </label>
      ) : null}
      <div className="tablebox scroll" tabIndex={0} role="region" aria-label={say('Bảng kết quả', 'Table of results')}>
        <table className="results">
          <thead>
            <tr>
              <th scope="col">{say('Số', 'No.')}</th>
              <th scope="col">{say('Mã hồ sơ', 'Dossier')}</th>
              <th scope="col">{say('Văn bản', 'Document')}</th>
              <th scope="col">{say('Kết quả', 'Result')}</th>
              <th scope="col">{say('Lúc', 'At')}</th>
              <th scope="col">{say('Mức', 'Level')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((file) => {
              const [tone, vi, en] = WORDS[file.state];
              return (
                <tr key={file.documentId}>
                  <td>{batch.files.indexOf(file) + 1}</td>
                  <td className="code nw">{file.dossierCode}</td>
                  <td>
                    {file.title}
                    {file.reason ? <span className="why small bad">{file.reason[language]}</span> : null}
                  </td>
                  <td>
                    <State tone={tone} bare>
                      {say(vi, en)}
                    </State>
                  </td>
                  <td className="nw">{file.signedAt === null ? '' : clockSeconds(file.signedAt)}</td>
                  <td className="nw">{file.level ?? ''}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <div className="row">
        <button type="button" className="btn go" onClick={onClose} data-autofocus>
          {say('Đóng', 'Close')}
        </button>
      </div>
    </Dialog>
  );
}
