import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterEach, describe, expect, it } from 'vitest';
import { sampleDossier, sampleFile } from '../../tests/delivery/sample.ts';
import { setup, type Bench } from '../../tests/delivery/setup.ts';
import { loadClassicMapping } from './adapters/classic/index.ts';
import { loadLgspMapping } from './adapters/lgsp/index.ts';
import { provinceResource } from './adapters/back-end.ts';
import { businessDay } from '../store/index.ts';
import { MappingError, compactTime } from './mapping.ts';
import { createTransport, type Transport, type WireReply, type WireRequest } from './transport.ts';

const resource = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../resources/province/${name}`, import.meta.url), 'utf8')) as Record<string, unknown>;
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(resource('lgsp.openapi.json'), 'lgsp');
ajv.addSchema(resource('classic.schema.json'), 'classic');

function check(where: string, value: unknown): void {
  const validate = ajv.getSchema(where);
  if (!validate) throw new Error(`no schema ${where}`);
  expect({ where, errors: validate(value) ? null : validate.errors }).toEqual({ where, errors: null });
}

let bench: Bench;
afterEach(() => bench?.close());

/** Writes down everything that goes over the wire. */
function recorder(): { transport: Transport; said: { request: WireRequest; body: Buffer; reply: WireReply }[] } {
  const wire = createTransport({ allowHosts: ['127.0.0.1'] });
  const said: { request: WireRequest; body: Buffer; reply: WireReply }[] = [];
  return {
    said,
    transport: {
      async send(request) {
        const parts: Buffer[] = [];
        if (request.body && !Buffer.isBuffer(request.body)) for await (const c of request.body.chunks()) parts.push(c);
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.concat(parts);
        const reply = await wire.send({ ...request, ...(request.body ? { body } : {}) });
        said.push({ request, body, reply });
        return reply;
      },
      close: () => wire.close(),
    },
  };
}
const last = (request: WireRequest) => new URL(request.url).pathname.split('/').pop() ?? '';
const parse = (b: Buffer) => JSON.parse(b.toString('utf8')) as Record<string, unknown>;

describe('the descriptions of the interfaces', () => {
  it('is a valid OpenAPI 3.1 document for a validator that is not ours', async () => {
    const validator = new Validator();
    const result = await validator.validate(resource('lgsp.openapi.json'));
    expect(result.errors).toBeUndefined();
    expect(validator.version).toBe('3.1');
  });

  it('holds for every request of the LGSP adapter and every reply of the virtual province', async () => {
    bench = await setup();
    const { transport, said } = recorder();
    const d = bench.open({ gatewayUrl: bench.province.gatewayUrl, uploads: 'whole' }, { transport });
    const a = sampleFile(bench.dir, 'tờ "khai".pdf', Buffer.from('tờ khai'));
    const b = sampleFile(bench.dir, 'kq.pdf', Buffer.from('kết quả'));
    bench.store.transaction(() => {
      d.enqueue(sampleDossier('d1', [a]));
      d.enqueue(sampleDossier('d2', [], { dueAt: null, fees: [], owner: { kind: 'household', name: 'Hộ kinh doanh Mẫu' } }));
      d.enqueueStatus({
        dossierId: 'd1',
        status: 10,
        at: 1_795_150_000_000,
        text: 'Đã trả kết quả',
        by: { name: 'Lê Thị Mẫu' },
        results: [{ code: 'KQ.G15.000032', name: 'Giấy khai sinh', file: b }],
      });
    });
    await d.drained(50_000);
    const code = bench.province.holdings()[0]?.code ?? '';
    bench.province.decide(code, {
      kind: 'KetQua',
      status: 9,
      text: 'Có kết quả',
      file: { name: 'kq2.pdf', bytes: Buffer.from('bản của tỉnh') },
    });
    await d.remote.poll();
    await d.reconcile(businessDay(1_795_142_400_000));
    await d.lookUp({ officer: { id: 'o', name: 'Mẫu' }, reason: 'khai sinh', dossierId: 'd1', idNumber: '001099000001' });
    bench.province.troubles.set({ status: { code: 502, share: 1, after: true, only: 'CreateDossier' } });
    bench.store.transaction(() => d.enqueue(sampleDossier('d4', [])));
    while (d.rows().rows[0]?.state !== 'unknown') await new Promise((resolve) => setTimeout(resolve, 5));
    bench.province.troubles.clear();
    await d.drained(50_000);
    bench.province.troubles.set({ unknownComponents: ['TP1'] });
    bench.store.transaction(() => d.enqueue(sampleDossier('d3', [a])));
    await d.drained(50_000);

    const steps = new Set<string>();
    for (const { request, body, reply } of said) {
      const step = last(request);
      steps.add(step);
      const type = request.headers?.['content-type'] ?? '';
      if (type.startsWith('application/json'))
        check(`lgsp#/components/schemas/${step === 'UploadFile' ? 'UploadFileLienKet' : step}`, parse(body));
      if (type.startsWith('multipart/')) {
        const form = await new Request('http://x.invalid/', {
          method: 'POST',
          headers: { 'content-type': type },
          body: new Uint8Array(body),
        }).formData();
        check(
          'lgsp#/components/schemas/UploadFileBieuMau',
          Object.fromEntries([...form.entries()].map(([k, v]) => [k, typeof v === 'string' ? v : 'bytes'])),
        );
      }
      if (step === 'TaiTepTin' || reply.status === 502) continue;
      const name = step.startsWith('CapNhat') ? 'DaGhi' : `${step}TraLoi`;
      check(`lgsp#/components/schemas/${reply.status === 200 ? name : 'Loi'}`, parse(reply.body));
    }
    expect([...steps].sort()).toEqual(
      Object.keys(resource('lgsp.openapi.json')['paths'] as object)
        .map((p) => p.slice(1))
        .sort(),
    );
    transport.close();
  });

  it('holds for every request of the classic adapter and every reply', async () => {
    bench = await setup();
    const { transport, said } = recorder();
    const d = bench.open({ adapter: 'classic', baseUrl: bench.province.classicUrl, gatewayUrl: bench.province.gatewayUrl }, { transport });
    const a = sampleFile(bench.dir, 'to-khai.pdf', Buffer.from('tờ khai'));
    bench.store.transaction(() => {
      d.enqueue(sampleDossier('c1', [a], { code: 'H15.50.05.13-261123-0001', provisionalCode: null }));
      d.enqueueStatus({
        dossierId: 'c1',
        status: 10,
        at: 1_795_150_000_000,
        text: 'Đã trả',
        by: { name: 'Lê Thị Mẫu' },
        results: [{ code: 'KQ1', name: 'Giấy khai sinh', file: a }],
      });
    });
    await d.drained(50_000);
    await d.reconcile(businessDay(1_795_142_400_000));
    const services = new Set<string>();
    for (const { request, body, reply } of said) {
      const step = last(request);
      if (step !== 'login' && step !== 'service') continue;
      const sent = parse(body);
      const name = step === 'login' ? 'login' : String(sent['service']);
      services.add(name);
      check(`classic#/$defs/${name}`, sent);
      check(`classic#/$defs/${step}Reply`, parse(reply.body));
    }
    expect([...services].sort()).toEqual(['CapNhatTienDoHoSoMC', 'DanhSachHoSo', 'DongBoHoSoMC', 'TraCuuHoSo', 'login'].sort());
    transport.close();
  });
});

describe('mapping tables', () => {
  it('load as they are, and name each mistake of a province that changed them', async () => {
    bench = await setup();
    expect(loadLgspMapping(provinceResource('lgsp.mapping.json')).lookups['LoaiDoiTuong']).toEqual({
      citizen: 0,
      business: 1,
      household: 2,
    });
    expect(loadClassicMapping(provinceResource('classic.mapping.json')).lookups['LoaiDoiTuong']).toEqual({
      citizen: '1',
      business: '2',
      household: '2',
    });
    const file = path.join(bench.dir, 'x.json');
    const spoil = (
      change: (m: {
        tables: { dossier: Record<string, unknown>[] };
        lookups: Record<string, Record<string, unknown>>;
        endpoints: Record<string, string>;
      }) => void,
    ) => {
      const m = resource('lgsp.mapping.json') as unknown as Parameters<typeof change>[0];
      change(m);
      writeFileSync(file, JSON.stringify(m));
      try {
        loadLgspMapping(file);
      } catch (error) {
        return error instanceof MappingError ? error.lines.join('; ') : String(error);
      }
      return 'loaded';
    };
    expect(spoil((m) => m.tables.dossier.push({ field: 'X', from: 'applicant.shoeSize' }))).toMatch(
      /applicant\.shoeSize is not in the dossier/,
    );
    expect(spoil((m) => m.tables.dossier.push({ field: 'MaHoSo', from: '$code' }))).toMatch(/stands twice/);
    expect(spoil((m) => delete m.lookups['LoaiDoiTuong']?.['household'])).toMatch(/has no household/);
    expect(spoil((m) => delete m.endpoints['CreateDossier'])).toMatch(/endpoints\.CreateDossier is missing/);
    expect(spoil((m) => m.tables.dossier.push({ field: 'Y' }))).toMatch(/exactly one of from and constant/);
  });

  it('writes the classic time in GMT+7 and reads it back', () => {
    expect(compactTime(Date.parse('2026-11-23T17:30:05Z'))).toBe('20261124003005');
  });
});
