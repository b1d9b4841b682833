import { createHealth, type HealthCell, type HealthSource } from '../devices/index.ts';
import { deviceReason, type DeviceHealth, type DeviceReason } from '../contract/devices.ts';
import type { Scanning } from '../devices/scanner/index.ts';
import type { Clock } from '../store/index.ts';

/** A reason of a scanner in the words of the strip; what only scanners know counts as trouble of the protocol. */
function reasonOf(reason: string | null): DeviceReason[] {
  if (reason === null) return [];
  const known = deviceReason.safeParse(reason);
  if (known.success) return [known.data];
  return [reason.startsWith('driver') ? 'driver-restarting' : 'protocol'];
}

/** Lends the scanners' state to the strip at the bottom of the desk. */
export function scannerHealth(scanning: Scanning, clock: Clock): HealthSource {
  const cells = new Map<string, HealthCell>();
  const listeners = new Set<(health: DeviceHealth) => void>();
  const look = () => {
    for (const known of scanning.scanners()) {
      let cell = cells.get(known.scanner.id);
      if (!cell) {
        cell = createHealth({ id: known.scanner.id, kind: 'scanner', name: known.scanner.name }, clock);
        cell.on((health) => listeners.forEach((listener) => listener(health)));
        cells.set(known.scanner.id, cell);
      }
      if (known.lastSeen !== null) cell.seen();
      // An empty feeder is how a scanner waits; it is no trouble until somebody wants to scan.
      const waiting = known.reason === 'feeder-empty';
      cell.set(waiting ? 'ready' : known.state, waiting ? [] : reasonOf(known.reason));
    }
  };
  scanning.onScanners(look);
  look();
  return {
    health: () => [...cells.values()].map((cell) => cell.current()),
    onHealth(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
