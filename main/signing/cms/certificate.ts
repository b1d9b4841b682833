import { createHash } from 'node:crypto';
import { child, children, context, readOid, readText, readTime, readTlv, sequence, type Tlv } from './der.ts';
import { DerError } from './der.ts';

export type KeyUsage =
  | 'digitalSignature'
  | 'nonRepudiation'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign'
  | 'encipherOnly'
  | 'decipherOnly';

const KEY_USAGES: readonly KeyUsage[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
];

export type CertificateKey =
  | { readonly kind: 'rsa'; readonly bits: number; readonly modulus: Buffer }
  | { readonly kind: 'ec'; readonly curve: 'P-256' | 'P-384' | 'P-521' | 'unknown'; readonly point: Buffer }
  | { readonly kind: 'other'; readonly oid: string };

/** What the signer and the trust rules need of an X.509 certificate. Raw parts are exact copies, never re-encoded. */
export interface Certificate {
  readonly der: Buffer;
  /** SHA-256 of the DER, hexadecimal: how the rest of the program names a certificate. */
  readonly id: string;
  /** Hexadecimal without leading zeros, upper case, as OpenSSL prints it. */
  readonly serial: string;
  readonly serialRaw: Buffer;
  readonly issuerRaw: Buffer;
  readonly subjectRaw: Buffer;
  readonly issuer: string;
  readonly subject: string;
  /** Organisation of the subject, where it has one. */
  readonly organisation: string | null;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly spkiRaw: Buffer;
  /** The bits of the public key alone; OCSP hashes these. */
  readonly publicKeyBits: Buffer;
  readonly key: CertificateKey;
  readonly signatureAlgorithm: string;
  /** Null when the extension is absent, which allows everything (RFC 5280 4.2.1.3). */
  readonly keyUsage: ReadonlySet<KeyUsage> | null;
  readonly extendedKeyUsage: readonly string[] | null;
  readonly isCa: boolean;
  readonly subjectKeyId: string | null;
  readonly authorityKeyId: string | null;
  readonly ocspUrls: readonly string[];
  readonly issuerUrls: readonly string[];
  readonly crlUrls: readonly string[];
  /** id-pkix-ocsp-nocheck: the responder's own certificate is not asked about. */
  readonly ocspNoCheck: boolean;
}

const CURVES: Record<string, 'P-256' | 'P-384' | 'P-521'> = {
  '1.2.840.10045.3.1.7': 'P-256',
  '1.3.132.0.34': 'P-384',
  '1.3.132.0.35': 'P-521',
};

/**
 * Reads a DER certificate.
 * @throws DerError when it is not one
 */
export function readCertificate(der: Uint8Array): Certificate {
  const whole = readTlv(der);
  if (whole.tag !== 0x30) throw new DerError('certificate is not a SEQUENCE');
  const tbs = child(whole, 0, 'tbsCertificate');
  const fields = children(tbs);
  let at = fields[0]?.tag === 0xa0 ? 1 : 0;
  const take = (what: string): Tlv => {
    const field = fields[at];
    at += 1;
    if (!field) throw new DerError(`${what} is missing`);
    return field;
  };
  const serial = take('serialNumber');
  take('signature');
  const issuer = take('issuer');
  const validity = take('validity');
  const subject = take('subject');
  const spki = take('subjectPublicKeyInfo');
  const extensions = readExtensions(fields.slice(at).find((field) => field.tag === 0xa3));
  const publicKeyBits = child(spki, 1, 'subjectPublicKey').content.subarray(1);
  const info = children(readExtension(extensions, '1.3.6.1.5.5.7.1.1') ?? Buffer.alloc(0)).flatMap((element) => children(element));
  const access = info.flatMap((description) => {
    const [method, location] = children(description);
    return method && location && location.tag === 0x86
      ? [{ method: readOid(method.content), url: location.content.toString('latin1') }]
      : [];
  });
  const basic = readExtension(extensions, '2.5.29.19');
  const usage = readExtension(extensions, '2.5.29.15');
  const extended = readExtension(extensions, '2.5.29.37');
  const subjectKeyId = readExtension(extensions, '2.5.29.14');
  const authority = readExtension(extensions, '2.5.29.35');
  const authorityKey = authority ? children(readTlv(authority)).find((element) => element.tag === 0x80) : undefined;
  const raw = Buffer.from(whole.raw);
  return {
    der: raw,
    id: createHash('sha256').update(raw).digest('hex'),
    serial: serial.content
      .toString('hex')
      .replace(/^(00)+(?=..)/, '')
      .toUpperCase(),
    serialRaw: serial.raw,
    issuerRaw: issuer.raw,
    subjectRaw: subject.raw,
    issuer: displayName(issuer),
    subject: displayName(subject),
    organisation: nameParts(subject).find((part) => part.type === '2.5.4.10')?.value ?? null,
    notBefore: readTime(child(validity, 0, 'notBefore')),
    notAfter: readTime(child(validity, 1, 'notAfter')),
    spkiRaw: spki.raw,
    publicKeyBits,
    key: readKey(spki, publicKeyBits),
    signatureAlgorithm: readOid(child(child(whole, 1, 'signatureAlgorithm'), 0, 'algorithm').content),
    keyUsage: usage ? readKeyUsage(readTlv(usage)) : null,
    extendedKeyUsage: extended ? children(readTlv(extended)).map((element) => readOid(element.content)) : null,
    isCa: basic ? children(readTlv(basic)).some((element) => element.tag === 0x01 && element.content[0] !== 0) : false,
    subjectKeyId: subjectKeyId ? readTlv(subjectKeyId).content.toString('hex') : null,
    authorityKeyId: authorityKey ? authorityKey.content.toString('hex') : null,
    ocspUrls: access.filter((entry) => entry.method === '1.3.6.1.5.5.7.48.1').map((entry) => entry.url),
    issuerUrls: access.filter((entry) => entry.method === '1.3.6.1.5.5.7.48.2').map((entry) => entry.url),
    crlUrls: readCrlUrls(readExtension(extensions, '2.5.29.31')),
    ocspNoCheck: extensions.has('1.3.6.1.5.5.7.48.1.5'),
  };
}

/** IssuerSerial of ESSCertIDv2 (RFC 5035): the issuer as a directoryName, and the serial number, byte for byte. */
export function issuerSerial(certificate: Certificate): Buffer {
  return sequence(sequence(context(4, certificate.issuerRaw)), certificate.serialRaw);
}

interface NamePart {
  readonly type: string;
  readonly value: string;
}

function nameParts(name: Tlv): NamePart[] {
  return children(name).flatMap((set) =>
    children(set).flatMap((pair) => {
      const [type, value] = children(pair);
      return type && value ? [{ type: readOid(type.content), value: readText(value) }] : [];
    }),
  );
}

/** Common name, or the most specific part there is: what an officer recognises. */
function displayName(name: Tlv): string {
  const parts = nameParts(name);
  const common = parts.filter((part) => part.type === '2.5.4.3').at(-1);
  return (common ?? parts.at(-1))?.value ?? '';
}

function readKey(spki: Tlv, bits: Buffer): CertificateKey {
  const algorithm = children(child(spki, 0, 'algorithm'));
  const type = algorithm[0] ? readOid(algorithm[0].content) : '';
  if (type === '1.2.840.113549.1.1.1' || type === '1.2.840.113549.1.1.10') {
    const content = child(readTlv(bits), 0, 'modulus').content;
    const modulus = content[0] === 0 ? content.subarray(1) : content;
    const leading = Math.clz32(modulus[0] ?? 0) - 24;
    return { kind: 'rsa', bits: modulus.length * 8 - leading, modulus };
  }
  if (type === '1.2.840.10045.2.1') {
    const curve = algorithm[1]?.tag === 0x06 ? CURVES[readOid(algorithm[1].content)] : undefined;
    return { kind: 'ec', curve: curve ?? 'unknown', point: bits };
  }
  return { kind: 'other', oid: type };
}

function readExtensions(field: Tlv | undefined): Map<string, Buffer> {
  const map = new Map<string, Buffer>();
  if (!field) return map;
  for (const extension of children(child(field, 0, 'extensions'))) {
    const parts = children(extension);
    const [id, value] = [parts[0], parts.at(-1)];
    if (id && value?.tag === 0x04) map.set(readOid(id.content), value.content);
  }
  return map;
}

const readExtension = (extensions: Map<string, Buffer>, id: string): Buffer | undefined => extensions.get(id);

function readKeyUsage(bits: Tlv): ReadonlySet<KeyUsage> {
  const set = new Set<KeyUsage>();
  KEY_USAGES.forEach((usage, index) => {
    const byte = bits.content[1 + (index >> 3)];
    if (byte !== undefined && (byte & (0x80 >> (index & 7))) !== 0) set.add(usage);
  });
  return set;
}

function readCrlUrls(extension: Buffer | undefined): string[] {
  if (!extension) return [];
  return children(readTlv(extension)).flatMap((point) =>
    children(point)
      .filter((field) => field.tag === 0xa0)
      .flatMap((name) => children(name).filter((choice) => choice.tag === 0xa0))
      .flatMap((full) => children(full).filter((general) => general.tag === 0x86))
      .map((general) => general.content.toString('latin1')),
  );
}
