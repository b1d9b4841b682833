import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromVietnam } from '../store/index.ts';
import { readAppointment } from './appointment.ts';
import { isOpen } from './hours.ts';
import {
  appointmentSince,
  byArrival,
  choose,
  isActive,
  isClosed,
  isWaiting,
  nextState,
  score,
  STATES,
  TRANSITIONS,
  UNDOABLE,
  type Action,
  type Queued,
  type RuleContext,
} from './rules.ts';
import { checkSite, ruleSchema, trainingSite, type Rule } from './site.ts';

const MINUTE = 60_000;
const NOW = fromVietnam('2026-11-23', '10:00');
const headStart: Rule = { kind: 'head-start', priorityMinutes: 15, appointmentMinutes: 10 };
const accumulating: Rule = { kind: 'accumulating', priorityRate: 4, appointmentRate: 2 };
const context = (rule: Rule, starvationMinutes = 90): RuleContext => ({
  rule,
  starvationMinutes,
  earlyMinutes: 15,
  targetMinutes: (id) => (id === 'slow' ? 40 : 20),
});

const ticket = fc
  .record({
    since: fc.integer({ min: NOW - 80 * MINUTE, max: NOW }),
    priority: fc.constantFrom(null, 'cao-tuoi'),
    booked: fc.boolean(),
    serviceId: fc.constantFrom('quick', 'slow'),
    seq: fc.integer({ min: 1, max: 1_000_000 }),
  })
  .map(({ booked, ...t }): Queued => ({ ...t, day: '2026-11-23', appointmentAt: booked ? t.since : null }));
const tickets = fc.uniqueArray(ticket, { minLength: 1, maxLength: 40, selector: (t) => t.seq });
const rules = fc.constantFrom(headStart, accumulating);

describe('the table of transitions', () => {
  // written out by hand from the requirement, so that a slip in the table shows
  const allowed = `
    issue:nothing>waiting
    call:waiting>called call:transferred>called
    pick:waiting>called pick:transferred>called
    call-back:parked>called call-back:no-show>called
    recall:called>called
    start:called>serving
    finish:called>done finish:serving>done
    no-show:called>no-show
    park:waiting>parked park:transferred>parked park:called>parked park:serving>parked
    resume:parked>waiting resume:no-show>waiting resume:carried-over>waiting
    transfer:waiting>transferred transfer:transferred>transferred transfer:called>transferred transfer:serving>transferred transfer:parked>transferred
    cancel:waiting>cancelled cancel:transferred>cancelled cancel:called>cancelled cancel:parked>cancelled cancel:no-show>cancelled cancel:carried-over>cancelled
    prioritise:waiting>waiting prioritise:transferred>transferred prioritise:parked>parked prioritise:no-show>no-show prioritise:carried-over>carried-over
    carry-over:waiting>carried-over carry-over:transferred>carried-over carry-over:parked>carried-over`
    .trim()
    .split(/\s+/);

  it('allows exactly what was decided, for every action in every state', () => {
    const actions = Object.keys(TRANSITIONS) as Action[];
    const found: string[] = [];
    for (const action of actions) {
      for (const from of ['nothing', ...STATES] as const) {
        const to = nextState(action, from);
        if (to !== undefined) found.push(`${action}:${from}>${to}`);
      }
    }
    expect(new Set(found)).toEqual(new Set(allowed));
    expect(found).toHaveLength(allowed.length);
  });

  it('lets nothing happen to a closed ticket, and everything else reach an end', () => {
    for (const state of STATES) {
      const ways = (Object.keys(TRANSITIONS) as Action[]).flatMap((a) => nextState(a, state) ?? []);
      if (isClosed(state)) expect(ways).toEqual([]);
      else expect(ways.length).toBeGreaterThan(0);
    }
    const reach = new Set(['done', 'cancelled']);
    for (let i = 0; i < STATES.length; i += 1)
      for (const s of STATES) if (Object.keys(TRANSITIONS).some((a) => reach.has(nextState(a as Action, s) ?? ''))) reach.add(s);
    expect(reach.size).toBe(STATES.length);
  });

  it('sorts every state into waiting, held, aside or closed', () => {
    for (const s of STATES) expect([isWaiting(s), isActive(s), isClosed(s)].filter(Boolean).length).toBeLessThanOrEqual(1);
    expect(UNDOABLE).not.toContain('issue');
  });
});

describe('the calling rule', () => {
  it('calls the same ticket whatever the order in which they are looked at', () => {
    fc.assert(
      fc.property(tickets, rules, fc.integer(), (all, rule, salt) => {
        const shuffled = all.toSorted((a, b) => ((a.seq * 31 + salt) % 97) - ((b.seq * 31 + salt) % 97));
        expect(choose(shuffled, context(rule), NOW)).toBe(choose(all, context(rule), NOW));
      }),
    );
  });

  it('needs only the earliest of each kind: the choice among heads is the choice among all', () => {
    fc.assert(
      fc.property(tickets, rules, fc.integer({ min: 20, max: 100 }), (all, rule, guard) => {
        const heads = new Map<string, Queued>();
        for (const t of all.toSorted(byArrival)) {
          const kind = `${t.serviceId} ${t.priority} ${t.appointmentAt !== null}`;
          if (!heads.has(kind)) heads.set(kind, t);
        }
        expect(choose(heads.values(), context(rule, guard), NOW)).toBe(choose(all, context(rule, guard), NOW));
      }),
    );
  });

  it('head start: nobody is overtaken by somebody who came more than the head start later', () => {
    fc.assert(
      fc.property(tickets, (all) => {
        const called = choose(all, context(headStart), NOW)!;
        for (const t of all) expect(called.since - t.since).toBeLessThanOrEqual(15 * MINUTE);
      }),
    );
  });

  it('head start: among equals first come, first served', () => {
    fc.assert(
      fc.property(tickets, (all) => {
        const equal = all.map((t) => ({ ...t, priority: null, appointmentAt: null }));
        expect(choose(equal, context(headStart), NOW)).toBe(equal.toSorted(byArrival)[0]);
      }),
    );
  });

  it('starvation guard: whoever has waited longer goes first, the oldest of them before all', () => {
    fc.assert(
      fc.property(tickets, rules, fc.integer({ min: 1, max: 79 }), (all, rule, guard) => {
        const starving = all.filter((t) => NOW - t.since > guard * MINUTE).toSorted(byArrival);
        const called = choose(all, context(rule, guard), NOW);
        if (starving.length > 0) expect(called).toBe(starving[0]);
      }),
    );
  });

  it('accumulating priority: priority counts in proportion to the wait, so it cannot jump a queue from nothing', () => {
    const old: Queued = { since: NOW - 20 * MINUTE, priority: null, appointmentAt: null, serviceId: 'quick', day: '2026-11-23', seq: 1 };
    const young = { ...old, seq: 2, priority: 'cao-tuoi' };
    expect(choose([old, { ...young, since: NOW - 4 * MINUTE }], context(accumulating), NOW)).toBe(old);
    expect(choose([old, { ...young, since: NOW - 6 * MINUTE }], context(accumulating), NOW)?.seq).toBe(2);
    // the same wait weighs more where the target is shorter
    expect(score(old, accumulating, 20, 15, NOW)).toBe(2 * score(old, accumulating, 40, 15, NOW));
  });

  it('counts an appointment from the booked time, and keeps an early citizen behind until it is near', () => {
    expect(appointmentSince(NOW, NOW - 40 * MINUTE, 15)).toBe(NOW);
    expect(appointmentSince(NOW, NOW + 15 * MINUTE, 15)).toBe(NOW);
    expect(appointmentSince(NOW, NOW + 16 * MINUTE, 15)).toBeUndefined();
    const walkIn: Queued = { since: NOW - MINUTE, priority: null, appointmentAt: null, serviceId: 'quick', day: '2026-11-23', seq: 2 };
    const booked = (minutesAhead: number): Queued => ({
      ...walkIn,
      seq: 1,
      since: NOW + minutesAhead * MINUTE,
      appointmentAt: NOW + minutesAhead * MINUTE,
    });
    expect(choose([walkIn, booked(20)], context(headStart), NOW)).toBe(walkIn);
    expect(choose([walkIn, booked(5)], context(headStart), NOW)?.seq).toBe(1);
    expect(choose([booked(20)], context(headStart), NOW)?.seq).toBe(1);
  });

  it('does not offer strict priority', () => {
    expect(() => ruleSchema.parse({ kind: 'strict' })).toThrow(/kind/);
  });
});

describe('a site', () => {
  it('says each mistake', () => {
    const bad = structuredClone(trainingSite);
    bad.counters[0]!.services = ['nothing'];
    bad.counters[1]!.id = '3';
    bad.services[0]!.series = 'B';
    expect(() => checkSite(bad)).toThrow(/series "B" stands twice.*counter "3" stands twice.*serves "nothing"/);
  });

  it('is open in its hours, in Vietnam, whatever the system says', () => {
    const site = checkSite({ ...trainingSite, hours: [{ from: '07:30', to: '11:30' }], weekdays: [1, 2, 3, 4, 5] });
    const at = (day: string, time: string) => isOpen(site, site.services[0], fromVietnam(day, time));
    expect([
      at('2026-11-23', '07:29'),
      at('2026-11-23', '07:30'),
      at('2026-11-23', '11:29'),
      at('2026-11-23', '11:30'),
      at('2026-11-22', '09:00'),
    ]).toEqual([false, true, true, false, false]);
  });

  it('reads appointment slips, and nothing that only looks like one', () => {
    expect(readAppointment(trainingSite, 'A-20261123-0930-7KQ2')).toEqual({
      code: 'A-20261123-0930-7KQ2',
      serviceId: 'chung-thuc',
      at: fromVietnam('2026-11-23', '09:30'),
    });
    for (const code of ['Z-20261123-0930-7KQ2', 'A-20261123-2530-7KQ2', 'A-20261123-0930', '', 'A-20261399-0930-7KQ2'])
      expect(readAppointment(trainingSite, code)).toBeUndefined();
  });
});
