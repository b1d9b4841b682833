import { describe, expect, it } from 'vitest';
import { query, readAnswers, servicesIn } from './find-network.ts';

const name = (text: string) =>
  Buffer.concat([
    ...text.split('.').map((label) => Buffer.concat([Buffer.of(Buffer.byteLength(label)), Buffer.from(label)])),
    Buffer.of(0),
  ]);
const record = (owner: Buffer, type: number, body: Buffer) => {
  const head = Buffer.alloc(10);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(1, 2);
  head.writeUInt32BE(120, 4);
  head.writeUInt16BE(body.length, 8);
  return Buffer.concat([owner, head, body]);
};
const packet = (...records: Buffer[]) => {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0x8400, 2);
  head.writeUInt16BE(records.length, 6);
  return Buffer.concat([head, ...records]);
};
const srv = (port: number, host: string) => Buffer.concat([Buffer.of(0, 0, 0, 0, port >> 8, port & 0xff), name(host)]);

describe('printers on the network', () => {
  it('are put together from what they say about themselves', () => {
    const services = servicesIn(
      readAnswers(
        packet(
          record(name('_ipp._tcp.local'), 12, name('Máy in tầng 2._ipp._tcp.local')),
          record(name('Máy in tầng 2._ipp._tcp.local'), 33, srv(631, 'in2.local')),
          record(name('Máy in tầng 2._ipp._tcp.local'), 16, Buffer.from('\u0011rp=ipp/print/main')),
          record(name('in2.local'), 1, Buffer.of(10, 0, 0, 7)),
          record(name('_pdl-datastream._tcp.local'), 12, name('TM-T82._pdl-datastream._tcp.local')),
          // A name that points back into the packet, as real answers have.
          record(name('TM-T82._pdl-datastream._tcp.local'), 33, Buffer.concat([Buffer.of(0, 0, 0, 0, 0x23, 0x8c), name('tm.local')])),
          record(name('tm.local'), 1, Buffer.of(10, 0, 0, 9)),
          record(name('_ipp._tcp.local'), 12, name('Không địa chỉ._ipp._tcp.local')),
        ),
      ),
    );
    expect(services).toEqual([
      { type: 'ipp', name: 'Máy in tầng 2', host: '10.0.0.7', port: 631, resource: 'ipp/print/main' },
      { type: 'raw', name: 'TM-T82', host: '10.0.0.9', port: 9100, resource: 'ipp/print' },
    ]);
  });
  it('follow shortened names, and refuse names in a circle', () => {
    const first = record(name('_ipp._tcp.local'), 12, Buffer.concat([Buffer.of(3), Buffer.from('abc'), Buffer.of(0xc0, 12)]));
    expect(readAnswers(packet(first))).toEqual([{ name: '_ipp._tcp.local', type: 12, text: 'abc._ipp._tcp.local' }]);
    expect(() => readAnswers(packet(record(Buffer.of(0xc0, 12), 12, Buffer.of(0))))).toThrow(RangeError);
    expect(() => readAnswers(packet(first).subarray(0, 30))).toThrow(RangeError);
  });
  it('are asked for in one question with both kinds', () => {
    const bytes = query(['_ipp._tcp.local']);
    expect(bytes.readUInt16BE(4)).toBe(1);
    expect(bytes.subarray(12, 17).toString('latin1')).toBe('\u0004_ipp');
    expect([...bytes.subarray(-4)]).toEqual([0, 12, 0x80, 1]);
  });
});
