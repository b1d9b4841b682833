import type { DeviceHealth } from '../contract/devices.ts';

/** One line of `npm run doctor`. */
export interface DoctorRow {
  readonly device: string;
  readonly state: 'ok' | 'look' | 'bad';
  readonly vi: string;
  readonly en: string;
  /** What to do, both languages; empty when nothing is. */
  readonly todo: string;
}

/** Waits until nothing is connecting any more (or `patienceMs` is over) and says how each device is. */
export async function doctorRows(
  devices: { health(): readonly DeviceHealth[]; onHealth(listener: () => void): () => void },
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
  return devices.health().map((h) => ({
    device: h.name,
    state: h.state === 'ready' || h.state === 'busy' ? 'ok' : h.state === 'attention' || h.state === 'connecting' ? 'look' : 'bad',
    vi: h.vi,
    en: h.en,
    todo: h.todoVi === '' ? '' : `${h.todoVi} / ${h.todoEn}`,
  }));
}
