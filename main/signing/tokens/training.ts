import forge from 'node-forge';
import { createPrivateKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readCertificate, type Certificate } from '../cms/index.ts';
import type { Signer } from '../sign.ts';
import { TokenError } from './process.ts';

/**
 * The key of training: a PKCS#12 file with an authority of its own. It may be used in training mode alone, and what it
 * signs says TẬP HUẤN. Its PIN is printed on the training screens; it protects nothing.
 */
export const TRAINING_PIN = '123456';
export const TRAINING_MODULE = 'training';
export const TRAINING_SERIAL = 'TAPHUAN1';

export interface TrainingKey {
  readonly certificate: Certificate;
  readonly chain: readonly Certificate[];
}

const NAME = 'key.p12';
const AGENCY = 'Ủy ban nhân dân phường An Bình (TẬP HUẤN)';

type NameField = forge.pki.CertificateField;

/** UTF8String, as the real authorities write Vietnamese names; forge encodes it when told so. */
const field = (shortName: string, value: string): NameField =>
  ({ shortName, value, valueTagClass: forge.asn1.Type.UTF8 }) as unknown as NameField;

function makeFiles(dir: string, signer: string, now: number): void {
  const keys = () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return {
      secret: forge.pki.privateKeyFromPem(pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()),
      open: forge.pki.publicKeyFromPem(pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()),
    };
  };
  const make = (
    serial: string,
    subject: NameField[],
    issuer: NameField[],
    open: forge.pki.PublicKey,
    by: forge.pki.PrivateKey,
    extensions: object[],
  ) => {
    const certificate = forge.pki.createCertificate();
    certificate.publicKey = open as forge.pki.rsa.PublicKey;
    certificate.serialNumber = serial;
    certificate.validity.notBefore = new Date(now - 86_400_000);
    certificate.validity.notAfter = new Date(now + 730 * 86_400_000);
    certificate.setSubject(subject);
    certificate.setIssuer(issuer);
    certificate.setExtensions(extensions);
    certificate.sign(by as forge.pki.rsa.PrivateKey, forge.md.sha256.create());
    return certificate;
  };
  const authority = [field('C', 'VN'), field('O', 'Quầy, TẬP HUẤN'), field('CN', 'Cơ quan chứng thực số TẬP HUẤN')];
  const person = [field('C', 'VN'), field('O', AGENCY), field('CN', signer)];
  const ca = keys();
  const own = keys();
  const root = make('01', authority, authority, ca.open, ca.secret, [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  const leaf = make('0a01', person, authority, own.open, ca.secret, [
    { name: 'basicConstraints', cA: false },
    { name: 'keyUsage', digitalSignature: true, nonRepudiation: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  const p12 = forge.pkcs12.toPkcs12Asn1(own.secret, [leaf, root], TRAINING_PIN, { algorithm: 'aes256', friendlyName: 'TAP HUAN' });
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, NAME), Buffer.from(forge.asn1.toDer(p12).getBytes(), 'binary'), { mode: 0o600 });
  for (const [name, certificate] of [
    ['signer.cer', leaf],
    ['authority.cer', root],
  ] as const) {
    writeFileSync(path.join(dir, name), Buffer.from(forge.asn1.toDer(forge.pki.certificateToAsn1(certificate)).getBytes(), 'binary'));
  }
}

/** The training key in `dir`, made on first use. Reading its certificates needs no PIN. */
export function trainingKey(dir: string, now: number, signer = 'Trần Thị Ngọc Ánh (TẬP HUẤN)'): TrainingKey {
  if (!existsSync(path.join(dir, NAME))) makeFiles(dir, signer, now);
  const read = (name: string) => readCertificate(readFileSync(path.join(dir, name)));
  const certificate = read('signer.cer');
  if (certificate.notAfter > now) return { certificate, chain: [read('authority.cer')] };
  makeFiles(dir, signer, now); // the key of training ran out: the next course gets a new one
  return { certificate: read('signer.cer'), chain: [read('authority.cer')] };
}

/**
 * Opens the PKCS#12 file as a signer.
 * @throws TokenError wrong-pin
 */
export function openTrainingKey(dir: string, pin: string, now: number): Signer {
  const { certificate, chain } = trainingKey(dir, now);
  const key = readPkcs12(readFileSync(path.join(dir, NAME)), pin);
  return {
    certificate,
    chain,
    hash: 'sha256',
    scheme: 'rsa',
    training: true,
    sign: async (_digest, data) => sign('sha256', data, key),
  };
}

function readPkcs12(file: Buffer, pin: string): KeyObject {
  const asn1 = forge.asn1.fromDer(forge.util.createBuffer(file.toString('binary')));
  let box;
  try {
    box = forge.pkcs12.pkcs12FromAsn1(asn1, pin);
  } catch {
    throw new TokenError('wrong-pin', 'PKCS12_MAC');
  }
  const type = forge.pki.oids['pkcs8ShroudedKeyBag'] ?? '';
  const bag = box.getBags({ bagType: type })[type]?.[0];
  if (!bag?.key) throw new TokenError('no-key', 'PKCS12_NO_KEY');
  return createPrivateKey(forge.pki.privateKeyToPem(bag.key));
}
