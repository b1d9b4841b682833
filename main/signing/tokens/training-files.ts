import forge from 'node-forge';
import { constants, createPrivateKey, generateKeyPair, privateEncrypt, type KeyObject } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { digestInfo } from '../cms/algorithms.ts';
import { TokenError } from './process.ts';

/** The part of the training key that needs node-forge: loaded only when a key is made or opened. */
const AGENCY = 'Ủy ban nhân dân phường An Bình (TẬP HUẤN)';

type NameField = forge.pki.CertificateField;

/** UTF8String, as the real authorities write Vietnamese names; forge encodes it when told so. */
const field = (shortName: string, value: string): NameField =>
  ({ shortName, value, valueTagClass: forge.asn1.Type.UTF8 }) as unknown as NameField;

export async function makeTrainingKey(dir: string, file: string, pin: string, signer: string, now: number): Promise<void> {
  const keys = async () => {
    const pair = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
    // forge's own RSA would hold up the program for half a second; it asks whatever has a `sign` method.
    const sign = (md: forge.md.MessageDigest) => {
      const block = digestInfo('sha256', Buffer.from(md.digest().getBytes(), 'binary'));
      return privateEncrypt({ key: pair.privateKey, padding: constants.RSA_PKCS1_PADDING }, block).toString('binary');
    };
    return {
      signer: { sign } as unknown as forge.pki.rsa.PrivateKey,
      secret: forge.pki.privateKeyFromPem(pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()),
      open: forge.pki.publicKeyFromPem(pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()),
    };
  };
  const make = (
    serial: string,
    subject: NameField[],
    issuer: NameField[],
    open: forge.pki.PublicKey,
    by: forge.pki.rsa.PrivateKey,
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
    certificate.sign(by, forge.md.sha256.create());
    return certificate;
  };
  const authority = [field('C', 'VN'), field('O', 'Quầy, TẬP HUẤN'), field('CN', 'Cơ quan chứng thực số TẬP HUẤN')];
  const person = [field('C', 'VN'), field('O', AGENCY), field('CN', signer)];
  const ca = await keys();
  const own = await keys();
  const root = make('01', authority, authority, ca.open, ca.signer, [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  const leaf = make('0a01', person, authority, own.open, ca.signer, [
    { name: 'basicConstraints', cA: false },
    { name: 'keyUsage', digitalSignature: true, nonRepudiation: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  const p12 = forge.pkcs12.toPkcs12Asn1(own.secret, [leaf, root], pin, { algorithm: 'aes256', friendlyName: 'TAP HUAN' });
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, file), Buffer.from(forge.asn1.toDer(p12).getBytes(), 'binary'), { mode: 0o600 });
  for (const [name, certificate] of [
    ['signer.cer', leaf],
    ['authority.cer', root],
  ] as const) {
    writeFileSync(path.join(dir, name), Buffer.from(forge.asn1.toDer(forge.pki.certificateToAsn1(certificate)).getBytes(), 'binary'));
  }
}

/** The private key in a PKCS#12 file. @throws TokenError wrong-pin, no-key */
export function readPkcs12(file: Buffer, pin: string): KeyObject {
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
