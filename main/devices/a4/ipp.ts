import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { DeviceReason } from '../../contract/devices.ts';
import type { A4Backend, A4Progress } from './backend.ts';
import {
  decodeIpp,
  encodeIpp,
  IPP_GROUP,
  IPP_OPERATION,
  IPP_TAG,
  ippAttribute,
  ippValues,
  type IppAttribute,
  type IppMessage,
} from './ipp-message.ts';

const ANSWER_MS = 5000;
/** Printers warm up before they take a document. */
const PRINT_MS = 60_000;
const MOST_ANSWER = 1 << 20;

export class IppError extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`printer answered IPP status 0x${status.toString(16)}`);
    this.status = status;
  }
}

/**
 * A printer over IPP (RFC 8011), straight from Node: network printers, and CUPS queues as `http://127.0.0.1:631/printers/…`.
 * @param url `ipp://`, `ipps://`, `http://` or `https://`
 */
export function ippBackend(url: string): A4Backend {
  const target = new URL(url.replace(/^ipp/u, 'http'));
  if (target.port === '' && url.startsWith('ipp')) target.port = '631';
  const printerUri = `ipp${target.protocol === 'https:' ? 's' : ''}://${target.host}${target.pathname}`;
  let requestId = 0;

  const call = async (
    operation: number,
    attributes: readonly IppAttribute[],
    job: readonly IppAttribute[] = [],
    data = new Uint8Array(0),
    timeout = ANSWER_MS,
  ): Promise<IppMessage> => {
    requestId += 1;
    const body = encodeIpp({
      code: operation,
      requestId,
      groups: [
        {
          tag: IPP_GROUP.operation,
          attributes: [
            ippAttribute(IPP_TAG.charset, 'attributes-charset', 'utf-8'),
            ippAttribute(IPP_TAG.language, 'attributes-natural-language', 'vi'),
            ippAttribute(IPP_TAG.uri, 'printer-uri', printerUri),
            ...attributes,
          ],
        },
        ...(job.length > 0 ? [{ tag: IPP_GROUP.job, attributes: job }] : []),
      ],
      data,
    });
    const answer = decodeIpp(await post(target, body, timeout));
    if (answer.code >= 0x0100) throw new IppError(answer.code);
    return answer;
  };

  return {
    description: `ipp ${target.host}${target.pathname}`,
    async status() {
      const answer = await call(IPP_OPERATION.getPrinterAttributes, [
        ippAttribute(IPP_TAG.keyword, 'requested-attributes', 'printer-state', 'printer-state-reasons', 'printer-is-accepting-jobs'),
      ]);
      const state = ippValues(answer, 'printer-state')[0];
      const reasons = reasonsOf(ippValues(answer, 'printer-state-reasons').map(String));
      return {
        reasons: state === 5 && !reasons.some((r) => r !== 'paper-low') ? [...reasons, 'offline' as const] : reasons,
        busy: state === 4,
        accepting: ippValues(answer, 'printer-is-accepting-jobs')[0] !== false,
      };
    },
    async submit(pdf, { copies, title }) {
      const answer = await call(
        IPP_OPERATION.printJob,
        [
          ippAttribute(IPP_TAG.name, 'requesting-user-name', 'quay'),
          ippAttribute(IPP_TAG.name, 'job-name', title),
          ippAttribute(IPP_TAG.mime, 'document-format', 'application/pdf'),
        ],
        copies > 1 ? [ippAttribute(IPP_TAG.integer, 'copies', copies)] : [],
        new Uint8Array(pdf),
        PRINT_MS,
      );
      const jobId = Number(ippValues(answer, 'job-id')[0]);
      return {
        async progress() {
          const job = await call(IPP_OPERATION.getJobAttributes, [
            ippAttribute(IPP_TAG.integer, 'job-id', jobId),
            ippAttribute(IPP_TAG.keyword, 'requested-attributes', 'job-state', 'job-state-reasons'),
          ]);
          return progressOf(Number(ippValues(job, 'job-state')[0]));
        },
      };
    },
  };
}

/** RFC 8011, 5.3.7: 3 pending, 4 held, 5 processing, 6 stopped, 7 cancelled, 8 aborted, 9 completed. */
function progressOf(state: number): A4Progress {
  if (state === 9) return 'done';
  if (state === 7 || state === 8) return 'failed';
  return state === 6 || state === 4 ? 'stopped' : 'waiting';
}

/** `printer-state-reasons` end in -report, -warning or -error, or in nothing; printers differ in which they choose. */
export function reasonsOf(words: readonly string[]): DeviceReason[] {
  const out = new Set<DeviceReason>();
  for (const word of words) {
    const reason = word.replace(/-(report|warning|error)$/u, '');
    if (reason === 'media-empty' || reason === 'media-needed' || reason === 'input-tray-missing') out.add('paper-out');
    else if (reason === 'media-low') out.add('paper-low');
    else if (reason === 'media-jam') out.add('jam');
    else if (reason === 'cover-open' || reason === 'door-open' || reason === 'interlock-open') out.add('cover-open');
    else if (reason === 'shutdown' || reason === 'paused' || reason === 'stopped-partly' || reason === 'offline') out.add('offline');
    else if (reason === 'connecting-to-device' || reason === 'timed-out') out.add('timeout');
  }
  return [...out];
}

function post(url: URL, body: Buffer, timeout: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const open = url.protocol === 'https:' ? secureRequest : request;
    const call = open(
      url,
      { method: 'POST', headers: { 'content-type': 'application/ipp', 'content-length': body.length }, timeout, agent: false },
      (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        response.on('data', (part: Buffer) => {
          size += part.length;
          if (size > MOST_ANSWER) call.destroy(new Error('answer too long'));
          parts.push(part);
        });
        response.on('error', reject);
        response.on('end', () =>
          response.statusCode === 200
            ? resolve(Buffer.concat(parts))
            : reject(new Error(`printer answered HTTP ${response.statusCode ?? 0}`)),
        );
      },
    );
    call.on('timeout', () => call.destroy(new Error('printer does not answer')));
    call.on('error', reject);
    call.end(body);
  });
}
