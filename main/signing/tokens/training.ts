import { sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readCertificate, type Certificate } from '../cms/index.ts';
import { TokenError } from './process.ts';
import type { Signer } from '../sign.ts';

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

/** The rehearsal's socket: while this file lies beside the key, the token is out. The training panel lays it there. */
export const trainingTokenOut = (dir: string): string => path.join(dir, 'token-out');
export const isTrainingTokenOut = (dir: string): boolean => existsSync(trainingTokenOut(dir));
/** @throws TokenError removed */
export async function needTrainingToken(dir: string): Promise<void> {
  if (isTrainingTokenOut(dir)) throw new TokenError('removed', 'TRAINING_TOKEN_OUT');
}

const making = new Map<string, Promise<void>>();

/** Once per folder, however many ask at the same time. */
function make(dir: string, signer: string, now: number): Promise<void> {
  let work = making.get(dir);
  if (!work) {
    work = import('./training-files.ts')
      .then((files) => files.makeTrainingKey(dir, NAME, TRAINING_PIN, signer, now))
      .finally(() => making.delete(dir));
    making.set(dir, work);
  }
  return work;
}

/** The training key in `dir`, made on first use. Reading its certificates needs no PIN. */
export async function trainingKey(dir: string, now: number, signer = 'Nguyễn Thanh Bình (TẬP HUẤN)'): Promise<TrainingKey> {
  if (!existsSync(path.join(dir, NAME))) await make(dir, signer, now);
  const read = (name: string) => readCertificate(readFileSync(path.join(dir, name)));
  const certificate = read('signer.cer');
  if (certificate.notAfter > now) return { certificate, chain: [read('authority.cer')] };
  await make(dir, signer, now); // the key of training ran out: the next course gets a new one
  return { certificate: read('signer.cer'), chain: [read('authority.cer')] };
}

/**
 * Opens the PKCS#12 file as a signer.
 * @throws TokenError wrong-pin, removed
 */
export async function openTrainingKey(dir: string, pin: string, now: number): Promise<Signer> {
  await needTrainingToken(dir);
  const { certificate, chain } = await trainingKey(dir, now);
  const { readPkcs12 } = await import('./training-files.ts');
  const key = readPkcs12(readFileSync(path.join(dir, NAME)), pin);
  return {
    certificate,
    chain,
    hash: 'sha256',
    scheme: 'rsa',
    training: true,
    async sign(_digest, data) {
      await needTrainingToken(dir);
      return sign('sha256', data, key);
    },
  };
}
