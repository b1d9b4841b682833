import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { businessState, moneyState, paperState, syncState, type Axes, type BusinessState } from '../contract/dossiers.ts';
import { ACTIONS, BUSINESS, ENDED, MONEY, next, OPEN, PAUSED, STATUS_CODE, STATUS_TEXT, SYNC } from './states.ts';

const axesOf = (business: BusinessState, over: Partial<Axes> = {}): Axes => ({
  business,
  money: 'none',
  paper: 'none',
  sync: 'local',
  ...over,
});

/** Written down a second time, by hand, as an officer would say it: which action is possible in which state, and where it leads. */
const EXPECTED = `
draft: discard>discarded register>registered accept>accepted refuse>refused request-supplement>supplement
discarded:
registered: accept>accepted refuse>refused request-supplement>supplement withdraw>withdrawn discontinue>discontinued
accepted: refuse>refused request-supplement>supplement forward>processing coordinate>coordinating request-obligation>obligation withdraw>withdrawn discontinue>discontinued finish>finished
refused:
processing: request-supplement>supplement coordinate>coordinating request-obligation>obligation withdraw>withdrawn discontinue>discontinued finish>finished
coordinating: request-supplement>supplement resume>processing withdraw>withdrawn discontinue>discontinued finish>finished
supplement: receive-supplement>back lapse>lapsed withdraw>withdrawn discontinue>discontinued
obligation: resume>processing withdraw>withdrawn discontinue>discontinued
withdrawn:
discontinued:
lapsed:
finished: hand-over>returned
returned:`
  .trim()
  .split('\n')
  .map((line) => {
    const [state = '', rest = ''] = line.split(':');
    return [
      state as BusinessState,
      new Map(
        rest
          .trim()
          .split(' ')
          .filter(Boolean)
          .map((p) => p.split('>') as [string, string]),
      ),
    ] as const;
  });

describe('the table of states', () => {
  it('is what the officer expects, for every state and every action', () => {
    expect(EXPECTED.map(([s]) => s).sort()).toEqual([...businessState.options].sort());
    for (const [state, allowed] of EXPECTED) {
      for (const action of ACTIONS) {
        const to = BUSINESS[action][state];
        expect(to, `${state} ${action}`).toBe(allowed.get(action));
        const moved = next(axesOf(state), action, { back: 'processing', known: true });
        expect(moved?.business, `${state} ${action}`).toBe(to === 'back' ? 'processing' : to);
      }
    }
  });
  it('leads nowhere out of an end, and to an end from everywhere', () => {
    for (const state of businessState.options) {
      const out = ACTIONS.filter((a) => BUSINESS[a][state] !== undefined);
      expect(out.length === 0, state).toBe(ENDED.has(state));
    }
    for (const start of businessState.options.filter((s) => !ENDED.has(s))) {
      const seen = new Set<BusinessState>([start]);
      for (let grew = true; grew;) {
        grew = false;
        for (const s of seen)
          for (const a of ACTIONS) {
            const to = BUSINESS[a][s];
            if (to !== undefined && to !== 'back' && !seen.has(to)) {
              seen.add(to);
              grew = true;
            }
          }
      }
      expect(
        [...seen].some((s) => ENDED.has(s)),
        start,
      ).toBe(true);
    }
  });
  it('has a provincial code and words for every state, and all ten codes are used', () => {
    expect([...new Set(Object.values(STATUS_CODE))].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const s of businessState.options) expect(STATUS_TEXT[s].length).toBeGreaterThan(2);
    expect(OPEN.every((s) => STATUS_CODE[s] > 1 && STATUS_CODE[s] < 7)).toBe(true);
    expect([...PAUSED].map((s) => STATUS_CODE[s])).toEqual([5, 6]);
  });
});

describe('four axes that move apart', () => {
  it('never lets a business step change the money, nor leave a known axis value', () => {
    for (const business of businessState.options)
      for (const money of moneyState.options)
        for (const paper of paperState.options)
          for (const sync of syncState.options)
            for (const action of ACTIONS)
              for (const known of [true, false]) {
                const before: Axes = { business, money, paper, sync };
                const after = next(before, action, { back: 'accepted', known });
                if (!after) continue;
                expect(after.money).toBe(money);
                expect(paperState.safeParse(after.paper).success).toBe(true);
                expect(syncState.safeParse(after.sync).success).toBe(true);
                if (!known || STATUS_CODE[after.business] === 0) expect(after.sync).toBe(sync);
                else expect(after.sync).toBe('queued');
                if (business === 'draft' && action !== 'accept') expect(after.paper).toBe(paper);
              }
  });
  it('follows the paper: counter, agency, result, citizen', () => {
    let axes: Axes | undefined = axesOf('draft');
    const papers: string[] = [];
    for (const action of ['accept', 'forward', 'request-supplement', 'receive-supplement', 'finish', 'hand-over'] as const) {
      axes = axes && next(axes, action, { back: 'processing', known: true });
      papers.push(`${axes?.business} ${axes?.paper}`);
    }
    expect(papers).toEqual([
      'accepted counter',
      'processing agency',
      'supplement agency',
      'processing agency',
      'finished result-at-counter',
      'returned citizen',
    ]);
  });
  it('takes money once, and gives back only what was taken', () => {
    for (const m of moneyState.options) {
      expect(MONEY.pay[m] === undefined).toBe(m === 'paid' || m === 'refunded');
      expect(MONEY.refund[m] === undefined).toBe(m !== 'paid');
      expect(MONEY.cancel[m] === undefined).toBe(m !== 'paid');
    }
  });
  it('never forgets an acknowledgement to late or doubled news', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('acknowledge', 'reject', 'reconcile') as fc.Arbitrary<'acknowledge' | 'reject' | 'reconcile'>),
        (events) => {
          let at: Axes['sync'] = 'reconciled';
          for (const e of events) at = SYNC[e][at] ?? at;
          expect(at).toBe('reconciled');
        },
      ),
    );
    for (const s of syncState.options) expect(SYNC.queue[s]).toBe('queued');
    expect(SYNC.acknowledge.local).toBeUndefined();
  });
});
