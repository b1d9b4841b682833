import { z } from 'zod';
import type { Clock } from '../../../store/index.ts';
import { canonicalDossier, canonicalStatus, type CanonicalDossier, type CanonicalFile, type CanonicalStatus } from '../../canonical.ts';
import { compactTime, loadMapping, type Mapping } from '../../mapping.ts';
import { ProvinceProblem } from '../../problems.ts';
import type { Transport, WireReply, WireRequest } from '../../transport.ts';
import { uploadTus } from '../../uploads/tus.ts';
import type { Adapter, AdapterDeps, RemoteDossier, SentDossier } from '../adapter.ts';
import { provinceResource, type BackEnd } from '../back-end.ts';
import { problemOf, read } from '../replies.ts';
import { createSession, createVoice, fill } from '../spoken.ts';

export const loadClassicMapping = (file: string): Mapping =>
  loadMapping(file, { dossier: canonicalDossier, progress: canonicalStatus, status: canonicalStatus }, ['login', 'service']);

const code = z.union([z.string(), z.number()]).transform(String);
const anyReply = z.object({ error_code: code, message: z.string().optional() });
const loginReply = anyReply.extend({ session: z.string().optional() });
const entry = z.looseObject({
  MaHoSo: z.string(),
  TrangThaiHoSo: z.string().default(''),
  GhiChu: z.string().default(''),
  TienDo: z.array(z.looseObject({ ThoiDiemXuLy: z.string().default(''), NoiDungXuLy: z.string().default('') })).default([]),
});
type Entry = z.output<typeof entry>;
const findReply = anyReply.extend({ data: z.array(entry).default([]) });

const DONE_ALREADY: WireReply = { status: 200, headers: {}, body: Buffer.alloc(0) };
const OK = new Set(['0', '00', '']);
const SIGN_IN = new Set(['401', '403']);
const LATER = new Set(['500', '502', '503', '504']);

export interface ClassicOptions {
  readonly baseUrl: string;
  readonly agency: string;
  readonly destination: string;
  readonly mapping: Mapping;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly credentials: () => Promise<{ user: string; secret: string } | null>;
  /** Files go here; the province fetches them from the links. */
  readonly gatewayUrl: string;
}

/**
 * The classic national-portal interface (reference: domain 7.1): login gives a session, TraCuuHoSo decides `isUpdating`, DongBoHoSoMC
 * inserts or updates, CapNhatTienDoHoSoMC reports a step. It has no keys: a dossier is known by its code, so our key travels in
 * `GhiChu` and a step is known by its time and words.
 */
export function createClassicAdapter(options: ClassicOptions, deps: AdapterDeps): Adapter {
  const { mapping, transport, clock } = options;
  const voice = createVoice({ transport, clock, heard: deps.heard });
  const at = (endpoint: string) => options.baseUrl.replace(/\/$/, '') + (mapping.endpoints[endpoint] ?? '');
  const post = (endpoint: string, content: Record<string, unknown>, signal: AbortSignal, headers = {}): WireRequest => ({
    method: 'POST',
    url: at(endpoint),
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: Buffer.from(JSON.stringify(content)),
    signal,
    // An answer here does not say which question it belongs to.
    alone: true,
  });

  const session = createSession(clock, async (signal) => {
    const known = await options.credentials();
    if (!known) throw new ProvinceProblem('sign-in', 'no credentials', { reasonCode: 'no-credentials' });
    const destination = { dstcode: options.destination || options.agency };
    const account = { username: known.user, password: known.secret };
    const reply = await voice.ask('login', '', post('login', account, signal, destination), true);
    if (reply.status !== 200) throw problemOf(reply, mapping, clock.now());
    const got = read(reply, loginReply);
    if (!OK.has(got.error_code) || !got.session)
      throw new ProvinceProblem('sign-in', `login ${got.error_code}`, { reasonCode: got.error_code });
    // The interface names no lifetime; a session that ended is renewed when it is refused.
    return { value: got.session, until: clock.now() + 20 * 60_000 };
  });

  /**
   * One call; the province says no in `error_code` of a 200.
   * @param done of a call that changes something: was it carried out although the answer spoke of the session?
   */
  async function call<T extends { error_code: string; message?: string | undefined }>(
    service: string,
    key: string,
    content: Record<string, unknown>,
    schema: z.ZodType<T>,
    signal: AbortSignal,
    done?: () => Promise<T | null>,
  ): Promise<T> {
    const { reply, got } = await session.use<{ reply: WireReply; got: T | null }>(
      signal,
      (answer) => answer.reply.status === 401 || (answer.got !== null && SIGN_IN.has(answer.got.error_code)),
      async (value) => {
        const request = post('service', { session: value, madonvi: options.agency, service, ...content }, signal);
        const heard = await voice.ask(service, key, request);
        return { reply: heard, got: heard.status === 200 ? read(heard, schema) : null };
      },
      done &&
        (async () => {
          const known = await done();
          return known && { reply: DONE_ALREADY, got: known };
        }),
    );
    if (got === null) throw problemOf(reply, mapping, clock.now());
    if (OK.has(got.error_code)) return got;
    if (SIGN_IN.has(got.error_code)) throw new ProvinceProblem('sign-in', `error_code ${got.error_code}`, { reasonCode: got.error_code });
    if (LATER.has(got.error_code))
      throw new ProvinceProblem('fault', `error_code ${got.error_code}`, { mayHaveArrived: true, reasonCode: got.error_code });
    const reason = got.message ?? mapping.reasons[got.error_code]?.vi;
    throw new ProvinceProblem('refused', `error_code ${got.error_code}`, {
      reasonCode: got.error_code,
      ...(got.error_code === '409' ? { httpStatus: 409 } : {}),
      ...(reason ? { reason } : {}),
    });
  }

  const look = async (dossierCode: string, signal: AbortSignal) =>
    (await call('TraCuuHoSo', dossierCode, { mahoso: dossierCode }, findReply, signal)).data.find((d) => d.MaHoSo === dossierCode) ?? null;

  const mark = (key: string) => `[${key}]`;
  const hasStep = (there: Entry, status: CanonicalStatus) =>
    there.TienDo.some((t) => t.ThoiDiemXuLy === compactTime(status.at) && t.NoiDungXuLy === status.text);
  /** The answer to a call that was carried out in spite of what its reply said. */
  const taken = (is: (there: Entry) => boolean, dossierCode: string, signal: AbortSignal) => async () => {
    const there = await look(dossierCode, signal);
    return there && is(there) ? { error_code: '0' } : null;
  };

  return {
    name: 'classic',
    knowsReason: (word) => word !== undefined && mapping.reasons[word] !== undefined,
    async signIn(signal) {
      session.forget();
      await session.get(signal);
    },
    forgetSession: session.forget,
    /** This interface gives no numbers: the counter's own numbering stands. */
    nextCode: async () => null,

    async find({ key, code: dossierCode, what, status }, signal): Promise<SentDossier | null> {
      const there = await look(dossierCode, signal);
      if (!there) return null;
      const done = what === 'progress' ? status !== null && hasStep(there, status) : there.GhiChu.includes(mark(key));
      return done ? { officialCode: dossierCode, remoteAt: null } : null;
    },

    async upload(file, upload) {
      return {
        remoteId: await uploadTus({
          send: (request) => transport.send(request),
          gatewayUrl: options.gatewayUrl,
          file,
          upload,
          problemOf: (r) => problemOf(r, mapping, clock.now()),
        }),
      };
    },

    async create({ key, revision, code: dossierCode, dossier, remoteId }, signal) {
      const there = await look(dossierCode, signal);
      if (there?.GhiChu.includes(mark(key))) return { officialCode: dossierCode, remoteAt: null };
      if (there && revision === 1 && !there.GhiChu.includes(`[${dossier.dossierId}:`))
        throw new ProvinceProblem('refused', 'code of another dossier', {
          reasonCode: 'MA_HO_SO_DA_CO',
          reason: mapping.reasons['MA_HO_SO_DA_CO']?.vi ?? 'Mã hồ sơ đã có.',
        });
      const body = full(dossier, null, { key, dossierCode, remoteId });
      const done = taken((d) => d.GhiChu.includes(mark(key)), dossierCode, signal);
      await call('DongBoHoSoMC', key, { isUpdating: there ? 'True' : 'False', data: [body] }, anyReply, signal, done);
      return { officialCode: dossierCode, remoteAt: null };
    },

    async progress({ key, code: dossierCode, status }, signal) {
      // Nothing over there keeps a step from being written twice, so it is looked for first.
      const done = taken((d) => hasStep(d, status), dossierCode, signal);
      if (await done()) return;
      const content = { data: [fill(mapping, 'progress', status, { code: dossierCode })] };
      await call('CapNhatTienDoHoSoMC', key, content, anyReply, signal, done);
    },

    /** There is no call for a status alone: the dossier is updated with it. What it holds is read first and sent back changed. */
    async status({ key, code: dossierCode, status, remoteId }, signal) {
      const there = await look(dossierCode, signal);
      if (!there)
        throw new ProvinceProblem('refused', 'not found', {
          reasonCode: '404',
          reason: mapping.reasons['404']?.vi ?? 'Không tìm thấy hồ sơ.',
        });
      if (there.GhiChu.includes(mark(key))) return;
      const { TienDo: _steps, ...held } = there;
      const resultUrl = (r: unknown) => remoteId((r as { file: CanonicalFile }).file);
      const change = fill(mapping, 'status', status, { code: dossierCode, resultUrl });
      const note = [...(held.GhiChu.match(/\[[^\]]+\]/g) ?? []), mark(key)].slice(-12).join(' ');
      const done = taken((d) => d.GhiChu.includes(mark(key)), dossierCode, signal);
      await call('DongBoHoSoMC', key, { isUpdating: 'True', data: [{ ...held, ...change, GhiChu: note }] }, anyReply, signal, done);
    },

    async *list(agency, day, signal): AsyncIterable<RemoteDossier> {
      const got = await call('DanhSachHoSo', '', { madonvi: agency, ngay: day }, findReply, signal);
      for (const d of got.data)
        yield { code: d.MaHoSo, key: null, revision: 1, status: Number(d.TrangThaiHoSo), statusAt: null, files: null };
    },
    /** No feed of news in this interface; the daily comparison shows what changed. */
    changes: async () => [],
    clockSkewMs: voice.skewMs,
    lookUp: async () => {
      throw new ProvinceProblem('fault', 'no look-up in the classic interface', { reasonCode: 'no-look-up' });
    },
    download: async () => {
      throw new ProvinceProblem('fault', 'no download in the classic interface', { reasonCode: 'no-download' });
    },
    close: session.forget,
  };

  function full(
    dossier: CanonicalDossier,
    _status: CanonicalStatus | null,
    extras: { key: string; dossierCode: string; remoteId: (f: CanonicalFile) => string },
  ): Record<string, unknown> {
    const body = fill(mapping, 'dossier', dossier, {
      code: extras.dossierCode,
      fileUrl: (f: unknown) => extras.remoteId(f as CanonicalFile),
      fileId: (f: unknown) => (f as CanonicalFile).sha256.slice(0, 32),
    });
    // Components nest their files; this interface has one flat list that names the component in each file.
    const papers = dossier.components.flatMap((c, i) => {
      const list = (body['TaiLieuNop'] as { TaiLieu: Record<string, unknown>[] }[])[i]?.TaiLieu ?? [];
      return list.map((paper) => ({ ...paper, MaThanhPhanHoSo: c.code }));
    });
    return { ...body, TaiLieuNop: papers, GhiChu: `${dossier.note} ${mark(extras.key)}`.trim() };
  }
}

export const backEnd: BackEnd = {
  name: 'classic',
  mappingFile: provinceResource('classic.mapping.json'),
  steps: { DongBoHoSoMC: 'dossier', CapNhatTienDoHoSoMC: 'progress', TraCuuHoSo: 'ask' },
  open({ config, mappingFile, heard, ...wire }) {
    const { baseUrl, agency, destination, gatewayUrl } = config;
    if (!gatewayUrl) throw new Error('the classic interface takes links to files: gatewayUrl must be configured');
    return createClassicAdapter({ ...wire, baseUrl, agency, destination, gatewayUrl, mapping: loadClassicMapping(mappingFile) }, { heard });
  },
};
