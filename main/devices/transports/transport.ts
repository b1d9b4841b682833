import type { DeviceReason } from '../../contract/devices.ts';
import type { PrinterStatus } from '../printer/status.ts';

/**
 * A way to a device. `open` may be called again after a connection ended; drivers own the rhythm of trying again.
 */
export interface Transport {
  /** For logs and the setup page, for example `tcp 10.0.0.7:9100`. */
  readonly description: string;
  /** Speed of the wire when it is known and slow (serial); undefined on USB and LAN. */
  readonly bitsPerSecond?: number;
  /** @throws when the device is not there; the message names the address, nothing personal */
  open(signal: AbortSignal): Promise<Connection>;
  /** Heartbeat of devices that never answer: is the port still there? Absent where the connection itself tells. */
  present?(): Promise<boolean>;
}

/** Why a device cannot be reached, where the way to it knows better than "not there". */
export class DeviceTrouble extends Error {
  readonly reason: DeviceReason;
  constructor(reason: DeviceReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** What a failed `open` says about the device. */
export function troubleOf(error: unknown): { state: 'absent' | 'error'; reason: DeviceReason } {
  const denied = error instanceof Error && /EACCES|EPERM|denied|EBUSY|lock/iu.test(error.message);
  const reason = error instanceof DeviceTrouble ? error.reason : denied ? 'access-denied' : 'unplugged';
  return { state: reason === 'unplugged' ? 'absent' : 'error', reason };
}

/**
 * The far end of a queue of the operating system: it takes whole slips, and the system alone says how the printer is. No
 * byte of the printer ever comes back through it.
 */
export interface SlipQueue {
  /** @throws DeviceTrouble when the queue cannot be asked */
  status(): Promise<PrinterStatus>;
  /**
   * Hands a slip over. `left` tells whether it left the queue for the printer within the deadline; `late` is called when it
   * does so afterwards.
   * @throws DeviceTrouble when nothing of it stays in the queue; another Error when it may have been taken
   */
  print(bytes: Uint8Array, title: string, deadlineMs: number, late: () => void): Promise<{ left: Promise<boolean> }>;
}

export interface Connection {
  /** Present when this is a queue and not a wire; `write` then prints, and nothing comes to `onData`. */
  readonly slips?: SlipQueue;
  /** Resolves when the bytes have left this machine (as far as the system can tell). */
  write(bytes: Uint8Array): Promise<void>;
  onData(listener: (bytes: Uint8Array) => void): void;
  /** Called once, however the connection ends. */
  onClose(listener: () => void): void;
  close(): Promise<void>;
}

/** The callbacks every connection needs; bytes that came before a listener was there are kept for it. */
export function createPlug() {
  let onData: ((bytes: Uint8Array) => void) | null = null;
  let onClose: (() => void) | null = null;
  let early: Uint8Array[] = [];
  let closed = false;
  return {
    data(bytes: Uint8Array) {
      if (onData) onData(bytes);
      else early.push(bytes);
    },
    closed() {
      if (closed) return;
      closed = true;
      onClose?.();
    },
    isClosed: () => closed,
    listen: {
      onData(listener: (bytes: Uint8Array) => void) {
        onData = listener;
        for (const bytes of early) listener(bytes);
        early = [];
      },
      onClose(listener: () => void) {
        onClose = listener;
        if (closed) listener();
      },
    },
  };
}
