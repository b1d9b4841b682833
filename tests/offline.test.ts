import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectScreen, poll, type Client } from '../main/cli/clients.ts';
import { openCounter, type Counter } from '../main/counter.ts';
import { TRAINING_PASSWORD } from '../main/counter/people.ts';

const id = () => randomUUID();

/** A day on a bad line, through the contract: nothing lost, nothing doubled, nothing shown as done that is not. */
describe('the counter without a line', () => {
  let dir: string;
  let counter: Counter;
  let desk: Client;
  let close: () => void;

  const open = async () => {
    counter = await openCounter({ dataDir: dir, port: 0, lan: false });
    const screen = await connectScreen(counter, { role: 'station', name: 'Quầy 3', counterId: '3' });
    desk = screen.client;
    close = screen.close;
    await desk.officers.signIn({ login: 'huyen', password: TRAINING_PASSWORD });
  };
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'quay-offline-'));
    await open();
  });
  afterAll(async () => {
    close();
    await counter.close();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Accepts one dossier of a procedure whose papers were seen, without scanning. */
  const accept = async (name: string, idNumber: string) => {
    const draft = await desk.dossiers.open({ commandId: id(), ticket: null });
    const on = { dossierId: draft.id };
    await desk.dossiers.scanCard({
      commandId: id(),
      ...on,
      card: { idNumber, fullName: name, birthDate: '1990-03-15', sex: 'Nam', address: 'Tổ 1, phường An Bình, Đắk Lắk' },
    });
    await desk.dossiers.chooseProcedure({ commandId: id(), ...on, code: '1.001193' });
    let now = await desk.dossiers.get(on);
    for (const component of now.components)
      if (component.required && component.state === 'absent')
        await desk.dossiers.setComponent({ commandId: id(), ...on, key: component.key, state: 'complete', originals: 1 });
    now = await desk.dossiers.get(on);
    expect(now.obstacles).toEqual([]);
    const commandId = id();
    const accepted = await desk.dossiers.accept({ commandId, ...on, wantsReceipt: true, duplicatesSeen: true });
    // The same press again, as after a lost answer.
    const again = await desk.dossiers.accept({ commandId, ...on, wantsReceipt: true, duplicatesSeen: true });
    expect(again.receipt?.id).toBe(accepted.receipt?.id);
    return accepted.dossier;
  };
  const trouble = (change: Parameters<NonNullable<Counter['neighbours']>['province']['troubles']['set']>[0]) =>
    counter.neighbours!.province.troubles.set(change);

  it('gives a provisional number, keeps it, and maps it to the official one when the line is back', async () => {
    trouble({ down: true });
    const first = await accept('Nguyễn Văn An', '001090012345');
    expect(first.dossierCode).toBeNull();
    expect(first.provisionalCode).toMatch(/^TAM-3-\d{6}-\d+$/);
    expect(first.axes.sync).toBe('queued');
    const waiting = await desk.delivery.list({ tab: 'unsent' });
    expect(waiting.rows).toHaveLength(1);
    expect(waiting.rows[0]!.why.vi.length).toBeGreaterThan(5);
    expect(waiting.rows[0]!.acknowledgedAt).toBeNull();

    trouble({ down: false });
    await desk.delivery.retryNow({ commandId: id() });
    const mapped = await poll(
      async () => {
        const now = await desk.dossiers.get({ dossierId: first.id });
        return now.dossierCode !== null && now.axes.sync === 'acknowledged' ? now : undefined;
      },
      30_000,
      'the official code',
    );
    expect(mapped.provisionalCode).toBe(first.provisionalCode);
    // Both numbers find it, and the citizen's new slip is offered.
    expect((await desk.dossiers.byCode({ code: first.provisionalCode! })).id).toBe(first.id);
    expect((await desk.dossiers.byCode({ code: mapped.dossierCode! })).id).toBe(first.id);
    expect((await desk.dossiers.worklist({ name: 'new-slip' })).map((line) => line.id)).toContain(first.id);
    const slip = await desk.dossiers.newSlip({ commandId: id(), dossierId: first.id, print: true });
    expect(slip.receipt.kind).toBe('receipt');
    expect(counter.neighbours!.province.holdings().filter((held) => held.code === mapped.dossierCode)).toHaveLength(1);
  });

  it('keeps what waits over a restart and sends it once', async () => {
    trouble({ down: true });
    const second = await accept('Y Kỵ Êban', '066054007788');
    close();
    await counter.close();
    await open();
    const done = await poll(
      async () => {
        const now = await desk.dossiers.get({ dossierId: second.id });
        return now.axes.sync === 'acknowledged' ? now : undefined;
      },
      30_000,
      'the acknowledgement after the restart',
    );
    expect(counter.neighbours!.province.holdings().filter((held) => held.code === done.dossierCode)).toHaveLength(1);
    expect(counter.neighbours!.province.count()).toBe(2);
  });

  it('never sends twice when replies are lost', async () => {
    trouble({ dropReplies: 0.5 });
    const third = await accept('Lê Thị Ngọc Ánh', '038195002222');
    const done = await poll(
      async () => {
        const now = await desk.dossiers.get({ dossierId: third.id });
        if (now.axes.sync !== 'acknowledged') await desk.delivery.retryNow({ commandId: id() });
        return now.axes.sync === 'acknowledged' ? now : undefined;
      },
      45_000,
      'the acknowledgement over a bad line',
    );
    trouble({ dropReplies: 0 });
    expect(counter.neighbours!.province.holdings().filter((held) => held.code === done.dossierCode)).toHaveLength(1);
    expect(counter.neighbours!.province.count()).toBe(3);
  });

  it('writes no citizen into its log', async () => {
    const { readFileSync, existsSync } = await import('node:fs');
    const log = path.join(dir, 'logs/quay.log');
    const text = existsSync(log) ? readFileSync(log, 'utf8') : '';
    for (const secret of ['Nguyễn Văn An', 'Y Kỵ Êban', '001090012345', '066054007788', 'tap-huan']) expect(text).not.toContain(secret);
  });
});
