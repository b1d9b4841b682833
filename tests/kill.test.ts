import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Client } from '../main/cli/clients.ts';
import { TRAINING_PASSWORD } from '../main/counter/people.ts';

const root = path.join(import.meta.dirname, '..');
const SEED = 20261123;
const ROUNDS = 3;
const id = () => randomUUID();

/** Small, fixed and printed: the same kills at the same moments, as far as a machine allows. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** Everything that was acknowledged before a kill -9 of the whole counter is there after it, once. */
describe('kill -9', () => {
  let dir: string;
  let child: ChildProcess | undefined;
  let socket: WebSocket | undefined;
  beforeEach(() => void (dir = mkdtempSync(path.join(tmpdir(), 'quay-kill-'))));
  afterEach(async () => {
    socket?.terminate();
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise<void>((resolve) => void child!.once('exit', () => resolve()));
      child.kill('SIGKILL');
      await gone;
    }
    rmSync(dir, { recursive: true, force: true });
  });

  async function start(): Promise<Client> {
    child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', path.join(root, 'main/headless.ts'), '--data', dir, '--port', '0', '--no-open'],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let errors = '';
    child.stderr?.on('data', (chunk) => (errors += String(chunk)));
    const address = await new Promise<string>((resolve, reject) => {
      let text = '';
      child!.stdout!.on('data', (chunk) => {
        text += String(chunk);
        const found = /Quầy: (\S+)\n/.exec(text);
        if (found?.[1]) resolve(found[1]);
      });
      child!.once('exit', (code) => reject(new Error(`the counter ended with ${code}: ${errors}`)));
    });
    const opened = await fetch(address, { redirect: 'manual' });
    const cookie = (opened.headers.get('set-cookie') ?? '').split(';')[0]!;
    socket = new WebSocket(`${new URL(address).origin.replace('http', 'ws')}/rpc`, { headers: { cookie } });
    socket.on('error', () => undefined);
    await new Promise<void>((resolve, reject) => void (socket!.once('open', () => resolve()), socket!.once('error', reject)));
    const client: Client = createORPCClient(new RPCLink({ websocket: socket }));
    await client.officers.signIn({ login: 'huyen', password: TRAINING_PASSWORD });
    return client;
  }
  async function kill(): Promise<void> {
    const gone = new Promise<void>((resolve) => void child!.once('exit', () => resolve()));
    child!.kill('SIGKILL');
    await gone;
    socket?.terminate();
  }

  it(`loses and doubles nothing in ${ROUNDS} kills (seed ${SEED})`, async () => {
    const random = numbers(SEED);
    const tickets = new Map<string, string>();
    const dossiers = new Map<string, string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const client = await start();
      // What was acknowledged before the last kill is there.
      for (const [ticketId, text] of tickets) expect((await client.queue.ticket({ ticketId })).text).toBe(text);
      for (const dossierId of dossiers.keys()) expect((await client.dossiers.get({ dossierId })).receivedAt).not.toBeNull();
      const axe = { fallen: false };
      const work = (async () => {
        const services = (await client.queue.services()).groups;
        for (let i = 0; !axe.fallen; i += 1) {
          const ticket = await client.queue.issue({ commandId: id(), serviceId: services[i % services.length]!.id });
          tickets.set(ticket.ticketId, ticket.text);
          const draft = await client.dossiers.open({ commandId: id(), ticket: null });
          const on = { dossierId: draft.id };
          await client.dossiers.scanCard({
            commandId: id(),
            ...on,
            card: {
              idNumber: `00109001${String(1000 + dossiers.size).padStart(4, '0')}`,
              fullName: 'Nguyễn Văn Mẫu',
              birthDate: '1990-03-15',
              sex: 'Nam',
              address: 'Phường An Bình',
            },
          });
          const chosen = await client.dossiers.chooseProcedure({ commandId: id(), ...on, code: '1.001193' });
          for (const c of chosen.components)
            if (c.required && c.state === 'absent')
              await client.dossiers.setComponent({ commandId: id(), ...on, key: c.key, state: 'complete', originals: 1 });
          const { dossier } = await client.dossiers.accept({ commandId: id(), ...on, wantsReceipt: false, duplicatesSeen: true });
          dossiers.set(dossier.id, dossier.title);
        }
      })().catch(() => undefined); // the wire breaks with the kill
      // On a busy machine time says little: first some work was acknowledged, then the axe falls anywhere in the next step.
      const enough = dossiers.size + 2;
      for (let i = 0; i < 600 && dossiers.size < enough; i += 1) await sleep(50);
      await sleep(Math.floor(random() * 250));
      axe.fallen = true;
      await kill();
      await work;
    }
    const client = await start();
    const texts = [...tickets.values()];
    expect(new Set(texts).size, `seed ${SEED}`).toBe(texts.length);
    expect(tickets.size).toBeGreaterThan(ROUNDS);
    expect(dossiers.size).toBeGreaterThan(ROUNDS);
    const codes: string[] = [];
    for (const dossierId of dossiers.keys()) {
      let now = await client.dossiers.get({ dossierId });
      for (let i = 0; i < 200 && now.axes.sync !== 'acknowledged'; i += 1) {
        if (i % 20 === 0) await client.delivery.retryNow({ commandId: id() });
        await sleep(100);
        now = await client.dossiers.get({ dossierId });
      }
      expect(now.axes.sync).toBe('acknowledged');
      codes.push(now.dossierCode!);
    }
    expect(new Set(codes).size).toBe(codes.length);
    // The province's own list of the day agrees: nothing only here, nothing twice.
    const today = (await client.system.info()).businessDay;
    const compared = await client.delivery.reconcile({ commandId: id(), day: today });
    expect(compared.differences.filter((difference) => difference.kind === 'only-here' || difference.kind === 'twice')).toEqual([]);
    expect(compared.run.ours).toBeGreaterThanOrEqual(codes.length);
  }, 180_000);
});
