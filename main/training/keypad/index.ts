import type { KeypadAction } from '../../devices/index.ts';
import { serveLine } from '../line.ts';

const KEYS: Record<KeypadAction, string> = { next: 'N', recall: 'R', 'no-show': 'V', park: 'P', transfer: 'C', finish: 'F' };

/** A call keypad of six keys that sends one letter for each, on a serial device server. */
export async function serveKeypad(options: { port?: number; host?: string } = {}) {
  const line = await serveLine(options);
  return {
    port: line.port,
    isUnplugged: () => line.isUnplugged(),
    set: (change: { unplugged?: boolean }) => line.set(change),
    press: (action: KeypadAction): number => line.send(Buffer.from(KEYS[action])),
    close: () => line.close(),
  };
}
export type ServedKeypad = Awaited<ReturnType<typeof serveKeypad>>;
