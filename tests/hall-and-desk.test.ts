import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectScreen, poll, type Client } from '../main/cli/clients.ts';
import { openCounter, type Counter } from '../main/counter.ts';
import { siteOf } from '../main/counter/hall.ts';
import { TRAINING_PASSWORD } from '../main/counter/people.ts';
import { readAppointment } from '../main/queue/appointment.ts';
import { appointmentCode, trainingSite } from '../main/queue/index.ts';

const id = () => randomUUID();

describe('whose hall it is', () => {
  const place = { centreName: 'Trung tâm xã An Lạc', shortPlace: 'An Lac' };
  const own = { ...trainingSite, id: 'an-lac', vi: 'Sảnh An Lạc' };

  it('marks a rehearsal in the own hall, and never a live one', () => {
    expect(siteOf({ ...own, training: false }, place, true)).toMatchObject({ id: 'an-lac', training: true });
    expect(siteOf({ ...own, training: true }, place, false)).toMatchObject({ id: 'an-lac', training: false });
  });

  it('takes no booking signed with the key of the rehearsal in a live hall', () => {
    const booked = { series: 'B', day: '2026-11-23', time: '08:30', booking: '01' };
    const [rehearsal, live] = [siteOf(undefined, place, true), siteOf(undefined, place, false)];
    const code = appointmentCode(rehearsal.appointments.key!, booked);
    expect(readAppointment(rehearsal, code)).toMatchObject({ serviceId: 'ho-tich' });
    expect(readAppointment(live, code)).toBeUndefined();
  });
});

/** What only the composition does: rooms that were built apart act together. */
describe('hall and desk together', () => {
  let dir: string;
  let counter: Counter;
  let desk: Client;
  let closeScreen: () => void;
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'quay-joined-'));
    counter = await openCounter({ dataDir: dir, port: 0, lan: false });
    const screen = await connectScreen(counter, { role: 'station', name: 'Quầy 3', counterId: '3' });
    desk = screen.client;
    closeScreen = screen.close;
    await desk.officers.signIn({ login: 'huyen', password: TRAINING_PASSWORD });
    await desk.queue.takeCounter({ commandId: id(), counterId: '3' });
  });
  afterAll(async () => {
    closeScreen();
    await counter.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const issue = async () => desk.queue.issue({ commandId: id(), serviceId: 'ho-tich' });

  it('parks the ticket of an unfinished intake when the next one is called, and keeps the draft', async () => {
    const [first, second] = [await issue(), await issue()];
    await desk.queue.callNext({ commandId: id() });
    await desk.queue.start({ commandId: id() });
    const draft = await desk.dossiers.open({ commandId: id(), ticket: { id: first.ticketId, number: first.text } });
    const commandId = id();
    const called = await desk.queue.callNext({ commandId });
    expect(called.ticket?.ticketId).toBe(second.ticketId);
    expect(called.desk.parked.map((ticket) => ticket.ticketId)).toEqual([first.ticketId]);
    expect((await desk.dossiers.get({ dossierId: draft.id })).axes.business).toBe('draft');
    // The same key again calls nobody else.
    expect((await desk.queue.callNext({ commandId })).ticket?.ticketId).toBe(second.ticketId);
    // Nothing is unfinished now: the next call ends the second ticket.
    const next = await desk.queue.callNext({ commandId: id() });
    expect(next.desk.parked.map((ticket) => ticket.ticketId)).toEqual([first.ticketId]);
    expect(next.desk.servedToday).toBe(1);
  });

  it('shows the called number above the counter and lets the keypad press the desk’s keys', async () => {
    const ticket = await issue();
    await desk.queue.callNext({ commandId: id() });
    const shown = () => counter.neighbours!.displays.shows(3);
    await poll(() => Promise.resolve(shown() === ticket.text || undefined), 10_000, 'the number above the counter');
    await poll(
      () => Promise.resolve(counter.neighbours!.keypad.press('finish') > 0 || undefined),
      10_000,
      'a desk that listens to the keypad',
    );
    await poll(
      async () => ((await desk.queue.counters()).find((c) => c.counterId === '3')?.current === undefined ? true : undefined),
      10_000,
      'the end by keypad',
    );
  });

  it('frees the counter of an officer who signs out', async () => {
    const screen = await connectScreen(counter, { role: 'station', name: 'Quầy 2', counterId: '2' });
    await screen.client.officers.signIn({ login: 'dung', password: TRAINING_PASSWORD });
    await screen.client.queue.takeCounter({ commandId: id(), counterId: '2' });
    const open = async () => (await desk.queue.counters()).find((c) => c.counterId === '2')?.open;
    expect(await open()).toBe(true);
    await screen.client.officers.signOut();
    await poll(async () => ((await open()) === false ? true : undefined), 5_000, 'the free counter');
    screen.close();
  });

  it('has every device of the strip, scanner and token too', async () => {
    await poll(
      async () => {
        for await (const message of await desk.devices.live()) {
          const kinds =
            message.type === 'snapshot' ? message.snapshot.filter((device) => device.state === 'ready').map((device) => device.kind) : [];
          return ['ticket-printer', 'a4-printer', 'reader', 'scanner', 'token'].every((kind) => kinds.some((k) => k === kind)) || undefined;
        }
        return undefined;
      },
      30_000,
      'all devices ready',
    );
  });
});
