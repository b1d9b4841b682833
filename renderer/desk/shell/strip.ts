import type { DeviceHealth, DeviceKind, DeviceReason } from '../../../main/contract/devices.ts';

export type StripTone = 'ok' | 'warn' | 'bad' | 'run' | 'off';
export interface StripCell {
  readonly tone: StripTone;
  readonly vi: string;
  readonly en: string;
}

const REASONS: Readonly<Record<DeviceReason, readonly [string, string]>> = {
  'paper-out': ['hết giấy', 'no paper'],
  'paper-low': ['sắp hết giấy', 'paper low'],
  'cover-open': ['nắp mở', 'cover open'],
  offline: ['không trả lời', 'offline'],
  jam: ['kẹt giấy', 'jam'],
  'feeder-empty': ['khay trống', 'feeder empty'],
  unplugged: ['đã rút', 'unplugged'],
  busy: ['đang bận', 'busy'],
  'access-denied': ['không có quyền', 'no access'],
  timeout: ['không trả lời', 'no answer'],
  protocol: ['trả lời lạ', 'odd answer'],
  'wire-too-slow': ['đường truyền chậm', 'wire too slow'],
  'driver-restarting': ['đang khởi động lại', 'restarting'],
  'not-configured': ['chưa cài', 'not set up'],
};

const WEIGHT: Readonly<Record<StripTone, number>> = { bad: 4, warn: 3, run: 2, off: 1, ok: 0 };

/** What one device's cell says: what was measured, never what is hoped. */
export function cellOf(device: DeviceHealth): StripCell {
  const reason = device.reasons[0];
  const words = reason ? REASONS[reason] : undefined;
  switch (device.state) {
    case 'ready':
      return { tone: 'ok', vi: 'sẵn sàng', en: 'ready' };
    case 'busy':
      return { tone: 'run', vi: device.kind === 'scanner' ? 'đang quét' : device.kind === 'token' ? 'đang ký' : 'đang in', en: 'working' };
    case 'connecting':
      return { tone: 'run', vi: 'đang nối', en: 'connecting' };
    case 'absent':
      return { tone: 'off', vi: device.kind === 'token' ? 'chưa cắm' : (words?.[0] ?? 'chưa cắm'), en: words?.[1] ?? 'not plugged in' };
    case 'attention':
      return { tone: 'warn', vi: words?.[0] ?? 'cần xem', en: words?.[1] ?? 'look at it' };
    case 'error':
      return { tone: 'bad', vi: words?.[0] ?? 'lỗi', en: words?.[1] ?? 'error' };
  }
}

/** The cell of a kind: its worst device speaks; no device of the kind says so. */
export function cellOfKind(devices: readonly DeviceHealth[], kind: DeviceKind): StripCell {
  const cells = devices.filter((device) => device.kind === kind).map(cellOf);
  if (cells.length === 0)
    return kind === 'token' ? { tone: 'off', vi: 'chưa cắm', en: 'not plugged in' } : { tone: 'off', vi: 'chưa cài', en: 'not set up' };
  return cells.reduce((worst, cell) => (WEIGHT[cell.tone] > WEIGHT[worst.tone] ? cell : worst));
}
