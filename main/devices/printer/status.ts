import type { DeviceReason } from '../../contract/devices.ts';

/** What a printer says about itself, whichever way it was asked. */
export interface PrinterStatus {
  readonly offline: boolean;
  readonly coverOpen: boolean;
  readonly paperOut: boolean;
  readonly paperLow: boolean;
  readonly error: boolean;
}

/**
 * One message from the printer. Epson gives each kind fixed bits so that they can be told apart in one stream: DLE EOT
 * answers are 0xx1xx10, an ASB starts with 0xx1xx00 and goes on with three bytes 0xx0xxxx, a `GS r` answer is 0xx0xxxx alone.
 */
export type StatusMessage =
  | { readonly kind: 'real-time'; readonly byte: number }
  | { readonly kind: 'asb'; readonly bytes: readonly number[] }
  | { readonly kind: 'ordered'; readonly byte: number }
  | { readonly kind: 'noise'; readonly byte: number };

/** Takes bytes in any pieces, gives whole messages. */
export function createStatusParser() {
  let asb: number[] = [];
  return (bytes: Uint8Array): StatusMessage[] => {
    const out: StatusMessage[] = [];
    for (const byte of bytes) {
      if (asb.length > 0) {
        if ((byte & 0x90) === 0) {
          asb.push(byte);
          if (asb.length === 4) {
            out.push({ kind: 'asb', bytes: asb });
            asb = [];
          }
          continue;
        }
        // Real-time answers may fall between the bytes of an ASB; anything else breaks it off.
        if ((byte & 0x93) !== 0x12) asb = [];
      }
      if ((byte & 0x93) === 0x12) out.push({ kind: 'real-time', byte });
      else if ((byte & 0x93) === 0x10) asb = [byte];
      else if ((byte & 0x90) === 0) out.push({ kind: 'ordered', byte });
      else out.push({ kind: 'noise', byte });
    }
    return out;
  };
}

/** The answers to DLE EOT 1, 2 and 4 together. */
export function fromRealTime(printer: number, cause: number, paper: number): PrinterStatus {
  return {
    offline: (printer & 0x08) !== 0,
    coverOpen: (cause & 0x04) !== 0,
    paperOut: (cause & 0x20) !== 0 || (paper & 0x60) !== 0,
    paperLow: (paper & 0x0c) !== 0,
    error: (cause & 0x40) !== 0,
  };
}

export function fromAsb([first = 0, second = 0, third = 0]: readonly number[]): PrinterStatus {
  return {
    offline: (first & 0x08) !== 0,
    coverOpen: (first & 0x20) !== 0,
    paperOut: (third & 0x0c) !== 0,
    paperLow: (third & 0x03) !== 0,
    error: (second & 0x6c) !== 0,
  };
}

/** Most telling first. Low paper is told, but does not stop printing. */
export function reasonsOf(status: PrinterStatus): DeviceReason[] {
  const reasons: DeviceReason[] = [];
  if (status.paperOut) reasons.push('paper-out');
  if (status.coverOpen) reasons.push('cover-open');
  if (status.error) reasons.push('jam');
  if (status.offline && reasons.length === 0) reasons.push('offline');
  if (status.paperLow && !status.paperOut) reasons.push('paper-low');
  return reasons;
}

export const canPrint = (status: PrinterStatus): boolean => !status.offline && !status.coverOpen && !status.paperOut && !status.error;
