/**
 * Names of the local network (RFC 1035 messages as RFC 6762 and 6763 use them): just what finding scanners takes, so that no
 * package has to be trusted with packets from anybody. Reading never throws; a bad packet gives no records.
 */
export type DnsRecord =
  | { readonly type: 'PTR'; readonly name: string; readonly ttl: number; readonly target: string }
  | { readonly type: 'SRV'; readonly name: string; readonly ttl: number; readonly target: string; readonly port: number }
  | { readonly type: 'TXT'; readonly name: string; readonly ttl: number; readonly entries: Readonly<Record<string, string>> }
  | { readonly type: 'A'; readonly name: string; readonly ttl: number; readonly address: string };

const TYPE = { A: 1, PTR: 12, TXT: 16, SRV: 33 } as const;
const CLASS_IN = 1;
/** Asks for an answer to us alone (RFC 6762, 5.4): port 5353 is often another program's. */
const UNICAST = 0x8000;

function putName(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from(label, 'utf8'));
  return Buffer.concat([...labels.flatMap((label) => [Buffer.from([label.length]), label]), Buffer.from([0])]);
}

/** A query for the PTR records of these service types, such as `_uscan._tcp.local`. */
export function encodeQuery(names: readonly string[]): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(names.length, 4);
  const tail = Buffer.alloc(4);
  tail.writeUInt16BE(TYPE.PTR, 0);
  tail.writeUInt16BE(CLASS_IN | UNICAST, 2);
  return Buffer.concat([head, ...names.flatMap((name) => [putName(name), tail])]);
}

/** An answer with these records; the training scanner announces itself with it. */
export function encodeAnswer(id: number, records: readonly DnsRecord[]): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(id, 0);
  head.writeUInt16BE(0x8400, 2);
  head.writeUInt16BE(records.length, 6);
  const parts = records.map((record) => {
    const data =
      record.type === 'PTR'
        ? putName(record.target)
        : record.type === 'A'
          ? Buffer.from(record.address.split('.').map(Number))
          : record.type === 'SRV'
            ? Buffer.concat([Buffer.from([0, 0, 0, 0, record.port >> 8, record.port & 255]), putName(record.target)])
            : Buffer.concat(
                Object.entries(record.entries).map(([key, value]) => {
                  const text = Buffer.from(`${key}=${value}`, 'utf8').subarray(0, 255);
                  return Buffer.concat([Buffer.from([text.length]), text]);
                }),
              );
    const fixed = Buffer.alloc(10);
    fixed.writeUInt16BE(TYPE[record.type], 0);
    fixed.writeUInt16BE(CLASS_IN, 2);
    fixed.writeUInt32BE(record.ttl, 4);
    fixed.writeUInt16BE(data.length, 8);
    return Buffer.concat([putName(record.name), fixed, data]);
  });
  return Buffer.concat([head, ...parts]);
}

/** Reads a name that may point back into the message (RFC 1035, 4.1.4). Null when it is broken. */
function name(message: Buffer, from: number): { text: string; next: number } | null {
  const labels: string[] = [];
  let at = from;
  let next = -1;
  for (let steps = 0; steps < 128; steps += 1) {
    const length = message[at];
    if (length === undefined) return null;
    if (length === 0) return { text: labels.join('.'), next: next < 0 ? at + 1 : next };
    if ((length & 0xc0) === 0xc0) {
      const low = message[at + 1];
      if (low === undefined) return null;
      if (next < 0) next = at + 2;
      at = ((length & 0x3f) << 8) | low;
      continue;
    }
    if (length > 63 || at + 1 + length > message.length) return null;
    labels.push(message.toString('utf8', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return null;
}

function textEntries(data: Buffer): Record<string, string> {
  const entries: Record<string, string> = {};
  for (let at = 0; at < data.length;) {
    const length = data[at] as number;
    const text = data.toString('utf8', at + 1, at + 1 + length);
    const equals = text.indexOf('=');
    // Keys are told apart without regard to case, and the first one counts (RFC 6763, 6.4).
    const key = (equals < 0 ? text : text.slice(0, equals)).toLowerCase();
    if (key !== '' && !Object.hasOwn(entries, key))
      Object.defineProperty(entries, key, { value: equals < 0 ? '' : text.slice(equals + 1), enumerable: true });
    at += 1 + length;
  }
  return entries;
}

/** Id and question names of a query, or null for anything else. */
export function decodeQuery(message: Buffer): { id: number; names: string[] } | null {
  if (message.length < 12 || (message.readUInt16BE(2) & 0x8000) !== 0) return null;
  const names: string[] = [];
  let at = 12;
  for (let i = message.readUInt16BE(4); i > 0; i -= 1) {
    const question = name(message, at);
    if (!question) return null;
    names.push(question.text);
    at = question.next + 4;
  }
  return { id: message.readUInt16BE(0), names };
}

/** The records of an answer that finding scanners needs. Empty for queries and for anything broken. */
export function decodeAnswer(message: Buffer): DnsRecord[] {
  if (message.length < 12 || (message.readUInt16BE(2) & 0x8000) === 0) return [];
  const records: DnsRecord[] = [];
  let at = 12;
  for (let i = message.readUInt16BE(4); i > 0; i -= 1) {
    const question = name(message, at);
    if (!question) return records;
    at = question.next + 4;
  }
  for (let i = message.readUInt16BE(6) + message.readUInt16BE(8) + message.readUInt16BE(10); i > 0; i -= 1) {
    const owner = name(message, at);
    if (!owner || owner.next + 10 > message.length) return records;
    const type = message.readUInt16BE(owner.next);
    const ttl = message.readUInt32BE(owner.next + 4);
    const start = owner.next + 10;
    const end = start + message.readUInt16BE(owner.next + 8);
    if (end > message.length) return records;
    const base = { name: owner.text, ttl };
    if (type === TYPE.A && end - start === 4) records.push({ ...base, type: 'A', address: message.subarray(start, end).join('.') });
    else if (type === TYPE.TXT) records.push({ ...base, type: 'TXT', entries: textEntries(message.subarray(start, end)) });
    else if (type === TYPE.PTR) {
      const target = name(message, start);
      if (target) records.push({ ...base, type: 'PTR', target: target.text });
    } else if (type === TYPE.SRV && end - start > 6) {
      const target = name(message, start + 6);
      if (target) records.push({ ...base, type: 'SRV', target: target.text, port: message.readUInt16BE(start + 4) });
    }
    at = end;
  }
  return records;
}
