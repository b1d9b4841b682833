import { createHealth, type HealthCell, type HealthSource } from '../devices/index.ts';
import { deviceReason, type DeviceHealth, type DeviceReason } from '../contract/devices.ts';
import type { Scanning } from '../devices/scanner/index.ts';
import type { Signing } from '../signing/index.ts';
import type { Clock } from '../store/index.ts';

/** Tokens are looked for this often; each look starts and ends one child process per module. */
const TOKEN_POLL_MS = 20_000;
const FIRST_LOOK_MS = 1_500;

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

/** Looks for tokens every now and then; `close` ends it. */
export function tokenHealth(
  signing: Signing,
  clock: Clock,
  onError: (error: unknown) => void,
): HealthSource & { look(): Promise<void>; close(): void } {
  const cell = createHealth({ id: 'token', kind: 'token', name: 'Token ký số' }, clock);
  const look = async () => {
    // While a batch holds the token's session, the batch itself watches it.
    if (signing.unlocked) return;
    const { tokens, problems } = await signing.tokens();
    if (tokens.length > 0) {
      cell.seen();
      cell.set(
        tokens.some((token) => !token.locked) ? 'ready' : 'attention',
        tokens.every((token) => token.locked) ? ['access-denied'] : [],
      );
    } else cell.set(problems.length > 0 ? 'attention' : 'absent', problems.length > 0 ? ['protocol'] : ['unplugged']);
  };
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const again = (ms: number) => {
    timer = setTimeout(() => {
      void look()
        .catch(onError)
        .finally(() => closed || again(TOKEN_POLL_MS));
    }, ms);
    timer.unref();
  };
  again(FIRST_LOOK_MS);
  return {
    health: () => [cell.current()],
    onHealth: (listener) => cell.on(listener),
    look,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
