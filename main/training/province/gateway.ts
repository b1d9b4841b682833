import { appendFileSync, statSync } from 'node:fs';
import type { InterfaceDeps } from './lgsp.ts';
import type { ProvinceReply, ProvinceRequest } from './wire.ts';

const HEAD = { 'tus-resumable': '1.0.0', 'cache-control': 'no-store' };
const reply = (status: number, headers: Record<string, string> = {}): ProvinceReply => ({
  status,
  headers: { ...HEAD, ...headers },
  body: Buffer.alloc(0),
});

/**
 * The gateway of ours in front of the province: tus 1.0.0 with creation and termination. What arrived of a torn PATCH is kept by the
 * server in front (`keep`), so a resumed upload starts where the line was cut.
 */
export function createGateway(deps: InterfaceDeps) {
  const { holdings, troubles } = deps;
  const at = (id: string) => statSync(holdings.part.file(id)).size;
  return {
    handle(request: ProvinceRequest, id: string): ProvinceReply {
      if (request.method === 'OPTIONS')
        return reply(204, {
          'tus-version': '1.0.0',
          'tus-extension': 'creation,termination',
          'tus-max-size': String(troubles.current().maxFileBytes),
        });
      // Whoever brings a token must bring one that is still good; the classic interface brings none.
      const token = /^Bearer (.+)$/.exec(request.headers['authorization'] ?? '')?.[1];
      if (token !== undefined && holdings.tokenUntil(token) <= deps.now()) return reply(401);
      if (request.headers['tus-resumable'] !== '1.0.0') return reply(412, { 'tus-version': '1.0.0' });
      if (request.method === 'POST' && id === '') {
        const length = Number(request.headers['upload-length']);
        if (!Number.isInteger(length) || length < 0) return reply(400);
        if (length > troubles.current().maxFileBytes) return reply(413);
        const name = /(?:^|,)filename ([A-Za-z0-9+/=]+)/.exec(request.headers['upload-metadata'] ?? '')?.[1];
        const created = holdings.part.create(length, name ? Buffer.from(name, 'base64').toString('utf8') : '');
        return reply(201, { location: `/kho/${created}`, 'upload-offset': '0' });
      }
      const part = holdings.part.get(id);
      if (!part) return reply(404);
      if (request.method === 'HEAD') return reply(200, { 'upload-offset': String(at(id)), 'upload-length': String(part.length) });
      if (request.method === 'DELETE') {
        holdings.part.drop(id);
        return reply(204);
      }
      if (request.method === 'PATCH') {
        if (request.headers['content-type'] !== 'application/offset+octet-stream') return reply(415);
        if (Number(request.headers['upload-offset']) !== at(id)) return reply(409);
        if (at(id) + request.body.length > part.length) return reply(413);
        appendFileSync(holdings.part.file(id), request.body);
        return reply(204, { 'upload-offset': String(at(id)) });
      }
      return reply(405);
    },
  };
}
