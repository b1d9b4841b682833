import { createPublicKey, constants, verify, type KeyObject } from 'node:crypto';
import { HASH_LENGTH, HASH_OID, type HashName } from './algorithms.ts';
import { readCertificate, type Certificate } from './certificate.ts';
import { child, children, DerError, readOid, readTlv, type Tlv } from './der.ts';

/** The parts of a CMS SignedData with one signer that a re-check needs. */
export interface InspectedCms {
  readonly certificates: readonly Certificate[];
  readonly signer: Certificate;
  readonly hash: HashName;
  readonly messageDigest: Buffer;
  /** As signed: with the SET tag. */
  readonly attributes: Buffer;
  readonly signatureAlgorithm: string;
  readonly signature: Buffer;
  /** The unsigned signature timestamp, when there is one. */
  readonly timestamp: Buffer | null;
}

/**
 * Reads DER CMS as this program writes it, and what other PAdES writers produce when they write DER.
 * @throws DerError when it is not such a structure
 */
export function inspectCms(bytes: Uint8Array): InspectedCms {
  const content = child(readTlv(bytes), 1, 'content');
  const fields = children(child(content, 0, 'SignedData'));
  const certificates = children(fields.find((field) => field.tag === 0xa0) ?? Buffer.alloc(0)).map((one) => knownCertificate(one.raw));
  const signers = children(fields.at(-1) ?? Buffer.alloc(0));
  const info = signers[0];
  if (signers.length !== 1 || !info) throw new DerError('exactly one signer is allowed');
  const parts = children(info);
  const [sid, digestAlgorithm] = [parts[1], parts[2]];
  const attributesIndex = parts.findIndex((part) => part.tag === 0xa0 && part !== sid);
  const attributes = parts[attributesIndex];
  const algorithm = parts[attributesIndex + 1];
  const signature = parts[attributesIndex + 2];
  if (!sid || !digestAlgorithm || !attributes || !algorithm || !signature) throw new DerError('SignerInfo is incomplete');
  const hashOid = readOid(child(digestAlgorithm, 0, 'digestAlgorithm').content);
  const hash = (Object.keys(HASH_OID) as HashName[]).find((name) => HASH_OID[name] === hashOid);
  if (!hash) throw new DerError(`hash ${hashOid} is not allowed`);
  const messageDigest = attributeValue(attributes, '1.2.840.113549.1.9.4');
  if (!messageDigest) throw new DerError('message-digest is missing');
  const signer = certificates.find((one) => sid.content.equals(Buffer.concat([one.issuerRaw, one.serialRaw])));
  if (!signer) throw new DerError('the certificate of the signer is not inside');
  const signed = Buffer.from(attributes.raw);
  signed[0] = 0x31;
  const unsigned = parts.slice(attributesIndex + 3).find((part) => part.tag === 0xa1);
  return {
    certificates,
    signer,
    hash,
    messageDigest: Buffer.from(messageDigest.content),
    attributes: signed,
    signatureAlgorithm: readOid(child(algorithm, 0, 'signatureAlgorithm').content),
    signature: Buffer.from(signature.content),
    timestamp: (unsigned && attributeValue(unsigned, '1.2.840.113549.1.9.16.2.14')?.raw) ?? null,
  };
}

function attributeValue(attributes: Tlv, type: string): Tlv | undefined {
  for (const attribute of children(attributes)) {
    const [id, values] = children(attribute);
    if (id && values && readOid(id.content) === type) return children(values)[0];
  }
  return undefined;
}

/** Does the signature over the attributes hold, and do they name this digest of the content? */
export function holds(cms: InspectedCms, contentDigest: Uint8Array): boolean {
  if (!cms.messageDigest.equals(contentDigest)) return false;
  const key = publicKey(cms.signer);
  const pss = cms.signatureAlgorithm === '1.2.840.113549.1.1.10';
  const padding = pss ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: HASH_LENGTH[cms.hash] } : {};
  return verify(cms.hash, cms.attributes, { key, ...padding }, cms.signature);
}

/** The files of a batch carry the same few certificates: what was read of the last ones is kept. Nothing here says that they are good. */
const certificates = new Map<string, Certificate>();
const keys = new Map<string, KeyObject>();
const KEPT = 32;

function knownCertificate(der: Buffer): Certificate {
  return remember(certificates, der.toString('latin1'), () => readCertificate(der));
}

function publicKey(certificate: Certificate): KeyObject {
  return remember(keys, certificate.id, () => createPublicKey({ key: certificate.spkiRaw, format: 'der', type: 'spki' }));
}

function remember<T>(kept: Map<string, T>, key: string, make: () => T): T {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = make();
  if (kept.size >= KEPT) kept.clear();
  kept.set(key, made);
  return made;
}
