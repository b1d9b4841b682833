import type { Transport, WireReply, WireRequest } from '../../main/delivery/transport.ts';

/** Bugs that a counter could have; planted to prove that the judge of the fault runs sees them. */
export type Plant = 'lost' | 'doubled' | 'misordered';

const stepOf = (request: WireRequest) => new URL(request.url).pathname.split('/').pop() ?? '';
const bodyOf = (request: WireRequest) =>
  JSON.parse(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '{}') as Record<string, unknown>;
const withBody = (request: WireRequest, body: unknown): WireRequest => ({ ...request, body: Buffer.from(JSON.stringify(body)) });
const believed = (body: Record<string, unknown>): WireReply => ({
  status: 200,
  headers: {},
  body: Buffer.from(JSON.stringify({ MaGiaoDich: body['MaGiaoDich'], MaHoSo: body['MaHoSo'] })),
});

/** A wire (LGSP interface) with one of the bugs in it; the counter itself is not touched. */
export function planted(kind: Plant, wire: Transport): Transport {
  const late = new Map<unknown, WireRequest>();
  return {
    close: () => wire.close(),
    async send(request) {
      const step = stepOf(request);
      if (kind === 'lost' && step === 'CapNhatTrangThai') return believed(bodyOf(request));
      if (kind === 'doubled' && step === 'CreateDossier') {
        // A client that makes up a new key and takes a new number when it is in doubt.
        const body = bodyOf(request);
        const key = String(body['MaGiaoDich']);
        const again = { ...body, MaGiaoDich: `${key}:lai`, MaHoSo: `${String(body['MaHoSo'])}-B` };
        await wire.send({ ...withBody(request, again), headers: { ...request.headers, 'idempotency-key': `${key}:lai` } });
      }
      if (kind === 'misordered' && step === 'CapNhatTienTrinh') {
        const body = bodyOf(request);
        late.set(body['MaHoSo'], request);
        return believed(body);
      }
      const reply = await wire.send(request);
      const held = step === 'CapNhatTrangThai' ? late.get(bodyOf(request)['MaHoSo']) : undefined;
      if (held) {
        late.delete(bodyOf(request)['MaHoSo']);
        await wire.send(held);
      }
      return reply;
    },
  };
}
