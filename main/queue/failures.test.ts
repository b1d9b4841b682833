import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromVietnam, manualClock, openStore, type Store } from '../store/index.ts';
import { Checker } from '../../tests/soak/queue/checker.ts';
import { random } from '../../tests/soak/queue/random.ts';
import {
  checkSite,
  createQueue,
  migrations,
  sqliteQueueStore,
  trainingSite,
  type Queue,
  type QueueStore,
  type Site,
  type SiteInput,
} from './index.ts';
import { done, issueAt, MORNING, newId, picture, replayLog, send, wholeLog } from './port.suite.ts';
import { chain } from './state.ts';
import type { CommandBody, LogEntry } from './types.ts';

/** Failures that others published, each as a test that would have caught it. Names as in the reference. */

let dir: string;
let store: Store;
let port: QueueStore;
const clock = manualClock(MORNING);
const MINUTE = 60_000;

function open(site: Site = trainingSite): void {
  store = openStore({ file: path.join(dir, 'queue.sqlite'), clock, migrations });
  port = sqliteQueueStore({ store, site });
}
async function reopen(site?: Site): Promise<void> {
  await port.close();
  store.close();
  open(site);
}
const withSite = (change: Partial<SiteInput>): Site => checkSite({ ...trainingSite, ...change });
const act = (counter: string, body: CommandBody, at?: number) => done(port, `officer-${counter}`, body, at);
const next = (counterId: string, at?: number) => act(counterId, { do: 'next', counterId }, at);
const take = (counterId: string) => act(counterId, { do: 'take', counterId });
const refusal = async (counter: string, body: CommandBody, at?: number): Promise<string> => {
  const { answer } = await send(port, `officer-${counter}`, body, at);
  return 'refused' in answer ? answer.refused : 'was done';
};

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'quay-failures-'));
  clock.set(MORNING);
  open();
});
afterEach(async () => {
  await port.close();
  store.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('published failures', () => {
  it('ZMSKVR-1138, TheQ #34: two desks do not get the same citizen, by "next" or by name; the loser of "next" gets the next one', async () => {
    const [a, b] = [await issueAt(port), await issueAt(port)];
    await take('1');
    await take('2');
    const [first, second] = await Promise.all([next('1'), next('2')]);
    expect([first.ticket?.id, second.ticket?.id]).toEqual([a.id, b.id]);
    const c = await issueAt(port);
    const [won, lost] = await Promise.all([
      send(port, 'officer-1', { do: 'call', counterId: '1', ticketId: c.id }),
      send(port, 'officer-2', { do: 'call', counterId: '2', ticketId: c.id }),
    ]);
    expect(won.answer).toMatchObject({ ticket: { id: c.id } });
    expect(lost.answer).toMatchObject({ refused: 'called-elsewhere' });
  });

  it('ZMSKVR-1363, ZMS-2328: a shaken kiosk button gives one ticket and one paper', async () => {
    const papers: string[] = [];
    const queue: Queue = createQueue({
      store: port,
      clock,
      monotonic: () => clock.now(),
      print: async (t, { key }) => (papers.push(`${t.text} ${key}`), 'printed'),
    });
    const press = { commandId: newId(), serviceId: 'chung-thuc' };
    const answers = await Promise.all(Array.from({ length: 7 }, () => queue.issue({ role: 'kiosk', deviceId: 'kiosk' }, press)));
    await queue.close();
    expect(new Set(answers.map((a) => ('ticketId' in a ? a.ticketId : 'refused'))).size).toBe(1);
    expect(papers).toHaveLength(1);
    expect(port.state.tickets.size).toBe(1);
  });

  it('ZMSKVR-1034: a citizen who was absent can be called from the list, and the board shows it', async () => {
    const a = await issueAt(port);
    await take('1');
    await next('1');
    await act('1', { do: 'no-show', counterId: '1' });
    await act('1', { do: 'call', counterId: '1', ticketId: a.id });
    expect(port.state.calls.map((c) => c.ticketId)).toEqual([a.id, a.id]);
    expect(port.state.tickets.get(a.id)).toMatchObject({ state: 'called', misses: 1 });
  });

  it('ZMSKVR-1061: an appointment or a ticket keeps its place when it is edited, parked, transferred or forwarded', async () => {
    const at = MORNING + 10 * MINUTE;
    const booked = (await done(port, 'k', { do: 'issue', ticketId: newId(), serviceId: 'chung-thuc', appointment: { code: 'A-1', at } }))
      .ticket!;
    const early = await issueAt(port, MORNING);
    await take('1');
    await take('3');
    for (const ticket of [booked, early]) {
      await act('1', { do: 'prioritise', counterId: '1', ticketId: ticket.id, reason: 'cao-tuoi' }, at);
      await act('1', { do: 'transfer', counterId: '1', ticketId: ticket.id, target: { to: 'service', serviceId: 'cu-tru' } }, at);
      await act('1', { do: 'park', counterId: '1', ticketId: ticket.id, reason: 'tờ khai' }, at);
      await act('1', { do: 'resume', counterId: '1', ticketId: ticket.id }, at);
      expect(port.state.tickets.get(ticket.id)).toMatchObject({
        since: ticket.since,
        issuedAt: ticket.issuedAt,
        number: ticket.number,
        serviceId: 'cu-tru',
      });
    }
    for (let i = 0; i < 5; i += 1) await issueAt(port, MORNING + 9 * MINUTE, 'cu-tru');
    expect((await next('3', at)).ticket?.id).toBe(early.id);
    expect((await next('3', at)).ticket?.id).toBe(booked.id);
  });

  it('ZMS-3258: "next" never brings back who is parked or was absent; they come back only by name', async () => {
    const [a, b] = [await issueAt(port), await issueAt(port)];
    await take('1');
    await next('1');
    await act('1', { do: 'park', counterId: '1', reason: 'tờ khai' });
    await next('1');
    await act('1', { do: 'no-show', counterId: '1' });
    for (const late of [0, 5 * MINUTE, 4 * 60 * MINUTE]) expect((await next('1', MORNING + late)).ticket).toBeUndefined();
    expect([a, b].map((t) => port.state.tickets.get(t.id)?.state)).toEqual(['parked', 'no-show']);
  });

  it('FQM #10: whenever somebody waits whom a counter can serve, "next" calls somebody', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 }), async (seed) => {
        const dice = random(seed);
        await reopen();
        for (const { id } of trainingSite.counters) await take(id);
        for (let i = 0; i < 40; i += 1) {
          const { id } = dice.pick(trainingSite.counters);
          if (dice.chance(0.4)) await issueAt(port, MORNING + i, dice.pick(trainingSite.services).id);
          else if (dice.chance(0.3))
            await send(port, `officer-${id}`, {
              do: 'transfer',
              counterId: id,
              target: { to: 'counter', counterId: dice.pick(trainingSite.counters).id },
            });
          else {
            const mine = trainingSite.counters.find((c) => c.id === id)!.services;
            const waiting = [...port.state.tickets.values()].filter(
              (t) =>
                ['waiting', 'transferred'].includes(t.state) &&
                (t.target?.to === 'counter' ? t.target.counterId === id : mine.includes(t.serviceId)),
            );
            const { ticket } = await next(id, MORNING + i);
            expect(ticket === undefined).toBe(waiting.length === 0);
          }
        }
      }),
      { numRuns: 12 },
    );
  });

  it('MADO #21: a number whose paper did not come out is not lost and not given again', async () => {
    const a = await issueAt(port);
    await done(port, 'hub', { do: 'printed', ticketId: a.id, print: 'failed' });
    await reopen();
    expect(port.state.tickets.get(a.id)).toMatchObject({ print: 'failed', number: 1, state: 'waiting' });
    await done(port, 'hub', { do: 'printed', ticketId: a.id, print: 'queued', reprint: true });
    await done(port, 'hub', { do: 'printed', ticketId: a.id, print: 'printed', reprint: true });
    expect(port.state.tickets.get(a.id)).toMatchObject({ print: 'printed', number: 1, reprints: 1 });
    expect((await issueAt(port)).number).toBe(2);
  });

  it('MADO 2026-07, TheQ "move back 11 hours": the day is Vietnam’s, whatever zone the system thinks it is in', async () => {
    const before = process.env['TZ'];
    try {
      for (const zone of ['Pacific/Kiritimati', 'America/Los_Angeles', 'UTC', 'Asia/Ho_Chi_Minh']) {
        process.env['TZ'] = zone;
        const day = zone === 'Pacific/Kiritimati' ? 23 : zone === 'America/Los_Angeles' ? 24 : zone === 'UTC' ? 25 : 26;
        const late = await issueAt(port, fromVietnam(`2026-11-${day}`, '23:59:59'));
        const early = await issueAt(port, fromVietnam(`2026-11-${day + 1}`, '00:00:00'));
        expect([late.day, early.day, early.number]).toEqual([`2026-11-${day}`, `2026-11-${day + 1}`, 1]);
      }
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  });
});

describe('numbers', () => {
  it('are not used again when a backup is put back, also those that kiosks hold', async () => {
    for (let i = 0; i < 5; i += 1) await issueAt(port);
    const file = path.join(dir, 'queue.sqlite');
    const saved = path.join(dir, 'saved.sqlite');
    await store.backup(saved);
    const lost = [await issueAt(port), await issueAt(port)];
    const { lease } = await done(port, 'kiosk', { do: 'lease', leaseId: 'lease-lost', size: 10 });
    await port.close();
    store.close();
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
    const { copyFileSync } = await import('node:fs');
    copyFileSync(saved, file);
    open();
    expect((await issueAt(port)).number).toBe(lost.at(-1)!.number + 1);
    const again = await done(port, 'kiosk', { do: 'lease', leaseId: 'lease-new', size: 10 });
    expect(again.lease!.blocks[0]!.from).toBeGreaterThan(lease!.blocks[0]!.to);
    // and the kiosk's papers from the forgotten lease still count
    const { from } = lease!.blocks[0]!;
    const merged = await done(port, 'kiosk', {
      do: 'merge',
      leaseId: 'lease-lost',
      day: lease!.day,
      ticket: { ticketId: newId(), press: newId(), serviceId: 'chung-thuc', number: from, issuedAt: MORNING, print: 'printed' },
    });
    expect(merged.ticket).toMatchObject({ number: from, state: 'waiting' });
  });

  it('merge what a kiosk gave alone, once, and without a second ticket for the same press', async () => {
    const press = newId();
    // the hub answered the press, but the kiosk did not hear it and took a number of its own
    const ours = (await done(port, 'kiosk', { do: 'issue', ticketId: newId(), serviceId: 'chung-thuc' }, MORNING, press)).ticket!;
    const { lease } = await done(port, 'kiosk', { do: 'lease', leaseId: 'lease-1', size: 10 });
    const { from } = lease!.blocks[0]!;
    const merge = (n: number, id: string, at = MORNING): Promise<unknown> =>
      send(
        port,
        'kiosk',
        {
          do: 'merge',
          leaseId: 'lease-1',
          day: lease!.day,
          ticket: { ticketId: newId(), press: id, serviceId: 'chung-thuc', number: n, issuedAt: at, print: 'printed' },
        },
        MORNING + 10 * MINUTE,
      );
    expect(await merge(from, press, MORNING + MINUTE)).toMatchObject({
      answer: { ticket: { number: from, state: 'waiting', issuedAt: MORNING + MINUTE } },
    });
    expect(port.state.tickets.get(ours.id)?.state).toBe('cancelled');
    expect(await merge(from, newId())).toMatchObject({ answer: { refused: 'number-used' } });
    expect(await merge(from + 50, newId())).toMatchObject({ answer: { refused: 'not-leased' } });
    // the request that was on its way all the time
    const late = newId();
    expect(await merge(from + 1, late)).toMatchObject({ answer: { ticket: { number: from + 1 } } });
    expect(
      (await done(port, 'kiosk', { do: 'issue', ticketId: newId(), serviceId: 'chung-thuc' }, MORNING + 11 * MINUTE, late)).ticket,
    ).toMatchObject({ number: from + 1 });
    // the numbers of the day go round the block
    const site = withSite({ leaseFrom: 4 });
    await reopen(site);
    await done(port, 'kiosk', { do: 'lease', leaseId: 'lease-2', size: 10 });
  });

  it('settle the open tickets at the end of the day as the site decided', async () => {
    const tomorrow = MORNING + 24 * 60 * MINUTE;
    for (const [dayEnd, waiting, parked] of [
      ['close', 'cancelled', 'cancelled'],
      ['hold', 'carried-over', 'carried-over'],
      ['keep', 'waiting', 'waiting'],
    ] as const) {
      rmSync(dir, { recursive: true, force: true });
      await reopen(withSite({ dayEnd, id: dayEnd }));
      const [a, b, c, d, e] = [await issueAt(port), await issueAt(port), await issueAt(port), await issueAt(port), await issueAt(port)];
      await take('1');
      await take('2');
      await act('1', { do: 'park', counterId: '1', ticketId: e.id, reason: 'x' });
      await next('1');
      await act('1', { do: 'no-show', counterId: '1' });
      await next('1');
      await act('1', { do: 'start', counterId: '1' });
      await next('2');
      const log = async () => new Map((await wholeLog(port)).filter((x) => x.ticketId !== null).map((x) => [x.ticketId!, x.to]));
      expect(await issueAt(port, tomorrow)).toMatchObject({ number: 1, day: '2026-11-24' });
      const after = await log();
      expect([a, b, c, d, e].map((t) => after.get(t.id))).toEqual(['no-show', 'done', 'no-show', waiting, parked]);
      expect(picture(replayLog(await wholeLog(port)))).toEqual(picture(port.state));
      const before = picture(port.state);
      await reopen(withSite({ dayEnd, id: dayEnd }));
      expect(picture(port.state)).toEqual(before);
      await take('1');
      if (dayEnd === 'hold') {
        await act('1', { do: 'resume', counterId: '1', ticketId: d.id }, tomorrow);
        expect((await next('1', tomorrow)).ticket).toMatchObject({ id: d.id, number: 4, day: '2026-11-23', issuedAt: MORNING });
      }
      if (dayEnd === 'keep') expect((await next('1', tomorrow)).ticket).toMatchObject({ id: d.id, number: 4 });
    }
  });
});

describe('the clock', () => {
  const caller = (n: number) => ({
    role: 'officer' as const,
    deviceId: `d${n}`,
    officer: { id: `o${n}`, name: 'Cán bộ', title: '', duties: [] },
  });

  it('that jumps by a day while citizens wait does not throw them out; a confirmed jump counts', async () => {
    let mono = 0;
    const queue = createQueue({ store: port, clock, monotonic: () => mono, print: async () => 'printed' });
    const kiosk = { role: 'kiosk' as const, deviceId: 'k' };
    const press = () => queue.issue(kiosk, { commandId: newId(), serviceId: 'chung-thuc' });
    await queue.takeCounter(caller(1), { commandId: newId(), counterId: '1' });
    await press();
    for (const jump of [1, -1]) {
      mono += 1000;
      clock.set(MORNING + jump * 24 * 60 * MINUTE);
      expect(await press()).toMatchObject({ businessDay: '2026-11-23' });
      expect((await queue.live.desk('1').next()).value).toMatchObject({ snapshot: { clockDoubt: true, waitingHall: jump === 1 ? 2 : 3 } });
    }
    clock.set(MORNING + 24 * 60 * MINUTE);
    queue.confirmClock();
    expect(await press()).toMatchObject({ businessDay: '2026-11-24', number: 1 });
    await queue.close();
  });

  it('that wakes from a quiet night is believed', async () => {
    let mono = 0;
    const queue = createQueue({ store: port, clock, monotonic: () => mono, print: async () => 'printed' });
    await queue.issue({ role: 'kiosk', deviceId: 'k' }, { commandId: newId(), serviceId: 'chung-thuc' });
    mono += 11 * MINUTE;
    clock.advance(24 * 60 * MINUTE);
    expect(await queue.issue({ role: 'kiosk', deviceId: 'k' }, { commandId: newId(), serviceId: 'chung-thuc' })).toMatchObject({
      businessDay: '2026-11-24',
    });
    await queue.close();
  });
});

describe('the log', () => {
  it('cannot be changed or shortened through the database', async () => {
    await issueAt(port);
    expect(() => store.db.prepare(`update queue_log set officer = 'nobody'`).run()).toThrow(/append-only/);
    expect(() => store.db.prepare('delete from queue_log').run()).toThrow(/append-only/);
  });

  it('gives the simulator’s checker something to find when it is tampered with', async () => {
    await take('1');
    await take('2');
    for (let i = 0; i < 3; i += 1) await issueAt(port, MORNING + i * 20 * MINUTE);
    await next('1', MORNING + 70 * MINUTE);
    await next('2', MORNING + 70 * MINUTE);
    const log = await wholeLog(port);
    const found = (change: (log: LogEntry[]) => void): string => {
      const copy = structuredClone(log);
      change(copy);
      let hash = '0'.repeat(64);
      const sealed = copy.map((e) => ({ ...e, hash: (hash = chain(hash, e)) }));
      const checker = new Checker(trainingSite);
      for (const entry of sealed) checker.hear(entry);
      return checker.violations.join(' ');
    };
    const mutable = (e: LogEntry) => e as { -readonly [K in keyof LogEntry]: LogEntry[K] };
    const calls = log.flatMap((e, i) => (e.action === 'call' ? [i] : []));
    const issues = log.flatMap((e, i) => (e.action === 'issue' ? [i] : []));
    expect(found(() => {})).toBe('');
    expect(found((l) => void (mutable(l[issues[1]!]!).ticket = { ...l[issues[1]!]!.ticket, number: 1 }))).toMatch(/I1/);
    expect(found((l) => void (mutable(l[calls[1]!]!).ticketId = l[calls[0]!]!.ticketId))).toMatch(/I2/);
    expect(found((l) => void (mutable(l[calls[1]!]!).ticket = { ...l[calls[1]!]!.ticket, counterId: '1' }))).toMatch(/I3/);
    expect(found((l) => void (mutable(l[calls[0]!]!).ticketId = l[issues[2]!]!.ticketId))).toMatch(/I4.*I5/);
    expect(found((l) => void (mutable(l[calls[0]!]!).ticket = { ...l[calls[0]!]!.ticket, number: 9 }))).toMatch(/I11/);
    expect(found((l) => void (mutable(l[calls[0]!]!).day = '2020-01-01'))).toMatch(/I12/);
    const checker = new Checker(trainingSite);
    for (const entry of log) checker.hear(entry.seq === 4 ? { ...entry, officer: 'somebody else' } : entry);
    expect(checker.violations.join()).toMatch(/I13: chain broken at 4/);
  });

  it('refuses what is not in the table, and says what to do', async () => {
    const a = await issueAt(port);
    await take('1');
    expect(await refusal('1', { do: 'resume', counterId: '1', ticketId: a.id })).toBe('not-in-this-state');
    expect(await refusal('1', { do: 'call', counterId: '1', ticketId: 'nobody' })).toBe('unknown-ticket');
    expect(await refusal('1', { do: 'prioritise', counterId: '1', ticketId: a.id, reason: 'bạn bè' })).toBe('unknown-reason');
    expect(await refusal('1', { do: 'transfer', counterId: '1', ticketId: a.id, target: { to: 'service', serviceId: 'x' } })).toBe(
      'unknown-service',
    );
    await next('1');
    expect(await refusal('1', { do: 'leave', counterId: '1' })).toBe('finish-first');
    await act('1', { do: 'start', counterId: '1' });
    expect(await refusal('1', { do: 'no-show', counterId: '1' })).toBe('not-in-this-state');
    expect(await refusal('1', { do: 'cancel', counterId: '1', ticketId: a.id, reason: 'x' })).toBe('not-in-this-state');
  });
});
