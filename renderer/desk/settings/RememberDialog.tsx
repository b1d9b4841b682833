import { useState, type FormEvent } from 'react';
import type { FoundDevice } from '../../../main/contract/devices.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { useCommand } from '../data/useCommand.ts';
import { addressText, KIND_NAMES } from './DevicesTab.tsx';

/** Remembers a found device under a name of the office's own; it is opened again by itself after a replug. */
export function RememberDialog({ device, onClose }: { device: FoundDevice; onClose: () => void }) {
  const say = useSay();
  const { run, trouble, dismiss } = useCommand();
  const [name, setName] = useState(device.name);
  const [place, setPlace] = useState('');
  const standsSomewhere = device.kind === 'reader' || device.kind === 'keypad' || device.kind === 'display';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { kind, address } = device;
    if (kind === 'scanner' || kind === 'token') return;
    const id = `${kind}-${Math.abs(hash(addressText(device))).toString(36)}`;
    void run('remember', (commandId) =>
      client.devices.setup.remember({
        commandId,
        device: { id, kind, name: name.trim(), address, ...(place.trim() === '' ? {} : { counterId: place.trim() }) },
      }),
    ).then((done) => done && onClose());
  };
  return (
    <Dialog title={say('Nhớ thiết bị', 'Remember the device')} onClose={onClose}>
      <form onSubmit={submit}>
        <p className="dim small">{`${say(...KIND_NAMES[device.kind])}, ${addressText(device)}`}</p>
        <div className="fields">
          <label>
            {say('Tên ở trung tâm này', 'Its name here')}
            <input className="in" value={name} onChange={(event) => setName(event.target.value)} data-autofocus maxLength={80} />
          </label>
          {standsSomewhere ? (
            <label>
              {say('Ở quầy số, hoặc vị trí máy lấy số (kiosk-1)', 'At counter, or the place of a kiosk (kiosk-1)')}
              <input className="in" value={place} onChange={(event) => setPlace(event.target.value)} maxLength={20} />
            </label>
          ) : null}
        </div>
        {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
        <div className="row">
          <button type="button" className="btn lead" onClick={onClose}>
            {say('Thôi', 'Cancel')}
          </button>
          <button type="submit" className="btn go" disabled={name.trim() === ''}>
            {say('Nhớ', 'Remember')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** A small stable number for an address, so that remembering the same device twice is the same device. */
const hash = (text: string): number => [...new TextEncoder().encode(text)].reduce((sum, byte) => (Math.imul(sum, 31) + byte) | 0, 7);
