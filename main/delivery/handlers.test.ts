import { createRouterClient } from '@orpc/server';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { sampleDossier, sampleFile } from '../../tests/delivery/sample.ts';
import { setup, type Bench } from '../../tests/delivery/setup.ts';
import type { CallContext } from '../contract/context.ts';
import { businessDay } from '../store/index.ts';
import type { Delivery } from './delivery.ts';
import { deliveryHandlers } from './handlers.ts';

let bench: Bench;
afterEach(() => bench?.close());
const context: CallContext = {
  connectionId: 'c1',
  caller: {
    role: 'officer',
    deviceId: 's1',
    officer: { id: 'o1', name: 'Lê Thị Mẫu', title: 'Công chức', duties: ['reception', 'admin'] },
  },
};
let id = 0;
const commandId = () => `command-${(id += 1)}`;

function client(d: Delivery) {
  const handlers = deliveryHandlers(d, {
    store: bench.store,
    link: (file, name) => ({ url: '/file/x', name, type: 'application/octet-stream', size: file.length }),
    upload: (uploadId) => (uploadId === 'nothing' ? undefined : path.join(bench.dir, uploadId)),
    inDataDir: (relative) => path.join(bench.dir, relative),
  });
  return createRouterClient(handlers, { context });
}

describe('the outbox as screens see it', () => {
  it('starts with a snapshot and goes on with numbered changes, without gaps', async () => {
    bench = await setup();
    const d = bench.open();
    const call = client(d);
    bench.province.troubles.set({ down: true });
    bench.store.transaction(() => d.enqueue(sampleDossier('h1', [sampleFile(bench.dir, 'a.pdf', Buffer.from('a'))])));
    const stop = new AbortController();
    const live = await call.watch(undefined, { signal: stop.signal });
    const seqs: number[] = [];
    const words = new Set<string>();
    let removed = false;
    for await (const step of live) {
      seqs.push(step.seq);
      for (const row of step.type === 'snapshot' ? step.snapshot.rows : step.event.changed) words.add(row.state);
      if (step.type === 'snapshot') expect(step.snapshot.summary).toMatchObject({ unsent: 1, paused: false });
      if (words.has('waiting-retry') || words.has('unknown') || words.has('ready')) bench.province.troubles.clear();
      if (step.type === 'event' && step.event.removed.length > 0) {
        removed = true;
        expect(step.event.summary).toMatchObject({ unsent: 0, acknowledgedToday: 1 });
        stop.abort();
        break;
      }
    }
    expect(removed).toBe(true);
    expect(seqs).toEqual(seqs.map((_, i) => i));
    const { rows } = await call.list({ tab: 'acknowledged-today' });
    expect(rows[0]).toMatchObject({ state: 'acknowledged', tone: 'ok', stateText: { vi: 'Tỉnh đã nhận' } });
    const evidence = await call.evidence({ id: rows[0]?.id ?? '' });
    expect(evidence.map((e) => e.step)).toContain('CreateDossier');
    expect((await call.show({ id: rows[0]?.id ?? '' })).files[0]).toMatchObject({ name: 'a.pdf', sent: true, problem: null });
  });

  it('pauses and resumes once per command, refuses in words, compares and moves', async () => {
    bench = await setup();
    const d = bench.open();
    const call = client(d);
    const pause = commandId();
    expect(await call.pause({ commandId: pause })).toMatchObject({ paused: true });
    bench.store.transaction(() => d.enqueue(sampleDossier('h2', [])));
    expect((await call.list({ tab: 'unsent' })).rows[0]).toMatchObject({ state: 'paused', remedy: { action: 'resume' } });
    const made = await call.exportUnsent({ commandId: commandId(), passphrase: 'mật khẩu của gói' });
    expect(made).toMatchObject({ dossiers: 1, file: { name: expect.stringMatching(/\.quay$/) as string } });
    await call.takeBack({ commandId: commandId() });
    expect(await call.resume({ commandId: commandId() })).toMatchObject({ paused: false });
    await call.pause({ commandId: pause }); // a repeat has no second effect
    await call.retryNow({ commandId: commandId() });
    await d.drained(50_000);
    expect(await call.reconcile({ commandId: commandId(), day: businessDay(1_795_142_400_000) })).toMatchObject({
      run: { differences: 0, same: 1 },
      differences: [],
    });
    expect(await call.search({ text: 'TAM Q3 261123 h2' })).toMatchObject({ rows: [{ dossierId: 'h2', state: 'reconciled' }] });
    const inbox = await call.inbox({});
    expect(inbox[0]).toMatchObject({ kind: 'official-code', dossierId: 'h2' });
    expect(await call.inboxSeen({ commandId: commandId(), id: inbox[0]?.id ?? '' })).toEqual({ inbox: 0 });
    await expect(call.correct({ commandId: commandId(), id: 'nothing' })).rejects.toMatchObject({
      code: 'REFUSED',
      data: { refused: 'no-item' },
    });
    await expect(call.importUnsent({ commandId: commandId(), uploadId: 'nothing', passphrase: 'x' })).rejects.toMatchObject({
      data: { refused: 'no-upload' },
    });
    writeFileSync(path.join(bench.dir, 'other.bin'), 'không phải gói');
    await expect(call.importUnsent({ commandId: commandId(), uploadId: 'other.bin', passphrase: 'x' })).rejects.toMatchObject({
      data: { refused: 'parcel-damaged' },
    });
  });

  it('asks by itself for news and compares the day', async () => {
    bench = await setup();
    const d = bench.open({}, { daily: { pollMs: 20, reconcileAt: '00:00' } });
    const now = Date.now();
    bench.store.transaction(() => d.enqueue(sampleDossier('h3', [], { submittedAt: now, receivedAt: now, dueAt: null })));
    await d.drained(50_000);
    bench.province.decide(d.desk.search('h3')[0]?.officialCode ?? '', {
      kind: 'GiaoNhan',
      value: 'Đã nhận bản giấy',
      text: 'Đã nhận bản giấy',
    });
    for (
      let i = 0;
      i < 1_000 && !(d.reconciliation.last(businessDay(now))?.same === 1 && d.remote.axes('h3').some((a) => a.axis === 'paper'));
      i += 1
    )
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(d.reconciliation.last(businessDay(now))).toMatchObject({ differences: 0, same: 1 });
    expect(d.remote.axes('h3').find((a) => a.axis === 'paper')).toMatchObject({ value: 'Đã nhận bản giấy', source: 'province' });
  });
});
