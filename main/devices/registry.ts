import { deviceConfig, type DeviceConfig } from '../contract/devices.ts';
import type { Store } from '../store/index.ts';

/**
 * The devices of this station: those given at the start (training neighbours), and those remembered on the setup page,
 * which replace a given one of the same id. What the database holds is checked on the way in.
 */
export function createRegistry(store: Store, given: readonly DeviceConfig[]) {
  const remembered = (): DeviceConfig[] =>
    deviceConfig
      .array()
      .catch([])
      .parse(store.get('devices', 'remembered') ?? []);
  return {
    all(): DeviceConfig[] {
      const own = remembered();
      return [...given.filter((g) => !own.some((o) => o.id === g.id)), ...own];
    },
    remember(device: DeviceConfig): DeviceConfig {
      const checked = deviceConfig.parse(device);
      store.transaction(() => store.set('devices', 'remembered', [...remembered().filter((d) => d.id !== checked.id), checked]));
      return checked;
    },
    forget(id: string): void {
      store.transaction(() =>
        store.set(
          'devices',
          'remembered',
          remembered().filter((d) => d.id !== id),
        ),
      );
    },
  };
}
