import { useState } from 'react';
import { useLanguage } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { State } from '../../shared/parts/State.tsx';
import { dateText } from '../../shared/time.ts';
import { hrefOf } from '../data/route.ts';
import { BatchTable } from './BatchTable.tsx';
import type { Choice } from './choices.ts';
import { OwedList } from './OwedList.tsx';
import { TokenChoice } from './TokenChoice.tsx';
import type { Batch, Tokens } from './useSigning.ts';

interface SignSideProps {
  readonly tokens: Tokens | null;
  readonly choices: readonly Choice[];
  readonly choice: Choice | null;
  readonly onChoose: (key: string) => void;
  readonly batch: Batch | null;
  readonly running: boolean;
  readonly unlocked: boolean;
  readonly owed: number;
  readonly onLook: () => void;
}

/** With which certificate, behind which PIN, how far. */
export function SignSide({ tokens, choices, choice, onChoose, batch, running, unlocked, owed, onLook }: SignSideProps) {
  const { language, say } = useLanguage();
  const [table, setTable] = useState(false);
  const token = choice?.token;
  const certificate = choice?.certificate;
  const pulled = batch?.state === 'paused' && batch.why?.code === 'token-removed';
  return (
    <aside className="side scroll" aria-label={say('Chứng thư và tiến độ', 'Certificate and progress')}>
      <section>
        <h2>
          {say('Chứng thư', 'Certificate')}
          {certificate ? (
            certificate.refused ? (
              <State tone="bad" bare>
                {say('Không dùng được', 'Not usable')}
              </State>
            ) : certificate.expiring ? (
              <State tone="warn" bare>
                {say(`Còn ${certificate.daysLeft} ngày`, `${certificate.daysLeft} days left`)}
              </State>
            ) : (
              <State tone="ok" bare>
                {say('Còn hạn', 'In its period')}
              </State>
            )
          ) : null}
        </h2>
        <TokenChoice choices={choices} choice={choice} disabled={running} onChoose={onChoose} />
        {certificate && token ? (
          <div className="cert">
            <p className="nm">{certificate.subject}</p>
            <p className="small">{certificate.organisation ?? ''}</p>
            <dl className="kv">
              <dt>{say('Nơi cấp', 'Issuer')}</dt>
              <dd>{certificate.issuer}</dd>
              <dt>{say('Hết hạn', 'Ends')}</dt>
              <dd>
                {say(
                  `${dateText(certificate.notAfter)}, còn ${certificate.daysLeft} ngày`,
                  `${dateText(certificate.notAfter)}, ${certificate.daysLeft} days`,
                )}
              </dd>
              <dt>{say('Khóa', 'Key')}</dt>
              <dd>{certificate.key}</dd>
              <dt>Token</dt>
              <dd>{`${token.label}, ${token.serial}`}</dd>
            </dl>
            {choice?.problem ? <p className="small bad">{choice.problem[language]}</p> : null}
            {certificate.expiring && !certificate.refused ? (
              <p className="small warn b" data-expiring={certificate.daysLeft}>
                {say(
                  `Hết hạn sau ${certificate.daysLeft} ngày. Báo văn thư đề nghị nơi cấp gia hạn ngay.`,
                  `Ends in ${certificate.daysLeft} days. Have the clerk ask its issuer to renew it now.`,
                )}
              </p>
            ) : null}
            {token.training ? (
              <p className="small warn b">{say('Khóa TẬP HUẤN, chữ ký không có giá trị pháp lý', 'TRAINING key, no legal value')}</p>
            ) : null}
          </div>
        ) : (
          <p className="small dim">
            {choice?.problem
              ? choice.problem[language]
              : tokens === null
                ? say('Đang tìm token…', 'Looking for tokens…')
                : say(
                    'Chưa cắm token. Văn bản chờ ở đây, người có token ký sau được.',
                    'No token. Documents wait here for someone who has one.',
                  )}
          </p>
        )}
        {(tokens?.problems ?? []).map((problem) => (
          <p key={`${problem.module}${problem.code}`} className="small warn" title={problem.module}>
            {problem[language]}
          </p>
        ))}
        <button type="button" className="link" onClick={onLook}>
          {say('Tìm lại token', 'Look again')}
        </button>{' '}
        <a className="link" href={hrefOf('settings', 'signing')}>
          {say('Trình điều khiển khác', 'Another driver')}
        </a>
      </section>
      <section>
        <h2>
          {say('Mã PIN', 'PIN')}
          <State tone={pulled ? 'warn' : unlocked ? 'ok' : token?.locked ? 'bad' : 'wait'} icon="lock" bare>
            {pulled
              ? say('Chờ cắm lại token', 'Waiting for the token')
              : unlocked
                ? say('Đã mở khóa', 'Unlocked')
                : token?.locked
                  ? say('Token bị khóa', 'Token locked')
                  : say('Chưa nhập', 'Not entered')}
          </State>
        </h2>
        <p className="small">
          {say('Nhập một lần cho lô này. Xóa khỏi máy khi lô xong.', 'Entered once for the batch; gone when it ends.')}
        </p>
        {token?.finalTry ? (
          <p className="small bad b">{say('Chỉ còn 1 lần thử trước khi khóa', 'One try left before it locks')}</p>
        ) : token?.countLow ? (
          <p className="small warn">{say('Sắp hết số lần thử', 'Few tries left')}</p>
        ) : null}
      </section>
      {batch ? <Progress batch={batch} onTable={() => setTable(true)} /> : null}
      {owed > 0 ? <OwedList count={owed} /> : null}
      {table && batch ? <BatchTable batch={batch} onClose={() => setTable(false)} /> : null}
    </aside>
  );
}

function Progress({ batch, onTable }: { batch: Batch; onTable: () => void }) {
  const { language, say } = useLanguage();
  const { counts } = batch;
  const total = Math.max(1, batch.files.length);
  const going = batch.state === 'running' || batch.state === 'cancelling';
  const active = going && batch.files.some((file) => file.activity !== 'none') ? 1 : 0;
  const done = counts.signed + counts.refused + counts.failed;
  const rest = Math.max(0, counts.pending - active) + counts.skipped;
  const over = batch.endedAt !== null;
  const part = (n: number) => `${(n / total) * 100}%`;
  const left = batch.remainingMs === null ? '' : `, ${say('còn khoảng', 'about')} ${roughly(batch.remainingMs, language)}`;
  return (
    <section>
      <h2>
        {batch.state === 'paused'
          ? say('Tạm dừng', 'Paused')
          : batch.state === 'stopped'
            ? say('Lô đã dừng', 'Stopped')
            : say('Tiến độ', 'Progress')}
        <span className="m count">{`${done}/${batch.files.length}${batch.state === 'running' ? left : ''}`}</span>
      </h2>
      <div
        className="prog"
        role="progressbar"
        aria-label={say('Tiến độ', 'Progress')}
        aria-valuenow={done}
        aria-valuemin={0}
        aria-valuemax={batch.files.length}
      >
        <i className="okb" style={{ width: part(counts.signed) }} />
        <i className="badb" style={{ width: part(counts.refused + counts.failed) }} />
        <i className="runb" style={{ width: part(active) }} />
      </div>
      <div className="lg">
        <span className="ok">
          <Icon name="okc" size="s" />
          {say(`Đã ký ${counts.signed}`, `Signed ${counts.signed}`)}
        </span>
        <span className="bad">
          <Icon name="bad" size="s" />
          {say(`Không ký được ${counts.refused + counts.failed}`, `Not signed ${counts.refused + counts.failed}`)}
        </span>
        <span className="lgw">
          <Icon name="run" size="s" />
          {say(`Đang ký ${active}`, `Signing ${active}`)}
        </span>
        <span className="lgq">
          <Icon name="clock" size="s" />
          {over ? say(`Chưa ký ${rest}`, `Left ${rest}`) : say(`Chờ ${rest}`, `Queued ${rest}`)}
        </span>
      </div>
      <button type="button" className="link" onClick={onTable} data-action="batch-table">
        {say('Xem bảng kết quả', 'Table of results')}
      </button>
      {batch.why ? (
        <p className={`why ${batch.state === 'stopped' ? 'bad' : 'warn'}`} role="alert" data-why={batch.why.code}>
          {batch.why[language]}
        </p>
      ) : null}
    </section>
  );
}

/** "12 giây", "3 phút": as exact as an estimate can be. */
function roughly(ms: number, language: 'vi' | 'en'): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds < 90) return language === 'vi' ? `${seconds} giây` : `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return language === 'vi' ? `${minutes} phút` : `${minutes} min`;
}
