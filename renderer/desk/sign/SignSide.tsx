import { useLanguage } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { State } from '../../shared/parts/State.tsx';
import { dateText } from '../../shared/time.ts';
import type { Batch, Certificate, Token, Tokens } from './useSigning.ts';

interface SignSideProps {
  readonly tokens: Tokens | null;
  readonly usable: { token: Token; certificate: Certificate } | null;
  readonly batch: Batch | null;
  readonly unlocked: boolean;
  readonly todos: number;
  readonly onLook: () => void;
}

/** With which certificate, behind which PIN, how far. */
export function SignSide({ tokens, usable, batch, unlocked, todos, onLook }: SignSideProps) {
  const { language, say } = useLanguage();
  const token = usable?.token ?? tokens?.tokens[0];
  const certificate = usable?.certificate ?? token?.certificates[0];
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
            {certificate.refused ? <p className="small bad">{certificate.refused[language]}</p> : null}
            {token.training ? (
              <p className="small warn b">{say('Khóa TẬP HUẤN, chữ ký không có giá trị pháp lý', 'TRAINING key, no legal value')}</p>
            ) : null}
          </div>
        ) : (
          <p className="small dim">
            {tokens === null
              ? say('Đang tìm token…', 'Looking for tokens…')
              : say(
                  'Chưa cắm token. Văn bản chờ ở đây, người có token ký sau được.',
                  'No token. Documents wait here for someone who has one.',
                )}
          </p>
        )}
        {(tokens?.problems ?? []).map((problem) => (
          <p key={`${problem.module}${problem.code}`} className="small warn">
            {problem[language]}
          </p>
        ))}
        <button type="button" className="link" onClick={onLook}>
          {say('Tìm lại token', 'Look again')}
        </button>
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
      {batch ? <Progress batch={batch} /> : null}
      {todos > 0 ? (
        <section>
          <h2>{say('Dấu thời gian', 'Timestamps')}</h2>
          <p className="small warn">
            {say(
              `${todos} văn bản còn nợ dấu thời gian, sẽ xin lại khi có mạng.`,
              `${todos} documents owe a timestamp; asked for again later.`,
            )}
          </p>
        </section>
      ) : null}
    </aside>
  );
}

function Progress({ batch }: { batch: Batch }) {
  const { language, say } = useLanguage();
  const { counts } = batch;
  const total = Math.max(1, batch.files.length);
  const going = batch.state === 'running' || batch.state === 'cancelling';
  const active = going && batch.files.some((file) => file.activity !== 'none') ? 1 : 0;
  const done = counts.signed + counts.refused + counts.failed;
  const rest = Math.max(0, counts.pending - active) + counts.skipped;
  const over = batch.endedAt !== null;
  const part = (n: number) => `${(n / total) * 100}%`;
  const left =
    batch.remainingMs === null
      ? ''
      : say(`, còn khoảng ${Math.ceil(batch.remainingMs / 1000)} giây`, `, about ${Math.ceil(batch.remainingMs / 1000)} s`);
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
      {batch.why ? (
        <p className={`why ${batch.state === 'stopped' ? 'bad' : 'warn'}`} role="alert" data-why={batch.why.code}>
          {batch.why[language]}
        </p>
      ) : null}
    </section>
  );
}
