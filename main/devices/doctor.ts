import type { DeviceHealth, DeviceReason, DeviceState } from '../contract/devices.ts';
import { vietnamIso } from '../store/index.ts';

/** One line of `npm run doctor`. */
export interface DoctorRow {
  readonly id: string;
  readonly device: string;
  readonly state: 'ok' | 'look' | 'bad';
  readonly deviceState: DeviceState;
  readonly reasons: readonly DeviceReason[];
  /** When this state began. */
  readonly since: number;
  /** When the device last answered, to this counter or an earlier one. */
  readonly lastSeen: number | null;
  /** `Máy in phiếu: hết giấy. Từ 09:12, trả lời lần cuối 09:14.` */
  readonly vi: string;
  readonly en: string;
  /** What to do, both languages; empty when nothing is. */
  readonly remedy: string;
}

/** The hour, with the day when it is not the one of `now`; Vietnam. */
function clockOf(at: number, now: number): string {
  const [day = '', time = ''] = vietnamIso(at).split('T');
  const today = vietnamIso(now).startsWith(day);
  return today ? time.slice(0, 5) : `${time.slice(0, 5)} ${day.split('-').reverse().join('/')}`;
}

/** A device as a line: state and reason, since when, last seen, what to do. */
export function doctorRow(health: DeviceHealth, now: number): DoctorRow {
  const state =
    health.state === 'ready' || health.state === 'busy'
      ? 'ok'
      : health.state === 'attention' || health.state === 'connecting'
        ? 'look'
        : 'bad';
  const since = clockOf(health.since, now);
  const seen = health.lastSeen === null ? null : clockOf(health.lastSeen, now);
  // The device by its own name, which for one of its kind is the name of the kind.
  const said = (sentence: string) => {
    const [, rest = sentence] = /^[^:]+: (.*)$/u.exec(sentence) ?? [];
    return `${health.name}: ${rest}`;
  };
  return {
    id: health.id,
    device: health.name,
    state,
    deviceState: health.state,
    reasons: health.reasons,
    since: health.since,
    lastSeen: health.lastSeen,
    vi: `${said(health.vi)} Từ ${since}, ${seen === null ? 'chưa trả lời lần nào' : `trả lời lần cuối ${seen}`}.`,
    en: `${said(health.en)} Since ${since}, ${seen === null ? 'never answered' : `last answered ${seen}`}.`,
    remedy: health.remedyVi === '' ? '' : `${health.remedyVi} / ${health.remedyEn}`,
  };
}

/** Waits until nothing is connecting any more (or `patienceMs` is over) and says how each device is. */
export async function doctorRows(
  devices: { health(): readonly DeviceHealth[]; onHealth(listener: () => void): () => void },
  now: number,
  patienceMs = 4000,
): Promise<DoctorRow[]> {
  const settled = () => devices.health().every((h) => h.state !== 'connecting');
  if (!settled()) {
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        off();
        resolve();
      };
      const timer = setTimeout(done, patienceMs);
      const off = devices.onHealth(() => settled() && done());
    });
  }
  return devices.health().map((health) => doctorRow(health, now));
}
