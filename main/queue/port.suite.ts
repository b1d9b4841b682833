import { expect, it } from 'vitest';
import { isRefusal } from '../contract/refusal.ts';
import { fromVietnam } from '../store/index.ts';
import type { Outcome, QueueStore } from './port.ts';
import type { Site } from './site.ts';
import { chain, GENESIS, HallState } from './state.ts';
import type { Answer, CommandBody, LogEntry, Ticket } from './types.ts';

/** How a suite gets its stores: all that it opens look at one fresh database. */
export interface Bench {
  open(site?: Site): Promise<QueueStore>;
}

export const MORNING = fromVietnam('2026-11-23', '08:00');
let ids = 0;
export const newId = (): string => `id-${(ids += 1)}-suite`;

export const send = (store: QueueStore, device: string, body: CommandBody, at = MORNING, id = newId()): Promise<Outcome> =>
  store.run({ ...body, id, at, actor: { deviceId: device, officerId: device, officerName: device } });

export async function done(store: QueueStore, device: string, body: CommandBody, at?: number, id?: string): Promise<Answer> {
  const { answer } = await send(store, device, body, at, id);
  if (isRefusal(answer)) throw new Error(`refused: ${answer.refused}`);
  return answer;
}
export const issueAt = (store: QueueStore, at = MORNING, serviceId = 'chung-thuc'): Promise<Ticket> =>
  done(store, 'kiosk', { do: 'issue', ticketId: newId(), serviceId }, at).then((a) => a.ticket!);

/** The whole log of a store. */
export async function wholeLog(store: QueueStore): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for (;;) {
    const page = await store.log(entries.length, 5000);
    entries.push(...page);
    if (page.length < 5000) return entries;
  }
}

/** What a state is, without the ways in which it is indexed. */
export function picture(state: HallState): unknown {
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  return plain({
    seq: state.seq,
    hash: state.hash,
    tickets: [...state.tickets.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    pieces: Object.fromEntries([...state.pieces].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    waiting: [...state.lines]
      .filter(([, l]) => l.tickets.length > 0)
      .map(([key, l]) => ({ key, ids: l.tickets.map((t) => t.id) }))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    calls: state.calls,
  });
}

export function replayLog(entries: readonly LogEntry[]): HallState {
  const state = new HallState();
  let hash = GENESIS;
  for (const entry of entries) {
    hash = chain(hash, entry);
    expect(entry.hash).toBe(hash);
    state.apply(entry);
  }
  return state;
}

/** What every `QueueStore` promises, whatever it is made of. */
export function portSuite(bench: () => Bench, hubs: boolean): void {
  it('gives numbers without gap or double to kiosks that press together', async () => {
    const store = await bench().open();
    const tickets = await Promise.all(Array.from({ length: 100 }, () => issueAt(store)));
    expect(tickets.map((t) => t.number)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  });

  it('has one effect and one answer per command id, also for a refusal, also when both arrive in one batch', async () => {
    const store = await bench().open();
    const id = newId();
    const issue: CommandBody = { do: 'issue', ticketId: 'first', serviceId: 'chung-thuc' };
    const answers = await Promise.all([
      send(store, 'k', issue, MORNING, id),
      send(store, 'k', { ...issue, ticketId: 'second' }, MORNING, id),
    ]);
    answers.push(await send(store, 'k', { ...issue, ticketId: 'third' }, MORNING, id));
    expect(answers.map((a) => a.repeated)).toEqual([false, true, true]);
    for (const a of answers) expect(a.answer).toEqual(answers[0]?.answer);
    const refusedId = newId();
    const call: CommandBody = { do: 'next', counterId: '1' };
    const no = await send(store, 'a', call, MORNING, refusedId);
    expect(no.answer).toMatchObject({ refused: 'no-counter' });
    await done(store, 'a', { do: 'take', counterId: '1' });
    expect(await send(store, 'a', call, MORNING, refusedId)).toEqual({ answer: no.answer, repeated: true });
    expect((await send(store, 'a', { do: 'finish', counterId: '1' }, MORNING, id)).answer).toMatchObject({ refused: 'command-reused' });
  });

  it('gives each of many counters that press together its own citizen, in order', async () => {
    const store = await bench().open();
    for (const n of ['1', '2']) await done(store, n, { do: 'take', counterId: n });
    const issued = [];
    for (let i = 0; i < 40; i += 1) issued.push(await issueAt(store, MORNING + i));
    const called: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      const both = await Promise.all(['1', '2'].map((n) => done(store, n, { do: 'next', counterId: n }, MORNING + 1000)));
      called.push(...both.map((b) => b.ticket!.id));
    }
    expect(called).toEqual(issued.map((t) => t.id));
    expect((await done(store, '1', { do: 'next', counterId: '1' })).ticket).toBeUndefined();
  });

  it('keeps everything over a restart, and the log replays to it with a whole chain', async () => {
    const store = await bench().open();
    await done(store, '1', { do: 'take', counterId: '1' });
    const [a] = [await issueAt(store), await issueAt(store), await issueAt(store, MORNING, 'ho-tich')];
    await done(store, '1', { do: 'next', counterId: '1' });
    await done(store, '1', { do: 'park', counterId: '1', reason: 'Điền tờ khai' });
    await done(store, '1', { do: 'call', counterId: '1', ticketId: a.id });
    await done(store, '1', { do: 'recall', counterId: '1' });
    await done(store, 'kiosk', { do: 'lease', leaseId: 'lease-1', size: 5 });
    await done(store, '1', { do: 'next', counterId: '1' });
    await done(store, '1', { do: 'undo', counterId: '1' });
    const before = picture(store.state);
    expect(picture(replayLog(await wholeLog(store)))).toEqual(before);
    await store.close();
    const again = await bench().open();
    expect(picture(again.state)).toEqual(before);
    expect((await issueAt(again)).number).toBe(3);
  });

  it('lists what citizens said, of the days that were asked for', async () => {
    const store = await bench().open();
    const ticket = await issueAt(store);
    await done(store, 'c1', { do: 'take', counterId: '1', force: false });
    await done(store, 'c1', { do: 'next', counterId: '1' });
    await done(store, 'c1', { do: 'finish', counterId: '1' });
    expect(await store.rated('2026-11-01', '2026-11-30')).toEqual([]);
    await done(store, 'pad', { do: 'rate', ticketId: ticket.id, score: 2, reasons: ['wait'] });
    const said = { day: '2026-11-23', serviceId: 'chung-thuc', counterId: '1', score: 2, reasons: ['wait'] };
    expect(await store.rated('2026-11-23', '2026-11-23')).toEqual([said]);
    expect(await store.rated('2026-11-24', '2026-12-31')).toEqual([]);
  });

  it('tells listeners every entry once and in order', async () => {
    const store = await bench().open();
    const heard: number[] = [];
    store.subscribe((entries) => heard.push(...entries.map((e) => e.seq)));
    await Promise.all(Array.from({ length: 30 }, () => issueAt(store)));
    await store.refresh();
    expect(heard).toEqual(Array.from({ length: store.state.seq }, (_, i) => i + 1));
  });

  it('lets two counters swap their citizens within one batch', async () => {
    const store = await bench().open();
    for (const n of ['1', '2']) await done(store, n, { do: 'take', counterId: n });
    const [a, b] = [await issueAt(store), await issueAt(store)];
    await done(store, '1', { do: 'next', counterId: '1' });
    await done(store, '2', { do: 'next', counterId: '2' });
    await Promise.all([
      done(store, '1', { do: 'park', counterId: '1', reason: 'x' }),
      done(store, '2', { do: 'park', counterId: '2', reason: 'x' }),
      done(store, '1', { do: 'call', counterId: '1', ticketId: b.id }),
      done(store, '2', { do: 'call', counterId: '2', ticketId: a.id }),
    ]);
    expect(store.state.counter('1').ticketId).toBe(b.id);
    expect(store.state.counter('2').ticketId).toBe(a.id);
  });

  it('fails the one command that the database refuses, and none of its neighbours', async () => {
    const store = await bench().open();
    await done(store, 'k', { do: 'issue', ticketId: 'same-id', serviceId: 'chung-thuc' });
    // the same ticket id from another command: no rule expects it, only the database can stop it
    const spoilt = await Promise.allSettled([
      issueAt(store),
      store.run({
        do: 'issue',
        id: newId(),
        at: Number.NaN,
        actor: { deviceId: 'k', officerId: null, officerName: null },
        ticketId: 'broken',
        serviceId: 'chung-thuc',
      }),
      issueAt(store),
    ]);
    expect(spoilt.map((s) => s.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(picture(replayLog(await wholeLog(store)))).toEqual(picture(store.state));
    expect((await issueAt(store)).number).toBe(4);
  });

  it('opens a new day without using a number of the old one twice, and never goes back', async () => {
    const store = await bench().open();
    await issueAt(store);
    const tomorrow = MORNING + 86_400_000;
    expect(await issueAt(store, tomorrow)).toMatchObject({ day: '2026-11-24', number: 1 });
    expect(await issueAt(store, MORNING)).toMatchObject({ day: '2026-11-24', number: 2 });
    expect(picture(replayLog(await wholeLog(store)))).toEqual(picture(store.state));
    await store.close();
    expect(picture((await bench().open()).state)).toEqual(picture(store.state));
  });

  if (!hubs) return;

  it('is one hall for several hubs: one order, no citizen called twice, everybody hears everything', async () => {
    const [one, two, three] = [await bench().open(), await bench().open(), await bench().open()];
    const heard: number[] = [];
    three.subscribe((entries) => heard.push(...entries.map((e) => e.seq)));
    for (const n of ['1', '2']) await done(n === '1' ? one : two, n, { do: 'take', counterId: n });
    await Promise.all(Array.from({ length: 60 }, (_, i) => issueAt([one, two, three][i % 3]!)));
    const called: string[] = [];
    const work = async (store: QueueStore, counterId: string) => {
      for (;;) {
        const { ticket } = await done(store, counterId, { do: 'next', counterId });
        if (!ticket) return;
        called.push(ticket.id);
      }
    };
    await Promise.all([work(one, '1'), work(two, '2')]);
    expect(new Set(called).size).toBe(60);
    expect(called).toHaveLength(60);
    await Promise.all([one, two, three].map((s) => s.refresh()));
    expect(picture(one.state)).toEqual(picture(three.state));
    expect(picture(replayLog(await wholeLog(two)))).toEqual(picture(two.state));
    expect(heard).toEqual(Array.from({ length: three.state.seq }, (_, i) => i + 1));
  });

  it('hears of another hub’s call without being asked', async () => {
    const [one, two] = [await bench().open(), await bench().open()];
    const heard = new Promise<string>((resolve) => two.subscribe((entries) => resolve(entries[0]!.action)));
    await issueAt(one);
    expect(await heard).toBe('day');
  });

  it('gives a command that reached two hubs one effect', async () => {
    const [one, two] = [await bench().open(), await bench().open()];
    const id = newId();
    const issue = (store: QueueStore, ticketId: string) =>
      send(store, 'k', { do: 'issue', ticketId, serviceId: 'chung-thuc' }, MORNING, id);
    const [a, b] = await Promise.all([issue(one, 'via-one'), issue(two, 'via-two')]);
    expect(a.answer).toEqual(b.answer);
    expect([a.repeated, b.repeated].filter(Boolean)).toHaveLength(1);
  });
}
