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

export interface Connection {
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
