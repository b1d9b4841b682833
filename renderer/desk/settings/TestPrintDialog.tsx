import { useCallback, useEffect, useState } from 'react';
import type { DeviceHealth, PrintJob } from '../../../main/contract/devices.ts';
import { client } from '../../shared/client.ts';
import { useLanguage } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { State } from '../../shared/parts/State.tsx';
import { useDeskData } from '../data/deskData.tsx';
import { useSession } from '../data/session.tsx';
import { useCommand } from '../data/useCommand.ts';
import { JOB } from './DevicesTab.tsx';

type Test = Awaited<ReturnType<typeof client.devices.setup.testPrint>>;

/** A slip with one numbered line per way of writing Vietnamese, of which the officer picks one; of an A4 printer a page to look at. */
export function TestPrintDialog({ device, onClose }: { device: DeviceHealth; onClose: () => void }) {
  const { say, language } = useLanguage();
  const { has } = useSession();
  const { run, trouble, dismiss } = useCommand();
  const [test, setTest] = useState<Test | null>(null);
  const [job, setJob] = useState<PrintJob | null>(null);
  const { devices } = useDeskData();
  const health = devices.data?.find((one) => one.id === device.id) ?? device;
  const sheet = device.kind === 'a4-printer';
  const print = useCallback(() => {
    setJob(null);
    void run('print', (commandId) => client.devices.setup.testPrint({ commandId, id: device.id })).then((heard) => {
      if (!heard) return;
      setTest(heard);
      setJob(heard.job);
    });
  }, [device.id, run]);
  useEffect(print, [print]);
  // What became of the page: confirmed by the printer's own answer, or why not.
  const key = job?.key;
  const under = job?.state === 'queued' || job?.state === 'sent';
  useEffect(() => {
    if (key === undefined || !under) return;
    const timer = setInterval(() => {
      client.devices.jobs({ limit: 20 }).then(
        (list) => setJob((before) => list.find((one) => one.key === key) ?? before),
        () => {},
      );
    }, 700);
    return () => clearInterval(timer);
  }, [key, under]);
  const choose = (number: number) =>
    void run('choose', (commandId) => client.devices.setup.chooseLine({ commandId, id: device.id, number })).then(
      (done) => done && onClose(),
    );
  return (
    <Dialog title={say(`In thử: ${device.name}`, `Test print: ${device.name}`)} onClose={onClose}>
      <p>
        {sheet
          ? say(
              'Máy in ra một tờ A4: xem chữ có dấu, thước 100 mm, các ô xám, mã và khung bốn cạnh như ghi trên tờ.',
              'One A4 sheet is printed: look at the letters, the 100 mm ruler, the greys, the code and the frame, as it says.',
            )
          : say(
              'Máy in ra nhiều dòng có đánh số. Dòng nào đọc rõ tiếng Việt thì chọn số đó.',
              'Numbered lines are printed. Choose the number that reads well.',
            )}
      </p>
      {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
      {job ? (
        <div className="outcome" role="status">
          <State tone={JOB[job.state][0]}>{say(JOB[job.state][1], JOB[job.state][2])}</State>
          {/* An A4 printer keeps what it was given: that it is out of paper is said while the page waits. */}
          {job.state === 'failed' || job.state === 'unknown' || (under && health.reasons.length > 0) ? (
            <p>
              {language === 'vi' ? health.vi : health.en} {language === 'vi' ? health.remedyVi : health.remedyEn}
            </p>
          ) : null}
        </div>
      ) : null}
      <ul className="testlines">
        {(test?.lines ?? []).map((line) => (
          <li key={line.number}>
            <b>{line.number}</b>
            <span>{line.vi}</span>
            <button type="button" className="btn sm" disabled={!has('admin')} onClick={() => choose(line.number)}>
              {say(`Chọn dòng ${line.number}`, `Choose line ${line.number}`)}
            </button>
          </li>
        ))}
      </ul>
      <div className="row">
        <button type="button" className="btn lead" onClick={onClose} data-autofocus>
          {say('Đóng', 'Close')}
        </button>
        <button type="button" className="btn" aria-disabled={under} onClick={() => under || print()}>
          {say('In lại trang thử', 'Print the page again')}
        </button>
      </div>
    </Dialog>
  );
}
