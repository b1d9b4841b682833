import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectScreen, type Client } from '../main/cli/clients.ts';
import { openCounter, type Counter } from '../main/counter.ts';
import { TRAINING_PASSWORD } from '../main/counter/people.ts';

const patience = { timeout: 60_000, interval: 100 };

/** Every trouble that the training panel can make, told to the desk by itself, and gone by itself. */
describe('the neighbours of training', () => {
  let dir: string;
  let counter: Counter;
  let desk: Client;
  let close: () => void;
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'quay-neighbours-'));
    counter = await openCounter({ dataDir: dir, port: 0, lan: false });
    const screen = await connectScreen(counter, { role: 'station', name: 'Quầy 3', counterId: '3' });
    desk = screen.client;
    close = screen.close;
    await desk.officers.signIn({ login: 'huyen', password: TRAINING_PASSWORD });
  });
  afterAll(async () => {
    close();
    await counter.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const flip = (id: string, key: string, on: boolean) => desk.training.setSwitch({ commandId: randomUUID(), id, key, on });
  const healthOf = (id: string) => counter.rooms.devices.health().find((health) => health.id === id);
  const reaches = (id: string, what: string) => expect.poll(() => healthOf(id)?.reasons[0] ?? healthOf(id)?.state, patience).toBe(what);

  const troubles: readonly (readonly [neighbour: string, device: string, said: Readonly<Record<string, string>>])[] = [
    [
      'ticket-printer',
      'ticket-printer',
      { paperOut: 'paper-out', paperLow: 'paper-low', coverOpen: 'cover-open', jam: 'jam', offline: 'offline', unplugged: 'unplugged' },
    ],
    ['a4-printer', 'a4-printer', { paperOut: 'paper-out', jam: 'jam', unplugged: 'unplugged' }],
    ['scanner', 'training-scanner', { busy: 'busy', coverOpen: 'cover-open', unplugged: 'offline' }],
    ['card-reader', 'card-reader', { unplugged: 'unplugged' }],
    ['keypad', 'keypad', { unplugged: 'unplugged' }],
    ['counter-display', 'counter-display', { unplugged: 'unplugged', dead: 'timeout' }],
    ['token', 'token', { unplugged: 'unplugged' }],
  ];
  it('tell every trouble by themselves, each with what to do, and are well again without a click', async () => {
    const faults: string[] = [];
    const play = async ([neighbour, device, said]: (typeof troubles)[number]) => {
      for (const [key, reason] of Object.entries(said)) {
        await reaches(device, 'ready');
        await flip(neighbour, key, true);
        await reaches(device, reason);
        const health = healthOf(device);
        if (!health || health.vi.length < 10 || health.remedyVi.length < 10) faults.push(`${device} ${key}: ${health?.vi} ${health?.remedyVi}`);
        await flip(neighbour, key, false);
      }
      await reaches(device, 'ready');
    };
    await Promise.all(troubles.map(play));
    expect(faults).toEqual([]);
  }, 180_000);

  it('signs with no token that is out', async () => {
    expect((await desk.signing.tokens()).tokens).toHaveLength(1);
    await flip('token', 'unplugged', true);
    expect((await desk.signing.tokens()).tokens).toEqual([]);
    await flip('token', 'unplugged', false);
    expect((await desk.signing.tokens()).tokens).toHaveLength(1);
  });
});
