import type { DeviceConfig } from '../../contract/devices.ts';
import type { Clock } from '../../store/index.ts';
import { createHealth } from '../health.ts';
import type { Transport } from '../transports/transport.ts';
import { createBus, type Bus } from './bus.ts';
import { createDisplay, type Display } from './display.ts';
import { displayProtocol } from './protocols.ts';

/** Hangs displays on their wires: panels with the same address of the port share one bus, opened once. */
export function createHangers(clock: Clock, heartbeatMs?: number) {
  const buses = new Map<string, { bus: Bus; panels: Set<{ wake(): void }> }>();
  const beat = heartbeatMs === undefined ? {} : { heartbeatMs };
  return (config: DeviceConfig, transport: () => Transport): Display => {
    const key = JSON.stringify(config.address);
    let hanger = buses.get(key);
    if (!hanger) {
      const panels = new Set<{ wake(): void }>();
      const health = createHealth({ id: `${config.id}-bus`, kind: 'display', name: config.name }, clock);
      const wakeAll = () => {
        for (const panel of panels) panel.wake();
      };
      health.on(wakeAll);
      hanger = { bus: createBus(transport(), health, { ...beat, onOpen: wakeAll }), panels };
      buses.set(key, hanger);
    }
    const { bus, panels } = hanger;
    const display = createDisplay({
      id: config.id,
      name: config.name,
      protocol: displayProtocol(config.profile),
      address: config.busAddress ?? 1,
      bus,
      clock,
      ...beat,
    });
    panels.add(display);
    return {
      ...display,
      async close() {
        panels.delete(display);
        await display.close();
        if (panels.size > 0) return;
        buses.delete(key);
        await bus.close();
      },
    };
  };
}
