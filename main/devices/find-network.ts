import { createSocket } from 'node:dgram';

export interface NetworkService {
  readonly type: 'raw' | 'ipp';
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Path of the IPP printer, without the leading slash. */
  readonly resource: string;
}

const GROUP = '224.0.0.251';
const PORT = 5353;
const LISTEN_MS = 1500;
const TYPES = { '_pdl-datastream._tcp.local': 'raw', '_ipp._tcp.local': 'ipp' } as const;
const [A, PTR, TXT, SRV] = [1, 12, 16, 33];

/** Asks the local network once for raw and IPP printers (RFC 6762 one-shot query) and collects what answers. */
export function findOnNetwork(listenMs = LISTEN_MS): Promise<NetworkService[]> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    const records: DnsRecord[] = [];
    const finish = () => {
      socket.close();
      resolve(servicesIn(records));
    };
    socket.on('error', finish);
    socket.on('message', (packet) => {
      try {
        records.push(...readAnswers(packet));
      } catch {
        // A torn packet of some other machine is nobody's business.
      }
    });
    socket.bind(0, () => {
      socket.send(query(Object.keys(TYPES)), PORT, GROUP);
      setTimeout(finish, listenMs);
    });
  });
}

export interface DnsRecord {
  readonly name: string;
  readonly type: number;
  readonly text: string;
  readonly port?: number;
}

/** A query for PTR records of each name, answers wanted at our own port. */
export function query(names: readonly string[]): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(names.length, 4);
  const parts = names.flatMap((name) => [
    ...name.split('.').flatMap((label) => [Buffer.of(Buffer.byteLength(label)), Buffer.from(label)]),
    Buffer.of(0, 0, PTR, 0x80, 1), // class IN, unicast answer wanted
  ]);
  return Buffer.concat([head, ...parts]);
}

/** @throws RangeError for a packet that ends in the middle */
export function readAnswers(packet: Buffer): DnsRecord[] {
  let at = 12;
  const name = (from: number, depth = 0): { text: string; next: number } => {
    const labels: string[] = [];
    let position = from;
    for (;;) {
      const length = packet.readUInt8(position);
      if (length >= 0xc0) {
        if (depth > 20) throw new RangeError('names in a circle');
        labels.push(name(packet.readUInt16BE(position) & 0x3fff, depth + 1).text);
        return { text: labels.join('.'), next: position + 2 };
      }
      if (length === 0) return { text: labels.join('.'), next: position + 1 };
      labels.push(packet.toString('utf8', position + 1, position + 1 + length));
      position += 1 + length;
    }
  };
  for (let i = packet.readUInt16BE(4); i > 0; i -= 1) at = name(at).next + 4;
  const count = packet.readUInt16BE(6) + packet.readUInt16BE(8) + packet.readUInt16BE(10);
  const out: DnsRecord[] = [];
  for (let i = 0; i < count; i += 1) {
    const owner = name(at);
    const type = packet.readUInt16BE(owner.next);
    const length = packet.readUInt16BE(owner.next + 8);
    const body = owner.next + 10;
    if (type === PTR) out.push({ name: owner.text, type, text: name(body).text });
    else if (type === SRV) out.push({ name: owner.text, type, text: name(body + 6).text, port: packet.readUInt16BE(body + 4) });
    else if (type === A) out.push({ name: owner.text, type, text: [...packet.subarray(body, body + 4)].join('.') });
    else if (type === TXT) out.push({ name: owner.text, type, text: packet.toString('utf8', body, body + length) });
    at = body + length;
  }
  return out;
}

/** Puts PTR, SRV, TXT and A records together; a service without an address is left out. */
export function servicesIn(records: readonly DnsRecord[]): NetworkService[] {
  const services = new Map<string, NetworkService>();
  for (const pointer of records) {
    const type = pointer.type === PTR && pointer.name in TYPES ? TYPES[pointer.name as keyof typeof TYPES] : undefined;
    const service = type && records.find((r) => r.type === SRV && r.name === pointer.text);
    const address = service && records.find((r) => r.type === A && r.name === service.text);
    if (!type || !service?.port || !address) continue;
    const text = records.find((r) => r.type === TXT && r.name === pointer.text)?.text ?? '';
    services.set(pointer.text, {
      type,
      name: pointer.text.slice(0, pointer.text.indexOf(`.${pointer.name}`)),
      host: address.text,
      port: service.port,
      resource: /\brp=([\w/.-]+)/u.exec(text)?.[1] ?? 'ipp/print',
    });
  }
  return [...services.values()];
}
