import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import {
  decodeIpp,
  encodeIpp,
  IPP_GROUP,
  IPP_OPERATION,
  IPP_TAG,
  ippAttribute,
  ippValues,
  type IppAttribute,
} from '../../devices/index.ts';

export interface A4Switches {
  paperOut: boolean;
  jam: boolean;
  unplugged: boolean;
}

interface Job {
  readonly id: number;
  readonly name: string;
  readonly copies: number;
  readonly file: string;
  readonly bytes: Buffer;
  done: boolean;
}

const PAGE_MS = 300;
const MOST_BYTES = 100 << 20;

/**
 * An IPP printer that keeps the PDFs it gets in a folder instead of printing them. Without paper, or jammed, it takes
 * documents, stops, says why, and goes on when told that a hand helped.
 */
export async function serveA4Printer(options: { dir: string; port?: number; host?: string; jobMs?: number }) {
  mkdirSync(options.dir, { recursive: true });
  const switches: A4Switches = { paperOut: false, jam: false, unplugged: false };
  const jobs: Job[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const stuck = () => switches.paperOut || switches.jam;
  const work = () => {
    if (stuck()) return;
    const next = jobs.find((job) => !job.done);
    if (!next || timers.size > 0) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (stuck()) return;
      next.done = true;
      writeFileSync(next.file, next.bytes);
      work();
    }, options.jobMs ?? PAGE_MS);
    timers.add(timer);
  };
  const jobState = (job: Job) => (job.done ? 9 : stuck() ? 6 : 5);

  const answerFor = (body: Buffer): Buffer => {
    const message = decodeIpp(body);
    const reply = (status: number, group?: { tag: number; attributes: IppAttribute[] }) =>
      encodeIpp({
        code: status,
        requestId: message.requestId,
        groups: [
          {
            tag: IPP_GROUP.operation,
            attributes: [
              ippAttribute(IPP_TAG.charset, 'attributes-charset', 'utf-8'),
              ippAttribute(IPP_TAG.language, 'attributes-natural-language', 'vi'),
            ],
          },
          ...(group ? [group] : []),
        ],
        data: new Uint8Array(0),
      });
    if (message.code === IPP_OPERATION.getPrinterAttributes) {
      const why = [switches.paperOut ? 'media-empty-error' : '', switches.jam ? 'media-jam-error' : ''].filter(Boolean);
      return reply(0, {
        tag: IPP_GROUP.printer,
        attributes: [
          ippAttribute(IPP_TAG.enum, 'printer-state', stuck() ? 5 : jobs.some((job) => !job.done) ? 4 : 3),
          ippAttribute(IPP_TAG.keyword, 'printer-state-reasons', ...(why.length > 0 ? why : ['none'])),
          ippAttribute(IPP_TAG.boolean, 'printer-is-accepting-jobs', true),
        ],
      });
    }
    if (message.code === IPP_OPERATION.printJob) {
      const id = jobs.length + 1;
      const job: Job = {
        id,
        name: String(ippValues(message, 'job-name')[0] ?? ''),
        copies: Number(ippValues(message, 'copies')[0] ?? 1),
        file: path.join(options.dir, `${String(id).padStart(4, '0')}.pdf`),
        bytes: Buffer.from(message.data),
        done: false,
      };
      jobs.push(job);
      work();
      return reply(0, {
        tag: IPP_GROUP.job,
        attributes: [ippAttribute(IPP_TAG.integer, 'job-id', id), ippAttribute(IPP_TAG.enum, 'job-state', jobState(job))],
      });
    }
    if (message.code === IPP_OPERATION.getJobAttributes) {
      const job = jobs.find((j) => j.id === ippValues(message, 'job-id')[0]);
      if (!job) return reply(0x0406);
      return reply(0, {
        tag: IPP_GROUP.job,
        attributes: [ippAttribute(IPP_TAG.integer, 'job-id', job.id), ippAttribute(IPP_TAG.enum, 'job-state', jobState(job))],
      });
    }
    return reply(0x0501);
  };

  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    if (switches.unplugged) return void incoming.socket.destroy();
    const parts: Buffer[] = [];
    let size = 0;
    incoming.on('data', (part: Buffer) => {
      size += part.length;
      if (size > MOST_BYTES) incoming.destroy();
      else parts.push(part);
    });
    incoming.on('end', () => {
      try {
        outgoing.writeHead(200, { 'content-type': 'application/ipp' }).end(answerFor(Buffer.concat(parts)));
      } catch {
        outgoing.writeHead(400).end();
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `ipp://127.0.0.1:${port}/ipp/print`,
    switches: switches as Readonly<A4Switches>,
    set(change: Partial<A4Switches>) {
      Object.assign(switches, change);
      work();
    },
    jobs: jobs as readonly Readonly<Job>[],
    async close() {
      for (const timer of timers) clearTimeout(timer);
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
export type ServedA4Printer = Awaited<ReturnType<typeof serveA4Printer>>;
