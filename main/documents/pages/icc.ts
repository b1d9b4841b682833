/**
 * An ICC profile of the sRGB colour space (IEC 61966-2-1), built from its published numbers so that no foreign profile
 * with its own licence has to be carried. Version 2.1, matrix/TRC display profile, about 900 bytes.
 */
export function srgbProfile(): Buffer {
  const s15 = (value: number): number => Math.round(value * 65536);
  const xyz = (x: number, y: number, z: number): Buffer => {
    const b = Buffer.alloc(20);
    b.write('XYZ ', 0, 'latin1');
    [x, y, z].forEach((v, i) => b.writeInt32BE(s15(v), 8 + 4 * i));
    return b;
  };
  const text = Buffer.from('text\0\0\0\0Public domain\0', 'latin1');
  const name = 'sRGB';
  const desc = Buffer.alloc(12 + name.length + 1 + 8 + 3 + 67);
  desc.write('desc', 0, 'latin1');
  desc.writeUInt32BE(name.length + 1, 8);
  desc.write(name, 12, 'latin1');
  // The transfer curve as a table: readers interpolate between 256 points, closer than 8-bit samples can tell.
  const points = 256;
  const curve = Buffer.alloc(12 + 2 * points);
  curve.write('curv', 0, 'latin1');
  curve.writeUInt32BE(points, 8);
  for (let i = 0; i < points; i += 1) {
    const v = i / (points - 1);
    const linear = v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    curve.writeUInt16BE(Math.round(linear * 65535), 12 + 2 * i);
  }
  // Primaries and white adapted to D50 by Bradford, as the sRGB profile of the ICC gives them.
  const blocks: [string[], Buffer][] = [
    [['desc'], desc],
    [['cprt'], text],
    [['wtpt'], xyz(0.9505, 1, 1.0891)],
    [['rXYZ'], xyz(0.43607, 0.22249, 0.01392)],
    [['gXYZ'], xyz(0.38515, 0.71687, 0.09708)],
    [['bXYZ'], xyz(0.14307, 0.06061, 0.7141)],
    [['rTRC', 'gTRC', 'bTRC'], curve],
  ];
  const tags = blocks.reduce((n, [signatures]) => n + signatures.length, 0);
  const table = Buffer.alloc(4 + 12 * tags);
  table.writeUInt32BE(tags, 0);
  const bodies: Buffer[] = [];
  let offset = 128 + table.length;
  let entry = 4;
  for (const [signatures, body] of blocks) {
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    for (const signature of signatures) {
      table.write(signature, entry, 'latin1');
      table.writeUInt32BE(offset, entry + 4);
      table.writeUInt32BE(body.length, entry + 8);
      entry += 12;
    }
    bodies.push(padded);
    offset += padded.length;
  }
  const header = Buffer.alloc(128);
  header.writeUInt32BE(offset, 0);
  header.writeUInt32BE(0x02100000, 8);
  header.write('mntrRGB XYZ ', 12, 'latin1');
  [2026, 1, 1, 0, 0, 0].forEach((v, i) => header.writeUInt16BE(v, 24 + 2 * i));
  header.write('acsp', 36, 'latin1');
  [0.9642, 1, 0.8249].forEach((v, i) => header.writeInt32BE(s15(v), 68 + 4 * i));
  return Buffer.concat([header, table, ...bodies]);
}
