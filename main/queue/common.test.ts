import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raceSite } from '../../tests/soak/queue/sites.ts';
import type { Caller } from '../contract/context.ts';
import { isRefusal } from '../contract/refusal.ts';
import { fromVietnam, manualClock, openStore, type Store } from '../store/index.ts';
import { COLLEAGUES } from './common.ts';
import { createQueue, migrations, sqliteQueueStore, type Queue, type QueueStore } from './index.ts';

const COUNTERS = 60;
const clock = manualClock(fromVietnam('2026-11-23', '08:00'));
const dir = mkdtempSync(path.join(tmpdir(), 'quay-common-'));
let store: Store;
let port: QueueStore;
let queue: Queue;
let ids = 0;
const id = (): string => `common-${(ids += 1)}`;
const officer = (n: number): Caller => ({
  role: 'officer',
  deviceId: `desk-${n}`,
  officer: { id: `o-${n}`, name: `Cán bộ ${n}`, title: '', duties: [] },
});

beforeAll(async () => {
  store = openStore({ file: path.join(dir, 'queue.sqlite'), clock, migrations });
  port = sqliteQueueStore({ store, site: raceSite(COUNTERS) });
  queue = createQueue({ store: port, clock, monotonic: () => clock.now(), print: async () => 'printed' });
  for (let n = 1; n <= COUNTERS; n += 1) await queue.takeCounter(officer(n), { commandId: id(), counterId: String(n) });
});
afterAll(async () => {
  await queue.close();
  await port.close();
  store.close();
  rmSync(dir, { recursive: true, force: true });
});

const desk = async (n: number) => {
  const answer = await queue.onCurrent(officer(n), id(), 'recall');
  expect(isRefusal(answer)).toBe(true); // nobody is here: the view is what we are after
  const stream = queue.live.desk(String(n));
  const { value } = await stream.next();
  await stream.return();
  if (value?.type !== 'snapshot') throw new Error('no snapshot');
  return value.snapshot;
};

describe('the desk of a large hall', () => {
  it('shows its nearest neighbours of the same zone and counts the rest', async () => {
    const view = await desk(21);
    expect(view.colleagues).toHaveLength(COLLEAGUES);
    expect(view.colleagues.map((c) => c.counterId)).toEqual(['9', '11', '13', '15', '17', '19', '23', '25', '27', '29', '31', '33']);
    expect(view).toMatchObject({ countersOpen: COUNTERS, countersBusy: 0 });
    // what a desk receives once a second does not grow with the hall
    expect(JSON.stringify(view).length).toBeLessThan(2500);
  });

  it('says whom a neighbour serves and since when, and nothing else of the ticket', async () => {
    await queue.issue({ role: 'kiosk', deviceId: 'k' }, { commandId: id(), serviceId: 'chung-thuc' });
    const called = await queue.callNext(officer(19), { commandId: id() });
    if (isRefusal(called)) throw new Error(called.en);
    const view = await desk(21);
    expect(view.colleagues.find((c) => c.counterId === '19')).toEqual({
      counterId: '19',
      label: '19',
      call: { text: called.ticket?.text, since: clock.now() },
    });
    expect(view.countersBusy).toBe(1);
  });

  it('leaves out a neighbour who has gone', async () => {
    await queue.leaveCounter(officer(23), { commandId: id() });
    const view = await desk(21);
    expect(view.colleagues.map((c) => c.counterId)).not.toContain('23');
    expect(view.countersOpen).toBe(COUNTERS - 1);
  });
});
