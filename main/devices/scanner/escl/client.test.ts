import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEsclServer, type EsclServer } from '../../../training/escl/index.ts';
import { never, paper, sheets, temporary } from '../../../../tests/fixtures/scanning.ts';
import type { ScanOptions, ScannedPage, Scanner } from '../types.ts';
import { esclScanner, jobUrl } from './client.ts';
import { readCapabilities, readStatus } from './messages.ts';
import { parseXml } from './xml.ts';

const feeder: ScanOptions = { source: 'feeder', dpi: 200, colour: 'colour', duplex: false };
const times = { answerMs: 2_000, pageMs: 2_000, busyMs: 60, retryMs: 20 };
const sha = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

let folder: ReturnType<typeof temporary>;
let server: EsclServer;
let scanner: Scanner;
beforeEach(async () => {
  folder = temporary();
  server = await startEsclServer({ sheets: sheets(3) });
  scanner = esclScanner(server.url, { times });
});
afterEach(async () => {
  await server.close();
  folder.remove();
});

/** All pages until the end or the trouble. */
async function collect(options: ScanOptions, who = scanner): Promise<{ pages: ScannedPage[]; reason: string | null }> {
  const pages: ScannedPage[] = [];
  try {
    for await (const page of who.scan(options, folder.dir, never)) pages.push(page);
    return { pages, reason: null };
  } catch (error) {
    return { pages, reason: (error as { reason?: string }).reason ?? String(error) };
  }
}

describe('eSCL client', () => {
  it('reads what the scanner can do', async () => {
    expect(await scanner.capabilities(never)).toMatchObject({
      uuid: server.uuid,
      sources: [
        { source: 'feeder', duplex: true, colours: ['colour'], dpis: [200], widthMm: 210, heightMm: 297 },
        { source: 'flatbed', duplex: false, dpis: [200] },
      ],
    });
    expect(await scanner.status(never)).toEqual({ state: 'ready', feederLoaded: true });
  });

  it('scans the whole feeder, byte for byte, and ends without an error', async () => {
    const { pages, reason } = await collect(feeder);
    expect(reason).toBeNull();
    expect(pages.map((p) => p.number)).toEqual([1, 2, 3]);
    expect(pages.map((p) => sha(p.file))).toEqual(sheets(3).map((s) => sha(s.front)));
    expect(await scanner.status(never)).toEqual({ state: 'ready', feederLoaded: false });
  });

  it('scans one page from the glass and both sides in duplex', async () => {
    expect((await collect({ ...feeder, source: 'flatbed' })).pages).toHaveLength(1);
    server.load([{ front: paper('giay-chung-sinh'), back: paper('mat-sau-trang') }]);
    const { pages } = await collect({ ...feeder, duplex: true });
    expect(pages.map((p) => sha(p.file))).toEqual([sha(paper('giay-chung-sinh')), sha(paper('mat-sau-trang'))]);
  });

  it.each([
    ['jam', { jamOnPage: 2 }, 1, 'jam'],
    ['jam on the first page', { jamOnPage: 1 }, 0, 'jam'],
    ['empty feeder', { empty: true }, 0, 'feeder-empty'],
    ['busy', { busy: true }, 0, 'busy'],
    ['cover', { coverOpen: true }, 0, 'cover-open'],
    ['locked', { locked: true }, 0, 'access-denied'],
  ] as const)('tells %s apart', async (_name, change, count, expected) => {
    server.set(change);
    const { pages, reason } = await collect(feeder);
    expect([pages.length, reason]).toEqual([count, expected]);
  });

  it('waits out a scanner that is busy for a while', async () => {
    server.set({ busy: true });
    const off = setTimeout(() => server.set({ busy: false }), 30);
    const patient = esclScanner(server.url, { times: { ...times, busyMs: 5_000 } });
    expect(await collect(feeder, patient)).toMatchObject({ pages: [{}, {}, {}], reason: null });
    clearTimeout(off);
    expect(server.requests).toContain('POST /eSCL/ScanJobs -> 503');
  });

  it('refuses what the scanner does not offer before paper moves', async () => {
    expect((await collect({ ...feeder, dpi: 600 })).reason).toBe('unsupported');
    expect((await collect({ ...feeder, source: 'flatbed', duplex: true })).reason).toBe('unsupported');
    expect(server.requests.filter((r) => r.startsWith('POST'))).toEqual([]);
  });

  it('frees the scanner when it is aborted while a page is pulled in', async () => {
    server.set({ pageMs: 10_000 });
    const abort = new AbortController();
    const pages = scanner.scan(feeder, folder.dir, abort.signal)[Symbol.asyncIterator]();
    const first = pages.next();
    const posted = setInterval(() => {
      if (server.requests.some((r) => r.startsWith('POST'))) abort.abort();
    }, 5);
    await expect(first).rejects.toThrow();
    clearInterval(posted);
    expect(server.requests.at(-1)).toMatch(/^DELETE/);
    expect((await scanner.status(never)).state).toBe('ready');
  });

  it('says offline when nobody answers, timeout when somebody is silent', async () => {
    const { url } = server;
    await server.close();
    expect((await collect(feeder, esclScanner(url, { times }))).reason).toBe('offline');
    await withServer(
      () => undefined,
      async (silent) => {
        expect((await collect(feeder, esclScanner(silent, { times: { ...times, answerMs: 50 } }))).reason).toBe('timeout');
      },
    );
  });

  it('stores no half page: a line that breaks, a wrong length, something that is no picture', async () => {
    const image = readFileSync(paper('giay-chung-sinh'));
    const bodies: Record<string, RequestListener> = {
      'cut off': (_q, r) => {
        r.writeHead(200, { 'Content-Type': 'image/jpeg', 'Content-Length': image.length });
        r.write(image.subarray(0, 1000), () => r.destroy());
      },
      'no end marker': (_q, r) => r.end(image.subarray(0, 50_000)),
      'no picture': (_q, r) => r.end('<html>please sign in</html>'),
    };
    for (const [name, page] of Object.entries(bodies)) {
      const answers: RequestListener = (q, r) => {
        if (q.url?.endsWith('NextDocument')) return page(q, r);
        if (q.method === 'POST') return void r.writeHead(201, { Location: 'http://printer.local:99/eSCL/ScanJobs/7/' }).end();
        if (q.url?.endsWith('ScannerStatus')) return void r.end('<s:ScannerStatus xmlns:s="x"><State>Idle</State></s:ScannerStatus>');
        if (q.url?.endsWith('ScannerCapabilities')) {
          return void r.end(
            '<ScannerCapabilities><Adf><AdfSimplexInputCaps><ColorMode>RGB24</ColorMode><DiscreteResolution><XResolution>200</XResolution></DiscreteResolution></AdfSimplexInputCaps></Adf></ScannerCapabilities>',
          );
        }
        r.end();
      };
      await withServer(answers, async (url) => {
        expect([name, (await collect(feeder, esclScanner(url, { times }))).reason]).toEqual([
          name,
          name === 'cut off' ? 'offline' : 'protocol',
        ]);
      });
    }
    expect(readdirSync(folder.dir)).toEqual([]);
  });
});

async function withServer(answer: RequestListener, work: (url: string) => Promise<void>): Promise<void> {
  const other = createServer(answer);
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${(other.address() as AddressInfo).port}/eSCL`);
  } finally {
    other.closeAllConnections();
    await new Promise((resolve) => other.close(resolve));
  }
}

describe('eSCL documents', () => {
  it('reads other makers: prefixes, ranges, reasons', () => {
    const caps = readCapabilities(
      `<?xml version="1.0"?><!-- hp --><a:ScannerCapabilities xmlns:a="x"><b:MakeAndModel>H &amp; P</b:MakeAndModel><a:UUID>urn:uuid:ABC</a:UUID>
       <a:Platen><a:PlatenInputCaps><a:MaxWidth>2550</a:MaxWidth><a:ColorMode>BlackAndWhite1</a:ColorMode><a:ColorMode>Grayscale8</a:ColorMode>
       <a:ResolutionRange><a:XResolutionRange><a:Min>75</a:Min><a:Max>600</a:Max></a:XResolutionRange></a:ResolutionRange></a:PlatenInputCaps></a:Platen></a:ScannerCapabilities>`,
    );
    expect(caps).toMatchObject({
      makeAndModel: 'H & P',
      uuid: 'abc',
      sources: [{ source: 'flatbed', colours: ['gray', 'bw'], dpis: [100, 150, 200, 300, 400, 600], widthMm: 216 }],
    });
    const status = (state: string, adf: string) =>
      readStatus(`<ScannerStatus><State>${state}</State><AdfState>${adf}</AdfState></ScannerStatus>`).reason;
    expect(['ScannerAdfMispick', 'ScannerAdfMultipickDetected', 'ScannerAdfJam'].map((adf) => status('Stopped', adf))).toEqual([
      'jam',
      'jam',
      'jam',
    ]);
    expect([
      status('Stopped', 'ScannerAdfDoorOpen'),
      status('Stopped', 'ScannerAdfHatchOpen'),
      status('Down', ''),
      status('Testing', ''),
    ]).toEqual(['cover-open', 'cover-open', 'offline', 'busy']);
  });

  it('follows the job on the host it knows, whatever name the device gives itself', () => {
    const base = new URL('http://192.168.1.20/eSCL/');
    expect(jobUrl('http://EPSON123.local:443/eSCL/ScanJobs/9/', base).href).toBe('http://192.168.1.20/eSCL/ScanJobs/9');
    expect(jobUrl('/eSCL/ScanJobs/9', base).href).toBe('http://192.168.1.20/eSCL/ScanJobs/9');
  });

  it('never hangs or crashes on noise: an element or an Error', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '/', 'a', ':', '"', '=', ' ', '&', ';', '!', '-', '?', '[', ']'), maxLength: 200 }),
        (noise) => {
          try {
            expect(parseXml(`<r>${noise}</r>`).name).toBe('r');
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
          }
        },
      ),
      { numRuns: 500 },
    );
    expect(() => parseXml('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>')).toThrow();
  });
});
