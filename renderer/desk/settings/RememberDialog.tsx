import { useEffect, useState, type FormEvent } from 'react';
import type { DeviceAddress, FoundDevice } from '../../../main/contract/devices.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { useCommand } from '../data/useCommand.ts';
import { read } from '../data/read.ts';
import { addressText, BAUDS, configFrom, firstValues, KINDS_BY_WAY, STARTING, type FormValues, type Kind } from './deviceForm.ts';
import { KIND_NAMES } from './DevicesTab.tsx';

type Choices = Awaited<ReturnType<typeof client.devices.setup.choices>>;
type Way = 'tcp' | 'serial' | 'ipp' | 'system';

/**
 * Remembers a device under a name of the office's own; it is opened again by itself after a replug. What was found is a
 * guess: kind, speed and model can be chosen. Without a found device its address is typed.
 */
export function RememberDialog({ device, onClose }: { device: FoundDevice | null; onClose: () => void }) {
  const say = useSay();
  const { run, trouble, dismiss } = useCommand();
  const [choices, setChoices] = useState<Choices | null>(null);
  const [way, setWay] = useState<Way>('tcp');
  const [typed, setTyped] = useState({ host: '', port: '9100', path: '' });
  const [values, setValues] = useState<FormValues>(device ? firstValues(device) : { ...STARTING, kind: 'ticket-printer', name: '' });
  useEffect(() => read(() => client.devices.setup.choices(), setChoices), []);
  const set = (change: Partial<FormValues>) => setValues((before) => ({ ...before, ...change }));
  const address = device?.address ?? addressOf(way, typed, values.baud);
  const kinds = KINDS_BY_WAY[device?.address.via ?? way];
  const changeWay = (next: Way) => {
    setWay(next);
    set({ kind: KINDS_BY_WAY[next][0] ?? 'ticket-printer', profile: '' });
  };
  const models = choices && modelsOf(values.kind, choices);
  const standsSomewhere = values.kind === 'reader' || values.kind === 'keypad' || values.kind === 'display';
  const serial = (device?.address.via ?? way) === 'serial';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!address) return;
    void run('remember', (commandId) => client.devices.setup.remember({ commandId, device: configFrom(address, values) })).then(
      (done) => done && onClose(),
    );
  };
  const text = (label: string, key: 'host' | 'port' | 'path', example: string) => (
    <label>
      {label}
      <input
        className="in"
        value={typed[key]}
        placeholder={example}
        onChange={(event) => setTyped((before) => ({ ...before, [key]: event.target.value }))}
      />
    </label>
  );
  return (
    <Dialog
      title={device ? say('Nhớ thiết bị', 'Remember the device') : say('Thêm thiết bị bằng tay', 'Add a device by hand')}
      onClose={onClose}
    >
      <form onSubmit={submit}>
        {device ? <p className="dim small">{addressText(device.address)}</p> : null}
        <div className="fields">
          {device ? null : (
            <>
              <label>
                {say('Nối qua', 'Connected by')}
                <select className="in" value={way} onChange={(event) => changeWay(event.target.value as Way)}>
                  <option value="tcp">{say('Mạng (TCP, máy in thường là cổng 9100)', 'Network (TCP, printers mostly 9100)')}</option>
                  <option value="serial">{say('Cổng nối tiếp (COM, RS-232, RS-485)', 'Serial port (COM, RS-232, RS-485)')}</option>
                  <option value="ipp">{say('Máy in mạng IPP', 'Network printer, IPP')}</option>
                  <option value="system">{say('Hàng đợi máy in của hệ thống', 'Printer queue of the system')}</option>
                </select>
              </label>
              {way === 'tcp' ? (
                <>
                  {text(say('Địa chỉ IP', 'IP address'), 'host', '192.168.1.50')}
                  {text(say('Cổng', 'Port'), 'port', '9100')}
                </>
              ) : null}
              {way === 'serial' ? text(say('Tên cổng', 'Port'), 'path', 'COM3') : null}
              {way === 'ipp' ? text(say('Địa chỉ máy in', 'Address'), 'path', 'ipp://192.168.1.60/ipp/print') : null}
              {way === 'system' ? text(say('Tên hàng đợi', 'Name of the queue'), 'path', 'POS-80') : null}
            </>
          )}
          <label>
            {say('Đây là', 'It is a')}
            <select
              className="in"
              value={values.kind}
              disabled={kinds.length === 1}
              onChange={(event) => set({ kind: event.target.value as Kind, profile: '' })}
            >
              {kinds.map((kind) => (
                <option key={kind} value={kind}>
                  {say(...KIND_NAMES[kind])}
                </option>
              ))}
            </select>
          </label>
          <label>
            {say('Tên ở trung tâm này', 'Its name here')}
            <input
              className="in"
              value={values.name}
              onChange={(event) => set({ name: event.target.value })}
              data-autofocus
              maxLength={80}
            />
          </label>
          {models && models.length > 1 ? (
            <label>
              {values.kind === 'display' ? say('Giao thức', 'Protocol') : say('Loại máy', 'Model')}
              <select className="in" value={values.profile} onChange={(event) => set({ profile: event.target.value })}>
                {models.map((model, index) => (
                  <option key={model.id} value={index === 0 ? '' : model.id}>
                    {model.name}
                  </option>
                ))}
              </select>
            </label>
          ) : null}
          {serial ? (
            <>
              <label>
                {say('Tốc độ cổng (baud)', 'Speed (baud)')}
                <select className="in" value={values.baud} onChange={(event) => set({ baud: Number(event.target.value) })}>
                  {BAUDS.map((baud) => (
                    <option key={baud} value={baud}>
                      {baud.toLocaleString('vi-VN')}
                    </option>
                  ))}
                </select>
              </label>
              {values.kind === 'ticket-printer' && values.baud < 57_600 ? (
                <p className="small">
                  {say(
                    'Dưới 57.600 baud không in được dạng ảnh: nhớ xong hãy in thử và chọn dòng chữ TCVN-3 hoặc chữ tải xuống đọc được.',
                    'Below 57,600 baud pictures cannot be printed: remember it, then print a test page and choose a readable line of text.',
                  )}
                </p>
              ) : null}
            </>
          ) : null}
          {standsSomewhere ? (
            <label>
              {say('Ở quầy số, hoặc vị trí máy lấy số (kiosk-1)', 'At counter, or the place of a kiosk (kiosk-1)')}
              <input className="in" value={values.counterId} onChange={(event) => set({ counterId: event.target.value })} maxLength={20} />
            </label>
          ) : null}
          {values.kind === 'display' ? (
            <label>
              {say('Địa chỉ bảng trên dây (0–255)', 'Address on the wire (0–255)')}
              <input
                className="in"
                type="number"
                min={0}
                max={255}
                required
                value={values.busAddress}
                onChange={(event) => set({ busAddress: event.target.value })}
              />
            </label>
          ) : null}
        </div>
        {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
        <div className="row">
          <button type="button" className="btn lead" onClick={onClose}>
            {say('Thôi', 'Cancel')}
          </button>
          <button type="submit" className="btn go" disabled={values.name.trim() === '' || address === null}>
            {say('Nhớ', 'Remember')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function modelsOf(kind: Kind, choices: Choices) {
  if (kind === 'ticket-printer') return choices.printers;
  if (kind === 'keypad') return choices.keypads;
  return kind === 'display' ? choices.displays : [];
}

/** What was typed as an address, or null while a part is missing. */
function addressOf(way: Way, typed: { host: string; port: string; path: string }, baud: number): DeviceAddress | null {
  const [host, path, port] = [typed.host.trim(), typed.path.trim(), Number(typed.port)];
  if (way === 'tcp') return host !== '' && Number.isInteger(port) && port > 0 && port < 65_536 ? { via: 'tcp', host, port } : null;
  if (path === '') return null;
  if (way === 'serial') return { via: 'serial', path, baud, flow: 'none' };
  return way === 'ipp' ? { via: 'ipp', url: path } : { via: 'system', queue: path };
}
