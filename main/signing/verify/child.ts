/** The verifier's own process: it reads hostile files, so it holds nothing that could be lost with it. */
import { PdfError } from '../pdf/index.ts';
import { verifyDocument } from './document.ts';
import { toParent } from './port.ts';
import { httpRevocation, type OnlineRevocation } from './online.ts';
import { cachedTrust } from './trust.ts';
import type { ImageJob } from './image-job.ts';
import type { VerifyOptions, Verification } from './types.ts';

export interface Job {
  id: number;
  file: string;
  options: VerifyOptions;
  /** Milliseconds of work (waiting for the network aside) after which the answer must be there. */
  budget: number;
}

/** `ready` comes once, when the child can take work. `network` tells the parent when waiting for others begins and ends: that time does not count as work. */
export type Report =
  | { ready: true }
  | { id: number; result: Verification & { images?: ImageJob } }
  | { id: number; error: string }
  | { id: number; network: boolean };

const send: (report: Report) => void = toParent<Job, Report>((job) => {
  work(job).then(
    (result) => send({ id: job.id, result }),
    (error: unknown) => send({ id: job.id, error: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown' }),
  );
});

async function work(job: Job): Promise<Verification & { images?: ImageJob }> {
  const { options } = job;
  let waited = 0;
  const started = performance.now();
  const trust = options.trustDir === undefined ? { anchors: [], intermediates: [] } : await cachedTrust(options.trustDir);
  const http = httpRevocation();
  const outside = async <T>(ask: () => Promise<T>): Promise<T> => {
    const from = performance.now();
    send({ id: job.id, network: true });
    try {
      return await ask();
    } finally {
      waited += performance.now() - from;
      send({ id: job.id, network: false });
    }
  };
  const online: OnlineRevocation = {
    ocsp: async (certificate, issuer) => (certificate.ocspUrls.length === 0 ? [] : outside(async () => http.ocsp(certificate, issuer))),
    crl: async (certificate) => (certificate.crlUrls.length === 0 ? [] : outside(async () => http.crl(certificate))),
  };
  const check = (): void => {
    if (performance.now() - started - waited > job.budget) throw new PdfError('tooLarge', 'verification took too long');
  };
  const present = Date.now();
  const reach = options.offline === true ? undefined : online;
  return verifyDocument(job.file, { trust, online: reach, now: options.at ?? present, present, check });
}

send({ ready: true });
