import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { capabilitiesXml, statusXml, type AdfState, type JobInfo } from './documents.ts';

export { PAPER_DPI } from './documents.ts';

/** A sheet in the feeder or on the glass: JPEG files of its two sides, A4 at 200 dpi in colour. */
export interface Sheet {
  readonly front: string;
  /** Only read in duplex; the front is repeated when there is none. */
  readonly back?: string;
}

/** What an officer in training, or a test, may do to the scanner. */
export interface EsclSwitches {
  /** The feeder has no paper, however many sheets were loaded. */
  empty: boolean;
  /** The paper jams while this page (1, 2, …) of a job is pulled in; null for never. The jam stays until it is set back. */
  jamOnPage: number | null;
  /** Somebody else uses the scanner: every new job is answered 503. */
  busy: boolean;
  coverOpen: boolean;
  /** Cable out: nobody answers, and what was under way breaks off. */
  unplugged: boolean;
  /** The scanner wants a PIN that nobody gave it: jobs are answered 401. */
  locked: boolean;
  /** Milliseconds that a page takes; a desk scanner needs 1,500. */
  pageMs: number;
}

export interface EsclServer {
  readonly url: string;
  readonly port: number;
  readonly uuid: string;
  readonly name: string;
  readonly switches: Readonly<EsclSwitches>;
  set(change: Partial<EsclSwitches>): void;
  /** Puts a new stack into the feeder. */
  load(sheets: readonly Sheet[]): void;
  sheetsLeft(): number;
  /** Every request as `METHOD /path -> status`, job ids written as `JOB`; at most the last 1,000. */
  readonly requests: readonly string[];
  subscribe(listener: () => void): () => void;
  close(): Promise<void>;
}

interface Job {
  readonly id: string;
  readonly feeder: boolean;
  readonly duplex: boolean;
  readonly startedAt: number;
  readonly abort: AbortController;
  pages: number;
  backPending: string | null;
  state: JobInfo['state'];
}

/**
 * A network scanner that speaks eSCL over HTTP and scans sample papers. It holds one job at a time, as desk scanners do.
 * @param options.sheets the stack in the feeder; the first one also lies on the glass
 * @param options.refill put the same stack in again when a job finds the feeder used up: a trainee has no hands in it
 */
export async function startEsclServer(options: {
  sheets: readonly Sheet[];
  refill?: boolean;
  name?: string;
  uuid?: string;
  host?: string;
  port?: number;
}): Promise<EsclServer> {
  const name = options.name ?? 'Máy quét tập dượt';
  const uuid = options.uuid ?? '6b1f2c74-8d0e-5a33-9c51-0d4f7e2a9b10';
  const switches: EsclSwitches = {
    empty: false,
    jamOnPage: null,
    busy: false,
    coverOpen: false,
    unplugged: false,
    locked: false,
    pageMs: 0,
  };
  const listeners = new Set<() => void>();
  const requests: string[] = [];
  const jobs = new Map<string, Job>();
  let jammed = false;
  let stack = [...options.sheets];
  let feeder = [...stack];
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const running = () => [...jobs.values()].find((j) => j.state === 'Processing');

  const adfState = (): AdfState => {
    if (switches.coverOpen) return 'ScannerAdfDoorOpen';
    if (jammed) return 'ScannerAdfJam';
    if (running()?.feeder) return 'ScannerAdfProcessing';
    return switches.empty || (feeder.length === 0 && options.refill !== true) ? 'ScannerAdfEmpty' : 'ScannerAdfLoaded';
  };

  const status = (): string => {
    const state = switches.coverOpen || jammed ? 'Stopped' : switches.busy || running() ? 'Processing' : 'Idle';
    const infos = [...jobs.values()].map((j) => ({
      uri: `/eSCL/ScanJobs/${j.id}`,
      uuid: j.id,
      ageSeconds: Math.round((performance.now() - j.startedAt) / 1000),
      done: j.pages,
      left: j.state === 'Processing' ? 1 : 0,
      state: j.state,
    }));
    return statusXml(state, adfState(), infos);
  };

  const startJob = (body: string, response: ServerResponse): void => {
    const feederJob = /<(?:\w+:)?InputSource>\s*Feeder\s*</.test(body);
    if (switches.locked) return void response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="scanner"' }).end();
    if (switches.busy || running()) return void response.writeHead(503, { 'Retry-After': '1' }).end();
    if (switches.coverOpen || jammed) return void response.writeHead(503).end();
    if (feederJob && feeder.length === 0 && options.refill === true) feeder = [...stack];
    const id = randomUUID();
    jobs.set(id, {
      id,
      feeder: feederJob,
      duplex: feederJob && /<(?:\w+:)?Duplex>\s*true\s*</.test(body),
      startedAt: performance.now(),
      abort: new AbortController(),
      pages: 0,
      backPending: null,
      state: 'Processing',
    });
    // A device remembers its last few jobs; so does this one.
    for (const old of [...jobs.values()].filter((j) => j.state !== 'Processing').slice(0, -5)) jobs.delete(old.id);
    response.writeHead(201, { Location: `/eSCL/ScanJobs/${id}` }).end();
    changed();
  };

  /** The next side of paper that passes the sensor, or why there is none. */
  const pull = (job: Job): { file: string } | 'jam' | 'none' => {
    if (job.backPending !== null) {
      const back = job.backPending;
      job.backPending = null;
      return { file: back };
    }
    if (!job.feeder) {
      const glass = feeder[0] ?? stack[0];
      return job.pages === 0 && glass ? { file: glass.front } : 'none';
    }
    if (switches.empty || feeder.length === 0) return 'none';
    if (switches.jamOnPage === job.pages + 1) return 'jam';
    const sheet = feeder.shift() as Sheet;
    if (job.duplex) job.backPending = sheet.back ?? sheet.front;
    return { file: sheet.front };
  };

  const nextDocument = async (job: Job, response: ServerResponse): Promise<void> => {
    if (job.state !== 'Processing') return void response.writeHead(job.state === 'Canceled' ? 410 : 404).end();
    if (switches.pageMs > 0) await sleep(switches.pageMs, undefined, { signal: job.abort.signal }).catch(() => undefined);
    if (job.abort.signal.aborted) return void response.writeHead(410).end();
    if (switches.coverOpen) {
      job.state = 'Aborted';
      changed();
      return void response.writeHead(503).end();
    }
    const side = pull(job);
    if (side === 'jam') {
      jammed = true;
      job.state = 'Aborted';
      changed();
      return void response.writeHead(503).end();
    }
    if (side === 'none') {
      job.state = 'Completed';
      changed();
      return void response.writeHead(404).end();
    }
    const image = readFileSync(side.file);
    job.pages += 1;
    if (!job.feeder) job.state = 'Completed';
    response.writeHead(200, {
      'Content-Type': 'image/jpeg',
      'Content-Length': image.length,
      'Content-Location': `/eSCL/ScanJobs/${job.id}/page/${job.pages}`,
    });
    response.end(image);
    changed();
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '/').split('?')[0] as string;
    const xml = (text: string) => void response.writeHead(200, { 'Content-Type': 'text/xml; charset=utf-8' }).end(text);
    const jobId = /^\/eSCL\/ScanJobs\/([0-9a-f-]{36})/.exec(path)?.[1];
    if (request.method === 'GET' && path === '/eSCL/ScannerCapabilities')
      return xml(capabilitiesXml({ name, uuid, serial: uuid.slice(0, 8).toUpperCase() }));
    if (request.method === 'GET' && path === '/eSCL/ScannerStatus') return xml(status());
    if (request.method === 'POST' && path === '/eSCL/ScanJobs') return startJob(await readBody(request), response);
    const job = jobId ? jobs.get(jobId) : undefined;
    if (!job) return void response.writeHead(404).end();
    if (request.method === 'GET' && path.endsWith('/NextDocument')) return nextDocument(job, response);
    if (request.method === 'DELETE') {
      if (job.state === 'Processing') job.state = 'Canceled';
      job.abort.abort();
      response.writeHead(200).end();
      return changed();
    }
    response.writeHead(405).end();
  };

  const server = createServer((request, response) => {
    if (switches.unplugged) return void request.socket.destroy();
    response.once('finish', () => {
      requests.push(`${request.method} ${(request.url ?? '').replace(/[0-9a-f-]{36}/, 'JOB')} -> ${response.statusCode}`);
      if (requests.length > 1000) requests.shift();
    });
    handle(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/eSCL`,
    port,
    uuid,
    name,
    switches,
    requests,
    set(change) {
      Object.assign(switches, change);
      // Setting the switch back is the officer pulling the paper out: the device is ready again.
      if (change.jamOnPage === null) jammed = false;
      if (change.unplugged) server.closeAllConnections();
      changed();
    },
    load(sheets) {
      stack = [...sheets];
      feeder = [...sheets];
      changed();
    },
    sheetsLeft: () => (switches.empty ? 0 : feeder.length),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () =>
      new Promise<void>((resolve) => {
        for (const job of jobs.values()) job.abort.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > 65_536) throw new Error('request body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
