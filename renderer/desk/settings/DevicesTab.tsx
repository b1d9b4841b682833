import { useCallback, useEffect, useState } from 'react';
import type { DeviceHealth, DeviceKind, FoundDevice, PrintJob } from '../../../main/contract/devices.ts';
import { client } from '../../shared/client.ts';
import { useLanguage } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { State, type Tone } from '../../shared/parts/State.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { ageText, clockText, whenText } from '../../shared/time.ts';
import { useNow } from '../../shared/useNow.ts';
import { useDeskData } from '../data/deskData.tsx';
import { useSession } from '../data/session.tsx';
import { useCommand } from '../data/useCommand.ts';
import { cellOf, type StripTone } from '../shell/strip.ts';
import { read } from '../data/read.ts';
import { addressText } from './deviceForm.ts';
import { RememberDialog } from './RememberDialog.tsx';
import { TestPrintDialog } from './TestPrintDialog.tsx';
import { TestScanDialog } from './TestScanDialog.tsx';

const TONES: Readonly<Record<StripTone, Tone>> = { ok: 'ok', warn: 'warn', bad: 'bad', run: 'work', off: 'off' };
export const KIND_NAMES: Readonly<Record<DeviceKind, readonly [string, string]>> = {
  'ticket-printer': ['Máy in phiếu', 'Ticket printer'],
  'a4-printer': ['Máy in A4', 'A4 printer'],
  scanner: ['Máy quét', 'Scanner'],
  reader: ['Đầu đọc mã', 'Code reader'],
  keypad: ['Bàn phím gọi số', 'Call keypad'],
  display: ['Bảng số quầy', 'Counter display'],
  token: ['Token ký số', 'Token'],
};
export const JOB: Readonly<Record<PrintJob['state'], readonly [Tone, string, string]>> = {
  queued: ['wait', 'Chờ in', 'Queued'],
  sent: ['work', 'Đang in', 'Sent'],
  confirmed: ['ok', 'Đã in', 'Printed'],
  unknown: ['warn', 'Chưa rõ, hãy nhìn máy in', 'Unknown, look at the printer'],
  failed: ['bad', 'Không in được', 'Failed'],
};

/** Each device: state, reason, since when, last seen, what to do. Below: finding new ones, and what went to the printers. */
export function DevicesTab() {
  const { language, say } = useLanguage();
  const { devices } = useDeskData();
  const { has } = useSession();
  const now = useNow();
  const { run, busy, trouble, dismiss } = useCommand();
  const [found, setFound] = useState<readonly FoundDevice[] | null>(null);
  const [jobs, setJobs] = useState<readonly PrintJob[]>([]);
  const [testing, setTesting] = useState<DeviceHealth | null>(null);
  const [scanning, setScanning] = useState<DeviceHealth | null>(null);
  // 'hand': its address is typed.
  const [remembering, setRemembering] = useState<FoundDevice | 'hand' | null>(null);
  const admin = has('admin');
  useEffect(() => read(() => client.devices.jobs({ limit: 20 }), setJobs), [devices.data]);
  // Which devices were set up here: those can be removed. Scanners and tokens come and go by themselves.
  const [own, setOwn] = useState<ReadonlySet<string>>(new Set());
  const lookAtOwn = useCallback(
    () =>
      read(
        () => client.devices.setup.list(),
        (list) => setOwn(new Set(list.map((device) => device.id))),
      ),
    [],
  );
  useEffect(lookAtOwn, [lookAtOwn]);
  const openSheet = async () => {
    const sheet = await run('sheet', () => client.scanner.separatorSheet());
    if (sheet) window.open(sheet.url, '_blank', 'noopener');
  };
  const all = [...(devices.data ?? [])].sort((a, b) => a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name));
  return (
    <>
      <div className="bar">
        <h1>{say('Thiết bị', 'Devices')}</h1>
        <button
          type="button"
          className="btn sm end"
          aria-disabled={busy !== null}
          onClick={() =>
            void run('find', async () => {
              // Scanners show up in the list above by themselves as soon as they answer.
              const scanners = client.scanner.list({ refresh: true }, { context: { patient: true } }).catch(() => []);
              const heard = await client.devices.setup.find(undefined, { context: { patient: true } });
              await scanners;
              return heard;
            }).then((heard) => heard && setFound(heard))
          }
        >
          <Icon name="find" size="s" />
          {busy === 'find' ? say('Đang tìm…', 'Looking…') : say('Tìm thiết bị', 'Find devices')}
        </button>
        <button
          type="button"
          className="btn sm"
          disabled={!admin}
          title={admin ? '' : say('Cần quyền quản trị', 'Needs an administrator')}
          onClick={() => setRemembering('hand')}
        >
          <Icon name="plus" size="s" />
          {say('Thêm bằng tay', 'Add by hand')}
        </button>
      </div>
      {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
      <ul className="devs">
        {all.map((device) => {
          const cell = cellOf(device);
          const remedy = language === 'vi' ? device.remedyVi : device.remedyEn;
          return (
            <li key={device.id} data-device={device.id} data-state={device.state}>
              <div>
                <b className="m">{device.name}</b>
                <span className="small dim">{say(...KIND_NAMES[device.kind])}</span>
              </div>
              <State tone={TONES[cell.tone]}>{cell[language]}</State>
              <div>
                <p>{language === 'vi' ? device.vi : device.en}</p>
                {remedy === '' ? null : <p className="b">{remedy}</p>}
                <p className="small dim">
                  {say(
                    `Từ ${whenText(device.since, now)} (${ageText(now - device.since, 'vi')})`,
                    `Since ${whenText(device.since, now)} (${ageText(now - device.since, 'en')})`,
                  )}
                  {device.lastSeen === null
                    ? say(', chưa trả lời lần nào', ', never answered')
                    : say(
                        `, trả lời gần nhất ${ageText(now - device.lastSeen, 'vi')} trước`,
                        `, last answer ${ageText(now - device.lastSeen, 'en')} ago`,
                      )}
                </p>
              </div>
              <div className="row">
                {device.kind === 'ticket-printer' || device.kind === 'a4-printer' ? (
                  <button type="button" className="btn sm" onClick={() => setTesting(device)}>
                    {say('In thử', 'Test print')}
                  </button>
                ) : null}
                {device.kind === 'scanner' ? (
                  <>
                    <button type="button" className="btn sm" onClick={() => setScanning(device)}>
                      {say('Quét thử', 'Test scan')}
                    </button>
                    <button type="button" className="btn sm" onClick={() => void openSheet()}>
                      {say('Tờ ngăn cách', 'Separator sheet')}
                    </button>
                  </>
                ) : null}
                {device.kind === 'display' ? (
                  <button
                    type="button"
                    className="btn sm"
                    onClick={() =>
                      void run('show', (commandId) => client.devices.setup.testShow({ commandId, id: device.id, text: 'B 888' }))
                    }
                  >
                    {say('Hiện thử', 'Test show')}
                  </button>
                ) : null}
                {admin && own.has(device.id) ? (
                  <button
                    type="button"
                    className="btn sm"
                    aria-label={say(`Gỡ ${device.name}`, `Remove ${device.name}`)}
                    onClick={() =>
                      void run('forget', (commandId) => client.devices.setup.forget({ commandId, id: device.id })).then(
                        (done) => done && setOwn((before) => new Set([...before].filter((id) => id !== done.id))),
                      )
                    }
                  >
                    {say('Gỡ', 'Remove')}
                  </button>
                ) : null}
              </div>
            </li>
          );
        })}
      </ul>
      {all.length === 0 ? (
        <p className="empty">{say('Chưa có thiết bị nào. Bấm “Tìm thiết bị”.', 'No device yet. Press “Find devices”.')}</p>
      ) : null}
      {found ? (
        <section className="block" aria-label={say('Thiết bị tìm thấy', 'Found')}>
          <h2>{say(`Tìm thấy ${found.length} thiết bị`, `${found.length} found`)}</h2>
          <ul className="devs">
            {found.map((device) => (
              <li key={`${device.kind}${JSON.stringify(device.address)}`}>
                <div>
                  <b className="m">{device.name}</b>
                  <span className="small dim">{say(...KIND_NAMES[device.kind])}</span>
                </div>
                {device.remembered ? (
                  <State tone="ok">{say('Đã nhớ', 'Remembered')}</State>
                ) : (
                  <State tone="wait">{say('Mới', 'New')}</State>
                )}
                <span className="small dim cut">{addressText(device.address)}</span>
                {device.remembered || device.kind === 'scanner' || device.kind === 'token' ? (
                  <span />
                ) : (
                  <button
                    type="button"
                    className="btn sm"
                    disabled={!admin}
                    title={admin ? '' : say('Cần quyền quản trị', 'Needs an administrator')}
                    onClick={() => setRemembering(device)}
                  >
                    {say('Nhớ thiết bị này', 'Remember')}
                  </button>
                )}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <section className="block" aria-label={say('Lệnh in gần đây', 'Recent print jobs')}>
        <h2>{say('Lệnh in gần đây', 'Recent print jobs')}</h2>
        <ul className="jobs">
          {jobs.map((job) => {
            const [tone, vi, en] = JOB[job.state];
            return (
              <li key={job.key}>
                <span className="small nw">{clockText(job.createdAt)}</span>
                <span className="cut">{job.title}</span>
                <State tone={tone}>{say(vi, en)}</State>
              </li>
            );
          })}
        </ul>
      </section>
      {testing ? <TestPrintDialog device={testing} onClose={() => setTesting(null)} /> : null}
      {scanning ? <TestScanDialog device={scanning} onClose={() => setScanning(null)} /> : null}
      {remembering ? (
        <RememberDialog
          device={remembering === 'hand' ? null : remembering}
          onClose={() => {
            setRemembering(null);
            lookAtOwn();
          }}
        />
      ) : null}
    </>
  );
}
