import { afterEach, describe, expect, it } from 'vitest';
import { sampleDossier } from '../../tests/delivery/sample.ts';
import { setup, type Bench } from '../../tests/delivery/setup.ts';
import { fromVietnam, manualClock } from '../store/index.ts';
import type { Timers } from './backoff.ts';
import type { Delivery } from './delivery.ts';
import { ProvinceProblem } from './problems.ts';
import { bulkOpenedAt } from './sender.ts';
import { STUCK_MS } from './stuck.ts';
import type { Transport } from './transport.ts';
import { summaryTone } from './words.ts';

const START = fromVietnam('2026-11-23', '08:00');
const MINUTE = 60_000;
let bench: Bench;
afterEach(async () => {
  const closing = bench.close();
  for (const end of release.splice(0)) end();
  await closing;
});
const put = (d: Delivery, id: string, change: object = {}) => bench.store.transaction(() => d.enqueue(sampleDossier(id, [], change)));

/** Requests that nobody answers, until the test is over. */
const release: (() => void)[] = [];
const silence = () => new Promise<never>((_resolve, reject) => void release.push(() => reject(new ProvinceProblem('line', 'over', {}))));
/** A wire that takes a request and never answers, or breaks at once; a clock moved by hand. */
async function quietCounter(wire: 'silent' | 'broken', bulk: object = {}) {
  const clock = manualClock(START);
  bench = await setup({ clock });
  let asked = 0;
  const d = bench.open(
    { bulk },
    {
      transport: {
        send() {
          asked += 1;
          return wire === 'silent' ? silence() : Promise.reject(new ProvinceProblem('line', 'no line', { reasonCode: 'ECONNREFUSED' }));
        },
        close: () => undefined,
      },
    },
  );
  return { clock, d, asked: () => asked };
}
async function until(what: () => boolean): Promise<void> {
  for (let i = 0; i < 2_000 && !what(); i += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(what()).toBe(true);
}

describe('nothing silently stuck', () => {
  it('raises the alarm when something is unsent for half an hour with the line up, and says why and what to do', async () => {
    const { clock, d, asked } = await quietCounter('silent');
    expect(d.summary()).toMatchObject({ tone: 'ok', alert: null });
    clock.set(START + 5 * MINUTE);
    put(d, 'a1');
    await until(() => asked() > 0);
    clock.set(START + 5 * MINUTE + STUCK_MS - 1);
    expect(d.summary()).toMatchObject({ unsent: 1, tone: 'warn', alert: null });
    clock.set(START + 5 * MINUTE + STUCK_MS);
    const { tone, alert } = d.summary();
    expect(tone).toBe('bad');
    expect(alert?.vi).toMatch(
      /^1 việc chưa gửi được quá 30 phút dù có kết nối, lâu nhất từ 08:05\. .+\. Mở trang Gửi lên tỉnh, bấm gửi lại;/,
    );
    expect(alert?.en).toContain('since 08:05');
  });

  it('stays silent while a person paused it, and counts the half hour from when the line was up', async () => {
    const { clock, d } = await quietCounter('silent');
    bench.store.set('delivery', 'paused', true);
    d.follow();
    put(d, 'p1');
    clock.set(START + 2 * STUCK_MS);
    expect(d.summary()).toMatchObject({ tone: 'warn', alert: null });
    bench.store.set('delivery', 'paused', false);
    d.follow();
    expect(d.summary()).toMatchObject({ tone: 'bad' });
    // Down, then up again an hour later: the work had no chance before.
    d.parts.sender.learned(new ProvinceProblem('line', 'gone', {}));
    d.parts.sender.learned(new ProvinceProblem('line', 'gone', {}));
    d.parts.sender.learned(new ProvinceProblem('line', 'gone', {}));
    expect(d.summary()).toMatchObject({ line: { state: 'down' }, tone: 'bad', alert: null });
    clock.set(START + 4 * STUCK_MS);
    d.parts.sender.learned(null);
    expect(d.summary()).toMatchObject({ line: { state: 'up' }, tone: 'warn', alert: null });
    clock.set(START + 5 * STUCK_MS);
    expect(d.summary().alert?.en).toContain('since 10:00');
  });

  it('leaves a line that is down to its own words', async () => {
    const { clock, d } = await quietCounter('broken');
    put(d, 'l1');
    put(d, 'l2');
    put(d, 'l3');
    await until(() => d.summary().line.state === 'down');
    clock.set(START + 2 * STUCK_MS);
    expect(d.summary()).toMatchObject({ line: { state: 'down' }, tone: 'bad', alert: null });
  });

  it('does not call bulk stuck outside its hours', async () => {
    const { clock, d } = await quietCounter('silent', { from: '18:00', to: '06:00' });
    bench.store.transaction(() => d.enqueue(sampleDossier('b1', []), { bulk: true }));
    clock.set(START + 3 * STUCK_MS);
    expect(d.summary()).toMatchObject({ unsent: 1, tone: 'warn', alert: null });
    clock.set(fromVietnam('2026-11-23', '18:29'));
    expect(d.summary().alert).toBeNull();
    clock.set(fromVietnam('2026-11-23', '18:30'));
    expect(d.summary().alert).not.toBeNull();
    expect(bulkOpenedAt({ from: '18:00', to: '06:00' }, fromVietnam('2026-11-24', '05:00'))).toBe(fromVietnam('2026-11-23', '18:00'));
    expect(bulkOpenedAt({ from: '18:00', to: '06:00' }, fromVietnam('2026-11-24', '07:00'))).toBeNull();
    expect(bulkOpenedAt(null, START)).toBe(0);
  });

  it('tells the screens by the clock, when nothing else happens', async () => {
    const clock = manualClock(START);
    bench = await setup({ clock });
    let timed: { at: number; work: () => void }[] = [];
    const timers: Timers = {
      after(ms, work) {
        const timer = { at: clock.now() + ms, work };
        timed.push(timer);
        return () => void (timed = timed.filter((t) => t !== timer));
      },
    };
    const silent: Transport = { send: silence, close: () => undefined };
    const d = bench.open({}, { timers, transport: silent, daily: { pollMs: 24 * 60 * MINUTE } });
    put(d, 'c1');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const alerts: boolean[] = [];
    d.onChange(() => alerts.push(d.summary().alert !== null));
    for (let step = 0; step < 80 && !alerts.includes(true); step += 1) {
      clock.set(clock.now() + 30_000);
      const due = timed.filter((t) => t.at <= clock.now());
      timed = timed.filter((t) => t.at > clock.now());
      for (const t of due) t.work();
    }
    expect(alerts).toContain(true);
    expect(clock.now() - START).toBe(STUCK_MS);
  });

  it.each([
    [{ unsent: 0, needsPerson: 0, stuck: false, line: 'up', paused: false }, 'ok'],
    [{ unsent: 2, needsPerson: 0, stuck: false, line: 'up', paused: false }, 'warn'],
    [{ unsent: 2, needsPerson: 0, stuck: true, line: 'up', paused: false }, 'bad'],
    [{ unsent: 2, needsPerson: 1, stuck: false, line: 'up', paused: true }, 'bad'],
    [{ unsent: 2, needsPerson: 0, stuck: false, line: 'up', paused: true }, 'warn'],
    [{ unsent: 0, needsPerson: 0, stuck: false, line: 'up', paused: true }, 'off'],
    [{ unsent: 0, needsPerson: 0, stuck: false, line: 'down', paused: false }, 'bad'],
    [{ unsent: 0, needsPerson: 0, stuck: false, line: 'not-configured', paused: false }, 'off'],
    [{ unsent: 1, needsPerson: 0, stuck: false, line: 'not-configured', paused: false }, 'bad'],
  ] as const)('colours %j as %s', (seen, tone) => expect(summaryTone(seen)).toBe(tone));
});
