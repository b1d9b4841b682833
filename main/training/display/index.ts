import { serveLine } from '../line.ts';

/** CRC-16/MODBUS by table; the driver computes it bit by bit. */
const CRC_TABLE = Uint16Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? (c >>> 1) ^ 0xa001 : c >>> 1;
  return c;
});
const crc = (bytes: Uint8Array): number => bytes.reduce((c, byte) => (c >>> 8) ^ CRC_TABLE[(c ^ byte) & 0xff]!, 0xffff);
const sealed = (bytes: number[]): Uint8Array => {
  const sum = crc(Uint8Array.from(bytes));
  return Uint8Array.from([...bytes, sum & 0xff, sum >> 8]);
};

/**
 * A pair of wires with Modbus panels and Alpha signs on it. Panels answer functions 3 and 16 at their address; signs show
 * what the TEXT command brings. Frames of other addresses pass by.
 */
export async function serveDisplays(options: { addresses: readonly number[]; port?: number; host?: string }) {
  const shown = new Map<number, string>(options.addresses.map((address) => [address, '']));
  const dead = new Set<number>();
  const listeners = new Set<() => void>();
  let waiting = Buffer.alloc(0);
  const show = (address: number, text: string) => {
    shown.set(address, text);
    for (const listener of listeners) listener();
  };

  const modbus = (frame: Buffer, reply: (bytes: Uint8Array) => void) => {
    const address = frame[0]!;
    if (!shown.has(address) || dead.has(address)) return;
    if (frame[1] === 16) {
      show(
        address,
        frame
          .subarray(7, 7 + frame[6]!)
          .toString('latin1')
          .trim(),
      );
      reply(sealed([...frame.subarray(0, 6)]));
    } else reply(sealed([address, 3, 2, ...Buffer.from((shown.get(address) ?? '').padStart(6).slice(0, 2), 'latin1')]));
  };

  /** Takes one whole frame off the front; false when there is none. */
  const step = (reply: (bytes: Uint8Array) => void): boolean => {
    if (waiting.length < 8) return false;
    if (waiting[0] === 0 && waiting.includes(1)) {
      const end = waiting.indexOf(4);
      if (end < 0) return false;
      const readable = waiting
        .subarray(0, end + 1)
        .toString('latin1')
        .replace(/\p{Cc}/gu, '|');
      const sign = /\|Z([0-9A-F]{2})\|AA\| b([^|]*)\|/u.exec(readable);
      waiting = waiting.subarray(end + 1);
      if (sign)
        for (const address of shown.keys()) if (sign[1] === '00' || Number.parseInt(sign[1]!, 16) === address) show(address, sign[2]!);
      return true;
    }
    const length = waiting[1] === 16 ? 9 + waiting[6]! : 8;
    if (waiting.length < length) return false;
    const frame = waiting.subarray(0, length);
    if (crc(frame) === 0) {
      waiting = waiting.subarray(length);
      modbus(frame, reply);
    } else waiting = waiting.subarray(1);
    return true;
  };
  const line = await serveLine({
    ...options,
    onData(bytes, reply) {
      waiting = Buffer.concat([waiting, bytes]);
      while (step(reply));
    },
  });

  return {
    port: line.port,
    isUnplugged: () => line.isUnplugged(),
    /** Cable out, or one panel without power. */
    set(change: { unplugged?: boolean; dead?: number; alive?: number }) {
      if (change.dead !== undefined) dead.add(change.dead);
      if (change.alive !== undefined) {
        dead.delete(change.alive);
        shown.set(change.alive, '');
      }
      if (change.unplugged !== undefined) {
        waiting = Buffer.alloc(0);
        line.set({ unplugged: change.unplugged });
      }
    },
    shows: (address: number): string | undefined => shown.get(address),
    isDead: (address: number) => dead.has(address),
    onChange(listener: () => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => line.close(),
  };
}
export type ServedDisplays = Awaited<ReturnType<typeof serveDisplays>>;
