import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { vietnamIso, type Clock } from '../../store/index.ts';
import { createClassic } from './classic.ts';
import { createGateway } from './gateway.ts';
import { createLgsp } from './lgsp.ts';
import { provincePage } from './page.ts';
import { openHoldings, type Brief, type Effect, type HeldDossier } from './store.ts';
import { createTroubles, troubleReply, type Troubles } from './troubles.ts';
import { said, type ProvinceReply, type ProvinceRequest } from './wire.ts';

export type { Brief, HeldDossier, HeldFile, Effect } from './store.ts';
export { NO_TROUBLE, type TroubleSettings, type Troubles } from './troubles.ts';

export interface ProvinceOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly host?: string;
  /** Its database and files. */
  readonly dir: string;
  readonly clock: Clock;
  /** Connection accounts: name and secret. Default: the training account. */
  readonly users?: Readonly<Record<string, string>>;
  readonly random?: () => number;
}

/** The account of training mode; it opens nothing but the virtual province. */
export const TRAINING_USER = 'quay-tap-huan';
export const TRAINING_SECRET = 'tap-huan-2026';

/** A provincial system that speaks the real interfaces, keeps what it is given, and can be told to misbehave. */
export async function createProvince(options: ProvinceOptions) {
  const holdings = openHoldings(options.dir);
  const troubles: Troubles = createTroubles(options.random ?? Math.random);
  const now = () => options.clock.now() + troubles.current().clockSkewMs;
  const users = options.users ?? { [TRAINING_USER]: TRAINING_SECRET };
  const parts = { holdings, troubles, now, users };
  const lgsp = createLgsp(parts);
  const classic = createClassic(parts);
  const gateway = createGateway(parts);

  /** The whole province without sockets. Troubles that need a socket (drop, half, twice) are left to the server. */
  function handle(request: ProvinceRequest): ProvinceReply {
    const [, prefix, step = ''] = request.path.split('/');
    if (prefix === '' && request.method === 'GET') return provincePage(holdings.all(), troubles.current());
    const wrong = troubles.status(step);
    if (wrong && !wrong.after) return troubleReply(wrong.code, wrong.retryAfterS);
    const reply =
      prefix === 'lgsp'
        ? lgsp.handle(request, step)
        : prefix === 'dvcqg'
          ? classic.handle(request)
          : prefix === 'kho'
            ? gateway.handle(request, step)
            : said(404, 'KHONG_CO_DICH_VU', 'Không có dịch vụ này.');
    return wrong ? troubleReply(wrong.code, wrong.retryAfterS) : reply;
  }

  const server = http.createServer({ keepAliveTimeout: 30_000 }, (incoming, outgoing) => {
    void serve(incoming, outgoing).catch(() => outgoing.destroy());
  });

  async function serve(incoming: http.IncomingMessage, outgoing: http.ServerResponse): Promise<void> {
    if (troubles.current().down) return void incoming.socket.destroy();
    const url = new URL(incoming.url ?? '/', 'http://province');
    const parts: Buffer[] = [];
    let size = 0;
    const most = troubles.current().maxFileBytes + 1024 * 1024;
    try {
      for await (const part of incoming as AsyncIterable<Buffer>) {
        size += part.length;
        if (size <= most) parts.push(part);
      }
    } catch {
      // The line was cut in the middle. tus 1.0.0: "the server SHOULD always attempt to store as much of the received data as possible".
    }
    const torn = !incoming.complete;
    if (torn && !(incoming.method === 'PATCH' && url.pathname.startsWith('/kho/'))) return;
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(incoming.headers))
      if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
    const reply =
      size > most
        ? troubleReply(413)
        : handle({ method: incoming.method ?? 'GET', path: url.pathname, query: url.searchParams, headers, body: Buffer.concat(parts) });
    if (torn) return;
    const { slowMs } = troubles.current();
    if (slowMs > 0) await new Promise((resolve) => setTimeout(resolve, slowMs));
    send(incoming, outgoing, reply);
  }

  function send(incoming: http.IncomingMessage, outgoing: http.ServerResponse, reply: ProvinceReply): void {
    const fate = troubles.fate();
    if (fate === 'drop') return void incoming.socket.destroy();
    const headers = { ...reply.headers, 'content-length': String(reply.body.length), date: new Date(now()).toUTCString() };
    if (fate === 'half') {
      outgoing.writeHead(reply.status, headers);
      outgoing.write(reply.body.subarray(0, Math.floor(reply.body.length / 2)), () => incoming.socket.destroy());
      return;
    }
    const socket = incoming.socket;
    outgoing.writeHead(reply.status, headers);
    outgoing.end(reply.body, () => {
      if (fate !== 'twice' || socket.destroyed) return;
      const head = Object.entries(headers)
        .map(([k, v]) => `${k}: ${v}\r\n`)
        .join('');
      socket.write(Buffer.concat([Buffer.from(`HTTP/1.1 ${reply.status} OK\r\n${head}\r\n`), reply.body]));
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host ?? '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://${options.host ?? '127.0.0.1'}:${port}`;

  return {
    port,
    url,
    /** `baseUrl` of the LGSP-style interface. */
    lgspUrl: `${url}/lgsp`,
    /** `baseUrl` of the classic interface. */
    classicUrl: `${url}/dvcqg`,
    /** `gatewayUrl`: tus 1.0.0. */
    gatewayUrl: `${url}/kho`,
    /** Its own page. */
    pageUrl: `${url}/`,
    troubles,
    handle,
    /** Everything it holds, with files and hashes. */
    holdings: (): HeldDossier[] => holdings.all(),
    brief: (): Brief[] => holdings.brief(),
    dossier: (code: string) => holdings.dossier(code),
    count: () => holdings.count(),
    effects: (after = 0): Effect[] => holdings.effects(after),
    /** Ends every session, as a restart over there would. */
    dropSessions: () => holdings.dropTokens(),
    /** Takes a dossier away, for rehearsing a difference. */
    forget: (code: string) => holdings.forget(code),
    /** Something that the province did by itself: a status, a result file, a supplement request. The counter hears it with its next question. */
    decide(
      code: string,
      change: {
        kind: 'TrangThai' | 'KetQua' | 'YeuCauBoSung' | 'ThanhToan' | 'GiaoNhan';
        status?: number;
        value?: string;
        text: string;
        file?: { name: string; bytes: Buffer };
      },
    ): void {
      holdings.transaction(() => {
        const dossier = holdings.dossier(code);
        if (!dossier) throw new Error(`no dossier ${code}`);
        const at = vietnamIso(now());
        const file = change.file ? holdings.putFile(change.file.bytes, change.file.name, null) : null;
        if (change.status !== undefined)
          holdings.setStatus(code, `tinh:${at}`, change.status, at, file ? [{ id: file.id, name: change.file?.name ?? '' }] : []);
        holdings.putChange(dossier.agency, code, {
          Loai: change.kind,
          TrangThai: change.status ?? null,
          GiaTri: change.value ?? null,
          NoiDung: change.text,
          ThoiDiem: at,
          TepTin: file ? [{ IdTepTin: file.id, TenTepTin: change.file?.name ?? '', HashTepTin: file.sha256, KichThuoc: file.size }] : [],
        });
      });
    },
    /** Writes what it holds to a folder: `holdings.json` and one file per code and name, for the walkthrough. */
    exportTo(dir: string): void {
      mkdirSync(dir, { recursive: true });
      const all = holdings.all();
      writeFileSync(path.join(dir, 'holdings.json'), `${JSON.stringify(all, null, 2)}\n`);
      for (const dossier of all) {
        for (const [folder, files] of [
          ['thanh-phan', dossier.files],
          ['ket-qua', dossier.results],
        ] as const) {
          for (const file of files) {
            const target = path.join(dir, dossier.code.replaceAll(/[^A-Za-z0-9.-]/g, '_'), folder);
            mkdirSync(target, { recursive: true });
            cpSync(
              path.join(options.dir, 'tep', file.sha256),
              path.join(target, `${file.sha256.slice(0, 8)}-${file.name.replaceAll(/[\\/:*?"<>|]/g, '_')}`),
            );
          }
        }
      }
    },
    async close(): Promise<void> {
      const gone = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await gone;
      holdings.close();
    },
  };
}

export type Province = Awaited<ReturnType<typeof createProvince>>;
