import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../contract/context.ts';
import type { BoardEvent, BoardView, IssuedTicket, PrintState } from '../contract/queue.ts';
import { isRefusal, type Refusal } from '../contract/refusal.ts';
import { fromVietnam, manualClock, openStore, type Store } from '../store/index.ts';
import type { Message } from './channel.ts';
import {
  createQueue,
  migrations,
  queueHandlers,
  sqliteQueueStore,
  trainingSite,
  type Queue,
  type QueueDeps,
  type QueueStore,
  type Site,
} from './index.ts';

let dir: string;
let store: Store;
let port: QueueStore;
let queue: Queue;
let next = 0;
const clock = manualClock(0);
const kiosk: Caller = { role: 'kiosk', deviceId: 'kiosk-1' };
const board: Caller = { role: 'board', deviceId: 'board-1' };
const officer = (n: number, duties: NonNullable<Caller['officer']>['duties'] = ['reception']): Caller => ({
  role: 'officer',
  deviceId: `desk-${n}`,
  officer: { id: `officer-${n}`, name: `Cán bộ ${n}`, title: 'Công chức', duties },
});
const id = (): string => `command-${(next += 1)}`;
const ok = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(`refused: ${value.refused} ${value.en}`);
  return value;
};
const refused = (value: unknown): string => (isRefusal(value) ? value.refused : 'was not refused');

async function open(site: Site = trainingSite, deps: Partial<QueueDeps> = {}): Promise<void> {
  store = openStore({ file: path.join(dir, 'queue.sqlite'), clock, migrations });
  port = sqliteQueueStore({ store, site });
  queue = createQueue({ store: port, clock, monotonic: () => clock.now(), print: async () => 'printed', ...deps });
}
async function close(): Promise<void> {
  await queue.close();
  await port.close();
  store.close();
}
const issue = async (
  serviceId = 'chung-thuc',
  more: { priorityReason?: string; appointmentCode?: string; commandId?: string } = {},
): Promise<IssuedTicket> => ok(await queue.issue(kiosk, { commandId: id(), serviceId, ...more }));
const take = async (n: number, counterId = String(n)) => ok(await queue.takeCounter(officer(n), { commandId: id(), counterId }));
const callNext = async (n: number) => ok(await queue.callNext(officer(n), { commandId: id() }));
const act = (n: number, what: Parameters<Queue['onCurrent']>[2]) => queue.onCurrent(officer(n), id(), what);

beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'quay-queue-'));
  clock.set(fromVietnam('2026-11-23', '08:00'));
  await open();
});
afterEach(async () => {
  await close();
  rmSync(dir, { recursive: true, force: true });
});

describe('an appointment at the kiosk', () => {
  const now = 'B-20261123-0805-0001';
  it('is counted from the booked time, is one ticket however often it is shown, and is used up when served', async () => {
    const first = await issue('ho-tich');
    const given = await issue('B', { appointmentCode: now });
    expect(given).toMatchObject({ text: 'B002', serviceId: 'ho-tich', appointmentAt: fromVietnam('2026-11-23', '08:05') });
    expect(await issue('B', { appointmentCode: now })).toMatchObject({ ticketId: given.ticketId });
    clock.set(fromVietnam('2026-11-23', '08:06'));
    await take(2);
    // The head start of a booking puts it before the walk-in who was there first.
    expect((await callNext(2)).ticket?.text).toBe('B002');
    expect(queue.ticket(first.ticketId)).not.toHaveProperty('state');
    expect(queue.ticket(given.ticketId)).toMatchObject({ state: 'called' });
    await act(2, 'finish');
    expect(refused(await queue.issue(kiosk, { commandId: id(), serviceId: 'B', appointmentCode: now }))).toBe('appointment-used');
  });
  it('is refused on another day and when it is none, and costs nobody who came alone a place', async () => {
    const ask = async (appointmentCode: string) => refused(await queue.issue(kiosk, { commandId: id(), serviceId: 'B', appointmentCode }));
    expect(await ask('B-20261122-0805-0001')).toBe('appointment-past');
    expect(await ask('B-20261124-0805-0001')).toBe('appointment-ahead');
    expect(await ask('Z-20261123-0805-0001')).toBe('unknown-appointment');
    const lease = ok(await queue.lease(kiosk, { commandId: id(), size: 5 }));
    const block = lease.blocks.find((b) => b.serviceId === 'ho-tich')!;
    const press = { commandId: id(), serviceId: 'ho-tich', number: block.from, issuedAt: clock.now(), print: 'none' as const };
    const { accepted } = await queue.merge(kiosk, { lease, tickets: [{ ...press, appointmentCode: 'B-20261122-0805-0001' }] });
    expect(accepted).toHaveLength(1);
    expect(accepted[0]).not.toHaveProperty('appointmentAt');
  });
});

describe('a morning at the counter', () => {
  it('issues, calls, starts, finishes and shows it to everybody', async () => {
    const first = await issue();
    expect(first).toMatchObject({ text: 'A001', ahead: 0, businessDay: '2026-11-23' });
    expect(await issue()).toMatchObject({ text: 'A002', ahead: 1 });
    expect(await issue('ho-tich')).toMatchObject({ text: 'B001', ahead: 0 });
    await take(1);
    clock.advance(60_000);
    const called = await callNext(1);
    expect(called.ticket).toMatchObject({ text: 'A001', state: 'called', waitingMinutes: 1 });
    expect(called.desk.next.map((t) => t.text)).toEqual(['A002']);
    expect(ok(await act(1, 'recall')).ticket?.recalls).toBe(1);
    expect(ok(await act(1, 'start')).ticket?.state).toBe('serving');
    clock.advance(5 * 60_000);
    const second = await callNext(1);
    expect(second.ticket?.text).toBe('A002');
    expect(second.desk).toMatchObject({ servedToday: 1, averageServiceMinutes: 5, waitingHall: 1 });
    const finished = ok(await act(1, 'finish'));
    expect(finished.ticket?.state).toBe('done');
    expect((await callNext(1)).ticket).toBeUndefined();
    expect(refused(await act(1, 'recall'))).toBe('no-current-ticket');
  });

  it('lets two counters that press together call two citizens', async () => {
    await issue();
    await issue();
    await take(1);
    await take(2);
    const both = await Promise.all([callNext(1), callNext(2)]);
    expect(new Set(both.map((b) => b.ticket?.text))).toEqual(new Set(['A001', 'A002']));
  });

  it('takes a repeated press for one press', async () => {
    const commandId = id();
    const [a, b] = [await issue('chung-thuc', { commandId }), await issue('chung-thuc', { commandId })];
    expect(b.ticketId).toBe(a.ticketId);
    await issue();
    await take(1);
    const press = id();
    const one = ok(await queue.callNext(officer(1), { commandId: press }));
    const two = ok(await queue.callNext(officer(1), { commandId: press }));
    expect(two.ticket).toEqual(one.ticket);
    expect(port.state.seq).toBe((await port.log(0)).length);
    expect(refused(await queue.onCurrent(officer(1), press, 'finish'))).toBe('command-reused');
  });

  it('parks, resumes, transfers and keeps number and place', async () => {
    const a = await issue();
    clock.advance(60_000);
    const b = await issue();
    await take(1);
    await take(3);
    await callNext(1);
    ok(await queue.park(officer(1), { commandId: id(), reason: 'Bổ sung giấy tờ' }));
    expect((await callNext(1)).ticket?.text).toBe(b.text);
    ok(await queue.resume(officer(1), { commandId: id(), ticketId: a.ticketId }));
    ok(await queue.transfer(officer(1), { commandId: id(), target: { to: 'service', serviceId: 'cu-tru' } }));
    const third = await callNext(3);
    expect(third.ticket).toMatchObject({ text: b.text, serviceId: 'cu-tru', issuedAt: b.issuedAt });
    expect((await callNext(1)).ticket?.text).toBe(a.text);
  });

  it('sends a transferred ticket to the counter or the person it was meant for, and to nobody else', async () => {
    await issue();
    await take(1);
    await take(2);
    await take(5);
    await callNext(1);
    ok(await queue.transfer(officer(1), { commandId: id(), target: { to: 'counter', counterId: '5' } }));
    expect((await callNext(2)).ticket).toBeUndefined();
    expect((await callNext(5)).ticket?.text).toBe('A001');
    ok(await queue.transfer(officer(5), { commandId: id(), target: { to: 'person', officerId: 'officer-2' } }));
    expect((await callNext(1)).ticket).toBeUndefined();
    expect((await callNext(2)).ticket?.text).toBe('A001');
  });

  it('undoes the whole last step within some seconds, and no more', async () => {
    await issue();
    await issue();
    await take(1);
    await callNext(1);
    const second = await callNext(1);
    expect(second.desk.undo?.en).toBe('Call A002');
    const undone = ok(await act(1, 'undo'));
    expect(undone.desk.current).toMatchObject({ text: 'A001', state: 'called' });
    expect(undone.desk.next[0]?.text).toBe('A002');
    expect(undone.desk.servedToday).toBe(0);
    expect(refused(await act(1, 'undo'))).toBe('undo-over');
    ok(await act(1, 'no-show'));
    clock.advance(11_000);
    expect(refused(await act(1, 'undo'))).toBe('undo-over');
  });

  it('does not undo over what a colleague has done since', async () => {
    const a = await issue();
    await take(1);
    await take(2);
    await callNext(1);
    ok(await queue.park(officer(1), { commandId: id(), reason: 'Điền tờ khai' }));
    ok(await queue.callTicket(officer(2), { commandId: id(), ticketId: a.ticketId }));
    expect(refused(await act(1, 'undo'))).toBe('undo-changed');
    expect(refused(await queue.callTicket(officer(1), { commandId: id(), ticketId: a.ticketId }))).toBe('called-elsewhere');
  });

  it('lets nobody sit on a colleague’s chair, but a supervisor free it', async () => {
    await take(1);
    expect(refused(await queue.takeCounter(officer(2), { commandId: id(), counterId: '1' }))).toBe('counter-taken');
    ok(await queue.takeCounter(officer(3, ['supervisor']), { commandId: id(), counterId: '1' }));
    expect(refused(await queue.callNext(officer(1), { commandId: id() }))).toBe('no-counter');
    expect(refused(await queue.callNext(officer(9), { commandId: id() }))).toBe('no-counter');
  });
});

describe('paper', () => {
  const prints: { text: string; key: string; reprint: boolean }[] = [];
  let outcome: PrintState = 'printed';
  const printer: QueueDeps['print'] = async (ticket, { key, reprint }) => {
    prints.push({ text: ticket.text, key, reprint });
    return outcome;
  };
  const settled = async (ticketId: string) => {
    for (let i = 0; i < 200; i += 1) {
      const ticket = ok(queue.ticket(ticketId));
      if (ticket.print !== 'queued') return ticket.print;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return 'queued';
  };
  beforeEach(async () => {
    await close();
    prints.length = 0;
    outcome = 'printed';
    await open(trainingSite, { print: printer });
  });

  it('prints after the commit, once per ticket, however often the kiosk presses', async () => {
    const commandId = id();
    const [a] = await Promise.all([
      issue('chung-thuc', { commandId }),
      issue('chung-thuc', { commandId }),
      issue('chung-thuc', { commandId }),
    ]);
    expect(await settled(a.ticketId)).toBe('printed');
    expect(prints).toEqual([{ text: 'A001', key: a.ticketId, reprint: false }]);
  });

  it('keeps a failed print on the list and reprints the same number', async () => {
    outcome = 'failed';
    const a = await issue();
    expect(await settled(a.ticketId)).toBe('failed');
    expect(queue.unprinted().map((t) => t.text)).toEqual(['A001']);
    await Promise.all([issue(), issue()].map(async (t) => settled((await t).ticketId)));
    expect(queue.services().paper).toBe(false);
    outcome = 'printed';
    expect(ok(await queue.reprint(officer(1), { commandId: id(), ticketId: a.ticketId }))).toEqual({ print: 'printed' });
    expect(prints.at(-1)).toMatchObject({ text: 'A001', reprint: true });
    expect(queue.services().paper).toBe(true);
    expect(queue.unprinted()).toHaveLength(2);
  });

  it('does not forget a print whose hub died on the way', async () => {
    const { answer } = await port.run({
      do: 'issue',
      id: id(),
      at: clock.now(),
      actor: { deviceId: 'k', officerId: null, officerName: null },
      ticketId: 'lost-ticket',
      serviceId: 'chung-thuc',
    });
    expect(isRefusal(answer)).toBe(false);
    await close();
    clock.advance(60_000);
    await open(trainingSite, { print: printer });
    expect(await settled('lost-ticket')).toBe('unknown');
    expect(queue.unprinted()).toHaveLength(1);
  });
});

describe('screens', () => {
  const read = async (stream: AsyncIterator<Message<BoardView, BoardEvent>>): Promise<Message<BoardView, BoardEvent>> => {
    const item = await stream.next();
    if (item.done) throw new Error('the stream ended');
    return item.value;
  };

  it('tells a board of each call at once, with the number that it keeps for ever', async () => {
    await issue();
    await take(1);
    const stream = queue.live.board(undefined);
    const snapshot = await read(stream);
    expect(snapshot).toMatchObject({ type: 'snapshot', seq: 1 });
    await callNext(1);
    const event = await read(stream);
    if (event.type !== 'event' || event.event.kind !== 'call') throw new Error(`not a call: ${JSON.stringify(event)}`);
    expect(event.seq).toBe(2);
    expect(event.event.call).toMatchObject({ text: 'A001', counterLabel: '1', recall: false });
    const again = await read(queue.live.board(undefined));
    expect(again.type === 'snapshot' && again.snapshot.current).toEqual([event.event.call]);
    await stream.return();
    expect((await stream.next()).done).toBe(true);
  });

  it('lets one board of the hall speak, each call once', async () => {
    await issue();
    await issue();
    await take(1);
    await callNext(1);
    await callNext(1);
    const first = await queue.voice(board);
    expect(first).toMatchObject({ speaker: true, say: { text: 'A001' } });
    expect(await queue.voice({ ...board, deviceId: 'board-2' })).toEqual({ speaker: false });
    expect(await queue.voice(board)).toEqual(first);
    const second = await queue.voice(board, first.say!.callSeq);
    expect(second).toMatchObject({ say: { text: 'A002' } });
    expect(await queue.voice(board, second.say!.callSeq)).toEqual({ speaker: true });
    clock.advance(20_000);
    ok(await act(1, 'recall'));
    expect(await queue.voice({ ...board, deviceId: 'board-2' })).toMatchObject({ speaker: true, say: { text: 'A002', recall: true } });
  });

  it('lets nobody begin before a sentence of twelve seconds is over', async () => {
    await issue();
    await take(1);
    // the lease was taken by an idle beat and is half over when there is something to say
    expect(await queue.voice(board)).toEqual({ speaker: true });
    clock.advance(7000);
    await callNext(1);
    expect(await queue.voice(board)).toMatchObject({ speaker: true, say: { text: 'A001' } });
    clock.advance(12_000);
    expect(await queue.voice({ ...board, deviceId: 'board-2' })).toEqual({ speaker: false });
    // a speaker that is never heard of again
    clock.advance(3001);
    expect(await queue.voice({ ...board, deviceId: 'board-2' })).toMatchObject({ speaker: true, say: { text: 'A001' } });
  });

  it('asks on the rating pad about exactly the ticket that was finished', async () => {
    const a = await issue();
    await take(1);
    await callNext(1);
    expect(refused(await queue.rate(kiosk, { commandId: id(), ticketId: a.ticketId, score: 5, reasons: [] }))).toBe('not-rateable');
    ok(await act(1, 'finish'));
    const pad = await queue.live.pad('1').next();
    expect(pad.value).toMatchObject({ snapshot: { ask: { text: 'A001' } } });
    ok(await queue.rate(kiosk, { commandId: id(), ticketId: a.ticketId, score: 5, reasons: ['nhanh'] }));
    expect(refused(await queue.rate(kiosk, { commandId: id(), ticketId: a.ticketId, score: 1, reasons: [] }))).toBe('rated');
    expect((await queue.live.pad('1').next()).value).toEqual({ type: 'snapshot', seq: 1, snapshot: { counterLabel: '1' } });
  });

  it('answers through the contract, and turns a refusal into the typed error', async () => {
    const client = createRouterClient(queueHandlers(queue), { context: { caller: officer(1), connectionId: 'c' } });
    await expect(client.callNext({ commandId: 'press-0001' })).rejects.toMatchObject({ code: 'REFUSED', data: { refused: 'no-counter' } });
    await client.takeCounter({ commandId: 'press-0002', counterId: '1' });
    const ticket = await client.issue({ commandId: 'press-0003', serviceId: 'chung-thuc' });
    const answer = await client.callNext({ commandId: 'press-0004' });
    expect(answer.ticket?.ticketId).toBe(ticket.ticketId);
    const desk = await client.desk();
    expect(await desk.next()).toMatchObject({ value: { type: 'snapshot', snapshot: { current: { text: 'A001' } } } });
    await desk.return?.(undefined);
    const view = await client.services();
    expect(view.groups).toHaveLength(8);
    for (const stream of [await client.kiosk(), await client.supervisor(), await client.live({}), await client.pad({ counterId: '1' })]) {
      expect((await stream.next()).value).toMatchObject({ type: 'snapshot', seq: 1 });
      await stream.return?.(undefined);
    }
  });
});
