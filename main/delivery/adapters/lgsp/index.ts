import path from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../../store/index.ts';
import { canonicalDossier, canonicalStatus, type CanonicalFile } from '../../canonical.ts';
import { loadMapping, type Mapping } from '../../mapping.ts';
import { ProvinceProblem } from '../../problems.ts';
import type { Transport, WireBody, WireReply, WireRequest } from '../../transport.ts';
import { uploadTus } from '../../uploads/tus.ts';
import { multipart } from '../../uploads/whole.ts';
import type { Adapter, AdapterDeps, CheckedFile, RemoteChange, RemoteDossier, RemoteFile, SentDossier, UploadOptions } from '../adapter.ts';
import { provinceResource, type BackEnd } from '../back-end.ts';
import { problemOf, read } from '../replies.ts';
import { createSession, createVoice, fill } from '../spoken.ts';

export const LGSP_ENDPOINTS = [
  'GetToken',
  'GetNextValue',
  'UploadFile',
  'CreateDossier',
  'CapNhatTienTrinh',
  'CapNhatTrangThai',
  'TraCuuGiaoDich',
  'DanhSachHoSo',
  'ThayDoi',
  'TaiTepTin',
  'TraCuuCongDan',
] as const;
type Endpoint = (typeof LGSP_ENDPOINTS)[number];

/** The mapping of this back end, checked. @throws MappingError */
export const loadLgspMapping = (file: string): Mapping =>
  loadMapping(file, { dossier: canonicalDossier, progress: canonicalStatus, status: canonicalStatus }, LGSP_ENDPOINTS);

const when = z
  .string()
  .nullish()
  .transform((t) => {
    const at = t ? Date.parse(t) : Number.NaN;
    return Number.isNaN(at) ? null : at;
  });
const tokenReply = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });
const nextReply = z.object({ MaHoSo: z.string().min(5).max(60), MaYeuCau: z.string() });
const uploadReply = z.object({ IdTepTin: z.string().min(1), HashTepTin: z.string() });
const createReply = z.object({ MaGiaoDich: z.string(), MaHoSo: z.string().min(1), ThoiGian: when });
const doneReply = z.object({ MaGiaoDich: z.string(), MaHoSo: z.string() });
const findReply = z.object({ MaGiaoDich: z.string(), DaThucHien: z.boolean(), MaHoSo: z.string().nullish(), ThoiGian: when });
const listReply = z.object({
  DanhSach: z.array(
    z.object({
      MaHoSo: z.string(),
      MaGiaoDich: z.string().nullish(),
      PhienBan: z.number().int().default(1),
      TrangThai: z.number().int(),
      ThoiDiemTrangThai: when,
      HashTepTin: z.array(z.string()).nullish(),
    }),
  ),
  TrangSau: z.number().int().nullable(),
});
const changesReply = z.object({
  DanhSach: z.array(
    z.object({
      So: z.union([z.string(), z.number()]).transform(String),
      MaHoSo: z.string(),
      Loai: z.enum(['TrangThai', 'KetQua', 'YeuCauBoSung', 'ThanhToan', 'GiaoNhan']),
      TrangThai: z.number().int().nullish(),
      GiaTri: z.string().nullish(),
      NoiDung: z.string().default(''),
      ThoiDiem: z.string(),
      TepTin: z
        .array(z.object({ IdTepTin: z.string(), TenTepTin: z.string(), HashTepTin: z.string(), KichThuoc: z.number().int() }))
        .default([]),
    }),
  ),
});
const said = z
  .string()
  .nullish()
  .transform((t) => t ?? null);
const citizenReply = z.object({ CongDan: z.object({ HoTen: said, NgaySinh: said, GioiTinh: said, DiaChi: said }).nullable() });
const KINDS = {
  TrangThai: 'status',
  KetQua: 'result',
  YeuCauBoSung: 'supplement-request',
  ThanhToan: 'payment',
  GiaoNhan: 'paper',
} as const;

export interface LgspOptions {
  readonly baseUrl: string;
  readonly mapping: Mapping;
  readonly transport: Transport;
  readonly clock: Clock;
  /** Client id and secret from the safe; null when nobody has signed in yet. */
  readonly credentials: () => Promise<{ user: string; secret: string } | null>;
  /** Set when files go to a tus 1.0 gateway of ours first (`uploads: 'tus'`). */
  readonly gatewayUrl: string | null;
}

/** The 2026 LGSP-style interface: GetToken, GetNextValue, UploadFile, CreateDossier, CapNhatTienTrinh, CapNhatTrangThai. */
export function createLgspAdapter(options: LgspOptions, deps: AdapterDeps): Adapter {
  const { mapping, transport, clock } = options;
  const voice = createVoice({ transport, clock, heard: deps.heard });

  const url = (endpoint: Endpoint, query?: Record<string, string>) => {
    const base = options.baseUrl.replace(/\/$/, '') + (mapping.endpoints[endpoint] as string);
    return query ? `${base}?${new URLSearchParams(query).toString()}` : base;
  };

  const session = createSession(clock, async (signal) => {
    const known = await options.credentials();
    if (!known) throw new ProvinceProblem('sign-in', 'no credentials', { reasonCode: 'no-credentials' });
    const body = Buffer.from(JSON.stringify({ grant_type: 'client_credentials', client_id: known.user, client_secret: known.secret }));
    const request: WireRequest = {
      method: 'POST',
      url: url('GetToken'),
      headers: { 'content-type': 'application/json' },
      body,
      signal,
    };
    const reply = await voice.ask('GetToken', '', request, true);
    if (reply.status === 400) throw new ProvinceProblem('sign-in', 'HTTP 400', { httpStatus: 400 });
    if (reply.status !== 200) throw problemOf(reply, mapping, clock.now());
    const got = read(reply, tokenReply);
    // A margin for the way.
    return { value: got.access_token, until: clock.now() + Math.max(1, got.expires_in - Math.min(30, got.expires_in * 0.1)) * 1000 };
  });
  const bearing = (request: WireRequest, value: string): WireRequest => ({
    ...request,
    headers: { ...request.headers, authorization: `Bearer ${value}` },
  });
  const ended = (reply: WireReply) => reply.status === 401;

  /** With a token; any status that is not a success is a problem. */
  async function authorised(step: string, key: string, request: WireRequest, secret = false): Promise<WireReply> {
    const signal = request.signal ?? new AbortController().signal;
    const reply = await session.use(signal, ended, (value) => voice.ask(step, key, bearing(request, value), secret));
    if (reply.status < 200 || reply.status > 299) throw problemOf(reply, mapping, clock.now());
    return reply;
  }

  const post = (step: Endpoint, key: string, content: unknown, signal: AbortSignal, idleMs?: number) =>
    authorised(step, key, {
      method: 'POST',
      url: url(step),
      headers: { 'content-type': 'application/json; charset=utf-8', ...(key ? { 'idempotency-key': key } : {}) },
      body: Buffer.from(JSON.stringify(content)),
      signal,
      ...(idleMs === undefined ? {} : { idleMs }),
    });

  const checkKey = (key: string, got: { MaGiaoDich: string }) => {
    if (got.MaGiaoDich !== key)
      throw new ProvinceProblem('fault', 'the reply belongs to another request', { mayHaveArrived: true, reasonCode: 'other-key' });
  };

  return {
    name: 'lgsp',
    knowsReason: (code) => code !== undefined && mapping.reasons[code] !== undefined,
    async signIn(signal) {
      session.forget();
      await session.get(signal);
    },
    forgetSession: session.forget,

    async nextCode(agencyCode, key, { signal, timeoutMs }) {
      const reply = await post('GetNextValue', key, { MaDonVi: agencyCode, MaYeuCau: key }, signal, timeoutMs);
      const got = read(reply, nextReply);
      // A reply that was left over on the connection could belong to another question; a number must never go to two dossiers.
      checkKey(key, { MaGiaoDich: got.MaYeuCau });
      return got.MaHoSo;
    },

    async find({ key }, signal): Promise<SentDossier | null> {
      const reply = await authorised('TraCuuGiaoDich', key, { method: 'GET', url: url('TraCuuGiaoDich', { MaGiaoDich: key }), signal });
      const got = read(reply, findReply);
      checkKey(key, got);
      return got.DaThucHien ? { officialCode: got.MaHoSo ?? '', remoteAt: got.ThoiGian } : null;
    },

    async upload(file: CheckedFile, upload: UploadOptions): Promise<RemoteFile> {
      let reply: WireReply;
      const key = `tep-${file.sha256}`;
      if (options.gatewayUrl) {
        const address = await uploadTus({
          // A token that ends in the middle of a large file is renewed and the upload goes on where it was.
          send: (request) => session.use(upload.signal, ended, (value) => transport.send(bearing(request, value))),
          gatewayUrl: options.gatewayUrl,
          file,
          upload,
          problemOf: (r) => problemOf(r, mapping, clock.now()),
        });
        const content = { DiaChiTaiLen: address, TenTepTin: file.name, HashTepTin: file.sha256, KichThuoc: file.size };
        try {
          reply = await post('UploadFile', key, content, upload.signal);
        } catch (error) {
          // The gateway's copy is not what it should be or is gone: the next try starts a new upload.
          if (error instanceof ProvinceProblem && (error.word === 'refused' || error.word === 'hash')) {
            upload.memory.remember(null);
            if (error.facts.reasonCode === 'HASH_KHONG_KHOP') throw new ProvinceProblem('hash', 'hash differs', error.facts);
          }
          throw error;
        }
      } else {
        const form = multipart({ TenTepTin: file.name, HashTepTin: file.sha256, KichThuoc: String(file.size) }, file);
        const body: WireBody = { size: form.size, chunks: () => form.chunks(upload.pace) };
        try {
          reply = await authorised('UploadFile', key, {
            method: 'POST',
            url: url('UploadFile'),
            headers: { 'content-type': form.contentType, 'idempotency-key': key },
            body,
            signal: upload.signal,
            onSent: (n) => upload.onProgress(Math.min(n, file.size)),
          });
        } catch (error) {
          if (error instanceof ProvinceProblem && error.facts.reasonCode === 'HASH_KHONG_KHOP')
            throw new ProvinceProblem('hash', 'hash differs', error.facts);
          throw error;
        }
      }
      const got = read(reply, uploadReply);
      if (got.HashTepTin.toLowerCase() !== file.sha256)
        throw new ProvinceProblem('hash', 'the province holds other bytes', { file: file.name });
      return { remoteId: got.IdTepTin };
    },

    async create({ key, revision, code, dossier, remoteId }, signal) {
      const body = fill(mapping, 'dossier', dossier, { key, revision, code, remoteId: (f: unknown) => remoteId(f as CanonicalFile) });
      const got = read(await post('CreateDossier', key, body, signal), createReply);
      checkKey(key, got);
      return { officialCode: got.MaHoSo, remoteAt: got.ThoiGian };
    },

    async progress({ key, code, status }, signal) {
      checkKey(key, read(await post('CapNhatTienTrinh', key, fill(mapping, 'progress', status, { key, code }), signal), doneReply));
    },

    async status({ key, code, status, remoteId }, signal) {
      const resultId = (r: unknown) => remoteId((r as { file: CanonicalFile }).file);
      checkKey(key, read(await post('CapNhatTrangThai', key, fill(mapping, 'status', status, { key, code, resultId }), signal), doneReply));
    },

    async *list(agencyCode, day, signal): AsyncIterable<RemoteDossier> {
      let page: number | null = 1;
      while (page !== null) {
        const got: z.output<typeof listReply> = read(
          await authorised(
            'DanhSachHoSo',
            '',
            { method: 'GET', url: url('DanhSachHoSo', { MaDonVi: agencyCode, Ngay: day, Trang: String(page) }), signal },
            true,
          ),
          listReply,
        );
        for (const d of got.DanhSach) {
          yield {
            code: d.MaHoSo,
            key: d.MaGiaoDich ?? null,
            revision: d.PhienBan,
            status: d.TrangThai,
            statusAt: d.ThoiDiemTrangThai,
            files: d.HashTepTin ? [...d.HashTepTin].sort() : null,
          };
        }
        page = got.TrangSau;
      }
    },

    async changes(agencyCode, after, signal): Promise<RemoteChange[]> {
      const reply = await authorised(
        'ThayDoi',
        '',
        { method: 'GET', url: url('ThayDoi', { MaDonVi: agencyCode, Sau: after }), signal },
        true,
      );
      return read(reply, changesReply).DanhSach.map((c) => ({
        number: c.So,
        code: c.MaHoSo,
        kind: KINDS[c.Loai],
        status: c.TrangThai ?? null,
        value: c.GiaTri ?? null,
        text: c.NoiDung,
        at: Date.parse(c.ThoiDiem) || clock.now(),
        files: c.TepTin.map((f) => ({
          remoteId: f.IdTepTin,
          name: path.basename(f.TenTepTin),
          sha256: f.HashTepTin.toLowerCase(),
          size: f.KichThuoc,
        })),
      }));
    },

    clockSkewMs: voice.skewMs,
    async lookUp(idNumber, signal) {
      const reply = await post('TraCuuCongDan', '', { SoDinhDanh: idNumber }, signal);
      const { CongDan: person } = read(reply, citizenReply);
      return person && { fullName: person.HoTen, birthDate: person.NgaySinh, sex: person.GioiTinh, address: person.DiaChi };
    },
    async download(remoteId, signal) {
      return (await authorised('TaiTepTin', '', { method: 'GET', url: url('TaiTepTin', { IdTepTin: remoteId }), signal }, true)).body;
    },
    close: session.forget,
  };
}

export const backEnd: BackEnd = {
  name: 'lgsp',
  mappingFile: provinceResource('lgsp.mapping.json'),
  steps: {
    GetNextValue: 'code',
    UploadFile: 'file',
    CreateDossier: 'dossier',
    CapNhatTienTrinh: 'progress',
    CapNhatTrangThai: 'status',
    TraCuuGiaoDich: 'ask',
  },
  open: ({ config, mappingFile, heard, ...wire }) =>
    createLgspAdapter(
      {
        ...wire,
        baseUrl: config.baseUrl,
        mapping: loadLgspMapping(mappingFile),
        gatewayUrl: config.uploads === 'tus' ? config.gatewayUrl : null,
      },
      { heard },
    ),
};
