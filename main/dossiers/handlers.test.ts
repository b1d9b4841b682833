import { createRouterClient, ORPCError } from '@orpc/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallContext } from '../contract/context.ts';
import { dossiersContract } from '../contract/dossiers.ts';
import { CARD, must, openRoom, type Kit } from '../../tests/fixtures/dossier-room.ts';
import { dossiersHandlers } from './handlers.ts';
import { changes } from './live.ts';

let kit: Kit;
beforeEach(() => void (kit = openRoom()));
afterEach(() => kit.close());

const context: CallContext = {
  caller: {
    role: 'officer',
    deviceId: 'd1',
    counterId: '3',
    officer: { id: 'o1', name: 'Lê Thị Thanh Huyền', title: 'Công chức', duties: ['reception'] },
  },
  connectionId: 'c1',
};
/** The room behind its contract: inputs and outputs are checked by its schemas, as they are over a socket. */
const client = () => createRouterClient(dossiersHandlers(kit.room, kit.store), { context });
const ticket = { id: 't1', number: 'B027' };

describe('dossiers through the contract', () => {
  it('plays an intake to the handover, every answer in the shape of the contract', async () => {
    const api = client();
    const { id: dossierId } = await api.open({ commandId: kit.id(), ticket });
    await api.scanCard({ commandId: kit.id(), dossierId, card: CARD });
    await api.setField({ commandId: kit.id(), dossierId, party: 'applicant', field: 'phone', value: '0905 118 264' });
    await api.chooseProcedure({ commandId: kit.id(), dossierId, code: '2.000635' });
    await api.setPages({ commandId: kit.id(), dossierId, key: 'to-khai', pageIds: ['page1', 'page2'] });
    await api.setFees({ commandId: kit.id(), dossierId, input: { quantities: { copies: 2 } } });
    const code = await api.paymentCode({ dossierId });
    await api.pay({ commandId: kit.id(), dossierId, method: 'vietqr', amount: code.amount });
    const { dossier, receipt } = await api.accept({ commandId: kit.id(), dossierId, wantsReceipt: true });
    expect(dossier.acceptedBy).toBe('Lê Thị Thanh Huyền');
    expect((await api.document({ dossierId, documentId: receipt?.id ?? '' })).type).toBe('application/pdf');
    await api.draftResult({ commandId: kit.id(), dossierId, signer: 'Trần Văn Hậu', signerTitle: 'Chủ tịch' });
    const work = kit.heard.signing[0];
    must(
      kit.room.resultSigned({
        dossierId,
        documentId: work?.documentId ?? '',
        bytes: Buffer.from('%PDF-1.7 signed'),
        signer: { id: 's', name: 'Trần Văn Hậu', title: '', counterId: '3' },
        complete: true,
      }),
    );
    const handed = await api.handOver({ commandId: kit.id(), dossierId, receiver: CARD.fullName });
    expect(handed.statusCode).toBe(10);
    expect(await api.rate({ commandId: kit.id(), dossierId, stars: 5, comment: 'Nhanh' })).toEqual({ stars: 5 });
    expect((await api.history({ dossierId })).length).toBeGreaterThan(5);
    expect((await api.search({ text: 'thuy duong' })).items).toHaveLength(1);
    expect((await api.byCode({ code: dossier.dossierCode ?? '' })).id).toBe(dossierId);
    expect((await api.controlSheet({ dossierId })).name).toContain('Phieu-kiem-soat');
    expect(await api.worklist({ name: 'drafts' })).toEqual([]);
    expect(await api.reusable({ dossierId })).toEqual([]);
  });
  it('turns a refusal of the room into the typed error, with both sentences', async () => {
    const api = client();
    const { id: dossierId } = await api.open({ commandId: kit.id(), ticket });
    const failed = await api.accept({ commandId: kit.id(), dossierId }).catch((e: unknown) => e);
    expect(failed).toBeInstanceOf(ORPCError);
    expect(failed).toMatchObject({
      code: 'REFUSED',
      status: 409,
      data: { refused: 'incomplete', details: { focus: 'applicant.fullName' } },
    });
    await expect(api.get({ dossierId: 'nothing' })).rejects.toMatchObject({ code: 'REFUSED', data: { refused: 'dossier-unknown' } });
  });
  it('tells those who watch: a snapshot, then the dossier after each change, and ends with its reader', async () => {
    const api = client();
    const { id: dossierId } = await api.open({ commandId: kit.id(), ticket });
    const stream = await api.watch({ dossierId });
    expect((await stream.next()).value).toMatchObject({ type: 'snapshot', seq: 0 });
    const waiting = stream.next();
    await api.scanCard({ commandId: kit.id(), dossierId, card: CARD });
    expect((await waiting).value).toMatchObject({ type: 'event', seq: 1, event: { applicant: { fullName: { value: CARD.fullName } } } });
    await api.setRequest({ commandId: kit.id(), dossierId, request: 'a' });
    await api.setRequest({ commandId: kit.id(), dossierId, request: 'b' });
    expect((await stream.next()).value).toMatchObject({ seq: 2, event: { request: 'b' } });
    await stream.return?.(undefined);
    const lists = await api.worklists({});
    expect((await lists.next()).value).toMatchObject({ type: 'snapshot', snapshot: { lists: expect.any(Array) as unknown } });
    await lists.return?.(undefined);
  });
  it('lets a waiting stream go at once when its connection ends', async () => {
    const abort = new AbortController();
    let read = 0;
    const stream = changes(
      kit.store,
      () => (read += 1),
      () => true,
      abort.signal,
    );
    await stream.next();
    const waiting = stream.next();
    abort.abort();
    expect((await waiting).done).toBe(true);
    kit.store.transaction(() => kit.store.emit('dossiers', 'changed', { dossierId: 'x' }));
    expect(read).toBe(1);
  });
});

describe('who may do what', () => {
  it('lets a helper prepare, and keeps decisions and money from them', () => {
    const dutiesOf = (name: keyof typeof dossiersContract) => dossiersContract[name]['~orpc'].meta.duties;
    for (const name of ['open', 'scanCard', 'setField', 'chooseProcedure', 'setPages', 'park', 'search', 'get'] as const)
      expect(dutiesOf(name), name).toBeUndefined();
    for (const name of ['accept', 'refuse', 'pay', 'handOver', 'requestSupplement', 'apologise', 'discontinue', 'finish'] as const)
      expect(dutiesOf(name), name).not.toContain('helper');
    expect(dossiersContract.rate['~orpc'].meta.roles).toEqual(['officer', 'feedback']);
  });
});
