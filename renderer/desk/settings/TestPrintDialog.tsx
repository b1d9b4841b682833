import { useEffect, useState } from 'react';
import type { DeviceHealth } from '../../../main/contract/devices.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { useSession } from '../data/session.tsx';
import { useCommand } from '../data/useCommand.ts';

type Test = Awaited<ReturnType<typeof client.devices.setup.testPrint>>;

/** Prints one numbered line per way of writing Vietnamese; the officer picks the number that reads well. */
export function TestPrintDialog({ device, onClose }: { device: DeviceHealth; onClose: () => void }) {
  const say = useSay();
  const { has } = useSession();
  const { run, trouble, dismiss } = useCommand();
  const [test, setTest] = useState<Test | null>(null);
  useEffect(() => {
    void run('print', (commandId) => client.devices.setup.testPrint({ commandId, id: device.id })).then((heard) => heard && setTest(heard));
  }, [device.id, run]);
  const choose = (number: number) =>
    void run('choose', (commandId) => client.devices.setup.chooseLine({ commandId, id: device.id, number })).then(
      (done) => done && onClose(),
    );
  return (
    <Dialog title={say(`In thử: ${device.name}`, `Test print: ${device.name}`)} onClose={onClose}>
      <p>
        {say(
          'Máy in ra nhiều dòng có đánh số. Dòng nào đọc rõ tiếng Việt thì chọn số đó.',
          'Numbered lines are printed. Choose the number that reads well.',
        )}
      </p>
      {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
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
        <button type="button" className="btn" onClick={onClose} data-autofocus>
          {say('Đóng', 'Close')}
        </button>
      </div>
    </Dialog>
  );
}
