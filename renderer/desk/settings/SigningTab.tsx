import { useCallback, useEffect, useState, type ChangeEvent } from 'react';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { dateText } from '../../shared/time.ts';
import { useSession } from '../data/session.tsx';
import { useCommand } from '../data/useCommand.ts';
import { read } from '../data/read.ts';
import { DriverList } from './DriverList.tsx';
import { PictureList } from './PictureList.tsx';

type Settings = Awaited<ReturnType<typeof client.signing.settings>>;
type Root = Awaited<ReturnType<typeof client.signing.roots>>[number];
const LEVELS: readonly { level: Settings['level']; vi: string; en: string }[] = [
  { level: 'B-B', vi: 'B-B: chữ ký, chưa có dấu thời gian', en: 'B-B: signature alone' },
  { level: 'B-T', vi: 'B-T: có dấu thời gian', en: 'B-T: with timestamp' },
  { level: 'B-LT', vi: 'B-LT: kèm bằng chứng kiểm tra lâu dài', en: 'B-LT: with long-term data' },
  { level: 'B-LTA', vi: 'B-LTA: kèm dấu thời gian lưu trữ', en: 'B-LTA: with archive timestamp' },
];

/** How this station signs, and whom it trusts: the roots of VGCA and NEAC are data that an administrator replaces. */
export function SigningTab() {
  const say = useSay();
  const { has } = useSession();
  const { run, busy, trouble, dismiss } = useCommand();
  const [settings, setSettings] = useState<Settings | null>(null);
  const [roots, setRoots] = useState<readonly Root[]>([]);
  const [tsa, setTsa] = useState('');
  const [owed, setOwed] = useState<string | null>(null);
  const may = has('admin', 'supervisor', 'clerk', 'leader');
  const mayTrust = has('admin', 'supervisor');
  useEffect(() => {
    const stops = [
      read(
        () => client.signing.settings(),
        (heard) => {
          setSettings(heard);
          setTsa(heard.tsaUrl ?? '');
        },
      ),
      read(() => client.signing.roots(), setRoots),
    ];
    return () => stops.forEach((stop) => stop());
  }, []);
  const save = useCallback(
    (change: { level?: Settings['level']; tsaUrl?: string | null; offline?: boolean; alwaysSeal?: boolean; pss?: boolean }) =>
      void run('save', (commandId) => client.signing.saveSettings({ commandId, ...change })).then((next) => next && setSettings(next)),
    [run],
  );
  const add = (source: Root['source']) => (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    event.target.value = '';
    if (!file) return;
    void run('root', async (commandId) => {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const certificate = btoa(String.fromCharCode(...bytes));
      return client.signing.addRoot({ commandId, certificate, source });
    }).then((next) => next && setRoots(next));
  };
  return (
    <>
      <div className="bar">
        <h1>{say('Ký số, chứng thư gốc', 'Signing and trusted roots')}</h1>
      </div>
      {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
      {settings ? (
        <div className="pairform">
          <label>
            {say('Mức chữ ký', 'Level')}
            <select
              className="in"
              value={settings.level}
              disabled={!may}
              onChange={(event) => save({ level: event.target.value as Settings['level'] })}
            >
              {LEVELS.map(({ level, vi, en }) => (
                <option key={level} value={level}>
                  {say(vi, en)}
                </option>
              ))}
            </select>
          </label>
          <label className="long">
            {say('Địa chỉ máy chủ dấu thời gian', 'Timestamp server')}
            <input
              className="in"
              type="url"
              value={tsa}
              disabled={!may}
              onChange={(event) => setTsa(event.target.value)}
              onBlur={() => {
                if (tsa !== (settings.tsaUrl ?? '')) save({ tsaUrl: tsa === '' ? null : tsa });
              }}
            />
          </label>
          <label className="check">
            <input
              type="checkbox"
              checked={settings.offline}
              disabled={!may}
              onChange={(event) => save({ offline: event.target.checked })}
            />
            {say('Không hỏi mạng khi kiểm tra thu hồi', 'Never go online for revocation')}
          </label>
          <label className="check">
            <input type="checkbox" checked={settings.pss} disabled={!may} onChange={(event) => save({ pss: event.target.checked })} />
            {say('Ký RSA bằng PSS khi token có (bình thường PKCS#1 v1.5)', 'Sign RSA with PSS where the token has it (else PKCS#1 v1.5)')}
          </label>
          <label className="check">
            <input
              type="checkbox"
              checked={settings.alwaysSeal}
              disabled={!may}
              onChange={(event) => save({ alwaysSeal: event.target.checked })}
            />
            {say(
              'Mọi kết quả đều qua văn thư đóng dấu sau khi lãnh đạo ký (kết quả chưa có số thì luôn qua)',
              'Every result is sealed by the clerk after the leader (one without a number always is)',
            )}
          </label>
          <button
            type="button"
            className="btn"
            aria-disabled={busy !== null}
            onClick={() =>
              void run('settle', (commandId) => client.signing.settleOwed({ commandId })).then(
                (done) =>
                  done &&
                  setOwed(
                    say(
                      `Đã xin bù ${done.settled}, còn nợ ${done.left} dấu thời gian.`,
                      `${done.settled} settled, ${done.left} still owed.`,
                    ),
                  ),
              )
            }
          >
            {say('Xin bù dấu thời gian còn nợ', 'Ask for owed timestamps')}
          </button>
          <span role="status">{owed}</span>
        </div>
      ) : null}
      <PictureList may={may || mayTrust} />
      <DriverList may={may} />
      <section className="block" aria-label={say('Chứng thư gốc', 'Trusted roots')}>
        <h2>{say(`Chứng thư gốc tin cậy: ${roots.length}`, `Trusted roots: ${roots.length}`)}</h2>
        {roots.length === 0 ? (
          <p className="warn">
            {say(
              'Chưa có chứng thư gốc nào: chữ ký vẫn ký được, nhưng kết quả kiểm tra chuỗi là “chưa rõ”.',
              'No roots yet: signing works, but the chain is “not known”.',
            )}
          </p>
        ) : null}
        <ul className="jobs">
          {roots.map((root) => (
            <li key={root.id}>
              <span className="small nw">{root.source.toUpperCase()}</span>
              <span className="cut">
                {say(`${root.subject}, đến ${dateText(root.notAfter)}`, `${root.subject}, until ${dateText(root.notAfter)}`)}
              </span>
              <button
                type="button"
                className="btn sm no"
                disabled={!mayTrust}
                onClick={() =>
                  void run('root', (commandId) => client.signing.removeRoot({ commandId, id: root.id })).then(
                    (next) => next && setRoots(next),
                  )
                }
              >
                {say('Bỏ', 'Remove')}
              </button>
            </li>
          ))}
        </ul>
        {mayTrust ? (
          <div className="pairform">
            {(['vgca', 'neac', 'added'] as const).map((source) => (
              <label key={source}>
                {source === 'added'
                  ? say('Thêm gốc khác (PEM, CER)', 'Add another (PEM, CER)')
                  : say(`Thêm gốc ${source.toUpperCase()} (PEM, CER)`, `Add a ${source.toUpperCase()} root (PEM, CER)`)}
                <input className="in file" type="file" accept=".pem,.crt,.cer,.der" onChange={add(source)} />
              </label>
            ))}
          </div>
        ) : null}
      </section>
    </>
  );
}
