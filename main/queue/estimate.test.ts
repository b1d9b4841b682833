import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { run } from '../../tests/bench/estimate.bench.ts';
import { learn, range, replay, type Desk, type ReplayInput, type WaitingLine } from './estimate.ts';
import { byArrival, type Queued, type RuleContext } from './rules.ts';

const MINUTE = 60_000;
const NOW = 10 * 60 * MINUTE;
const DAY = [{ from: 0, to: 24 * 60 * MINUTE }];
const context: RuleContext = {
  rule: { kind: 'head-start', priorityMinutes: 15, appointmentMinutes: 15 },
  starvationMinutes: 90,
  earlyMinutes: 15,
  targetMinutes: () => 20,
};
const desk = (id: string, more: Partial<Desk> = {}): Desk => ({
  id,
  services: new Set(['a', 'b']),
  addressees: [],
  open: true,
  busy: null,
  spans: DAY,
  ...more,
});
const citizen = (seq: number, serviceId = 'a', more: Partial<Queued> = {}): Queued => ({
  since: NOW - 10 * MINUTE + seq,
  priority: null,
  appointmentAt: null,
  serviceId,
  day: '2026-11-23',
  seq,
  ...more,
});
const line = (tickets: Queued[], serviceId = 'a'): WaitingLine<Queued> => ({ serviceId, addressee: '', tickets });
const input = (more: Partial<ReplayInput<Queued>>): ReplayInput<Queued> => ({
  now: NOW,
  lines: [],
  desks: [desk('1')],
  context,
  time: () => ({ mean: 10, square: 150 }),
  noShow: 0,
  noShowMinutes: 1,
  probes: ['a'],
  priorityShare: 0,
  ...more,
});

describe('the wait, by playing the desks forward', () => {
  it('is nothing where somebody sits idle, and unknown where nobody will come', () => {
    expect(replay(input({})).probes.get('a')?.mid).toBe(0);
    expect(replay(input({ desks: [] })).probes.get('a')).toBeUndefined();
    expect(replay(input({ desks: [desk('1', { services: new Set(['b']) })] })).probes.get('a')).toBeUndefined();
    expect(
      replay(input({ desks: [desk('1', { open: false, spans: [{ from: 0, to: 11 * 60 * MINUTE }] })] })).probes.get('a'),
    ).toBeUndefined();
  });

  it('counts the rest of who is served, those before, and the desks', () => {
    const busy = { serviceId: 'a', since: NOW - 4 * MINUTE };
    expect(replay(input({ desks: [desk('1', { busy })] })).probes.get('a')?.mid).toBe(6);
    // however long it has taken already, it is not over yet
    expect(replay(input({ desks: [desk('1', { busy: { serviceId: 'a', since: NOW - 60 * MINUTE } })] })).probes.get('a')?.mid).toBe(1.5);
    const queue = [line([citizen(1), citizen(2), citizen(3)])];
    expect(replay(input({ desks: [desk('1', { busy })], lines: queue })).probes.get('a')?.mid).toBe(36);
    expect(replay(input({ desks: [desk('1', { busy }), desk('2', { busy })], lines: queue })).probes.get('a')?.mid).toBe(16);
  });

  it('knows the roster: at lunch nobody is called, and a chair that will be taken is waited for', () => {
    const lunch = [
      { from: 0, to: NOW + 5 * MINUTE },
      { from: NOW + 65 * MINUTE, to: 24 * 60 * MINUTE },
    ];
    expect(replay(input({ desks: [desk('1', { spans: lunch })], lines: [line([citizen(1)])] })).probes.get('a')?.mid).toBe(65);
    expect(replay(input({ desks: [desk('1', { open: false, spans: lunch })] })).probes.get('a')?.mid).toBe(65);
  });

  it('follows the configured order: priority shortens the wait of who has it, and the others pay', () => {
    const plain = replay(input({ desks: [desk('1', { busy: { serviceId: 'a', since: NOW } })], lines: [line([citizen(1), citizen(2)])] }));
    const last = citizen(3, 'a', { priority: 'cao-tuoi', since: NOW });
    const other = [citizen(1), citizen(2)];
    const mixed = replay(input({ desks: [desk('1', { busy: { serviceId: 'a', since: NOW } })], lines: [line(other), line([last])] }));
    expect(mixed.tickets.get(last)?.mid).toBe(10);
    expect(mixed.tickets.get(other[1]!)!.mid).toBeGreaterThan(Math.max(...[...plain.tickets.values()].map((e) => e.mid)) - 1e-9);
  });

  it('never promises a later citizen of the same kind an earlier call, and has its middle inside its interval', () => {
    const queues = fc.array(fc.constantFrom('a', 'b'), { maxLength: 30 }).map((services) => services.map((s, i) => citizen(i + 1, s)));
    const desks = fc.array(fc.record({ busy: fc.boolean(), skill: fc.constantFrom('a', 'b', 'ab') }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(queues, desks, (waiting, rows) => {
        const result = replay(
          input({
            lines: ['a', 'b'].map((s) =>
              line(
                waiting.filter((t) => t.serviceId === s),
                s,
              ),
            ),
            desks: rows.map((r, i) =>
              desk(String(i), { services: new Set(r.skill), busy: r.busy ? { serviceId: 'a', since: NOW - MINUTE } : null }),
            ),
            probes: ['a', 'b'],
          }),
        );
        for (const s of ['a', 'b']) {
          const mids = waiting
            .filter((t) => t.serviceId === s)
            .toSorted(byArrival)
            .map((t) => result.tickets.get(t)?.mid ?? Infinity);
          for (let i = 1; i < mids.length; i += 1) expect(mids[i]).toBeGreaterThanOrEqual(mids[i - 1]!);
          const probe = result.probes.get(s)?.mid;
          if (probe !== undefined && mids.length > 0) expect(probe).toBeGreaterThanOrEqual(mids.at(-1)!);
        }
        for (const e of result.tickets.values()) {
          expect(e.low).toBeLessThanOrEqual(e.mid);
          expect(e.high).toBeGreaterThanOrEqual(e.mid);
        }
      }),
    );
  });

  it('learns the mean from what it sees, and forgets slowly', () => {
    let piece = { mean: 5, square: 40, count: 0 };
    for (let i = 0; i < 200; i += 1) piece = learn(piece, 12 * MINUTE);
    expect(piece.mean).toBeCloseTo(12, 0);
    expect(learn(piece, 200 * MINUTE).mean).toBeLessThan(16);
  });

  it('is shown as a range in whole minutes, in fives from ten on, and never as one number', () => {
    expect(range({ low: 0, mid: 0, high: 0 })).toEqual({ fromMinutes: 0, toMinutes: 2 });
    expect(range({ low: 3.4, mid: 5, high: 8.2 })).toEqual({ fromMinutes: 3, toMinutes: 9 });
    expect(range({ low: 13, mid: 19, high: 26 })).toEqual({ fromMinutes: 10, toMinutes: 30 });
    expect(range(undefined)).toBeUndefined();
    fc.assert(
      fc.property(fc.double({ min: 0, max: 300, noNaN: true }), fc.double({ min: 0, max: 100, noNaN: true }), (low, width) => {
        const shown = range({ low, mid: low + width / 2, high: low + width })!;
        expect(shown.fromMinutes).toBeLessThanOrEqual(low);
        expect(shown.toMinutes).toBeGreaterThanOrEqual(low + width);
        expect(shown.toMinutes).toBeGreaterThan(shown.fromMinutes);
      }),
    );
  });

  it('is clearly better than "as long as the last one waited" on simulated days', async () => {
    const result = await run({ json: true, args: ['--days', '3'] });
    expect(result['maeRatio']).toBeLessThan(0.7);
    expect(result['biasMinutes']).toBeLessThan(3);
  });
});
