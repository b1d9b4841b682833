import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Brief, Effect } from '../../main/training/province/index.ts';
import type { CounterJob } from './counter-process.ts';
import type { FaultProxy, ProxyFaults } from './proxy.ts';
import { classicCode } from './sample.ts';

export interface Verdict {
  lost: number;
  doubled: number;
  misordered: number;
}

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

interface Asked {
  readonly port: number;
  readonly ask: <T>(what: string, value?: unknown) => Promise<T>;
  readonly close: () => Promise<void>;
}

async function forkAnswering(name: string, args: string[]): Promise<Asked> {
  const child = fork(here(name), args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  let next = 0;
  const waiting = new Map<number, (value: unknown) => void>();
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
    child.on('message', (message: { ready?: number; id?: number; value?: unknown }) => {
      if (message.ready !== undefined) resolve(message.ready);
      else if (message.id !== undefined) waiting.get(message.id)?.(message.value);
    });
  });
  return {
    port,
    ask: <T>(what: string, value?: unknown) =>
      new Promise<T>((resolve) => {
        next += 1;
        waiting.set(next, (answer) => resolve(answer as T));
        child.send({ id: next, ask: what, value });
      }),
    async close(): Promise<void> {
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** The virtual province in its own process. */
export async function forkProvince(dir: string, seed: number) {
  const { port, ask, close } = await forkAnswering('province-process.ts', [dir, String(seed)]);
  return {
    port,
    troubles: (patch: unknown) => ask<unknown>('troubles', patch),
    clear: () => ask<unknown>('clear'),
    effects: (after = 0) => ask<Effect[]>('effects', after),
    brief: () => ask<Brief[]>('brief'),
    count: () => ask<number>('count'),
    dropSessions: () => ask<unknown>('drop-sessions'),
    close,
  };
}

/** A proxy with faults or a bandwidth in its own process. */
export async function forkProxy(target: number, seed: number) {
  const { port, ask, close } = await forkAnswering('proxy-process.ts', [String(target), String(seed)]);
  return {
    port,
    close,
    set: (faults: Partial<ProxyFaults>) => ask<FaultProxy['counts']>('set', faults),
    counts: () => ask<FaultProxy['counts']>('counts'),
  };
}

/** A counter process that works until its outbox is empty, or until it is killed. */
export function forkCounter(job: CounterJob): { child: ChildProcess; ended: Promise<{ done: boolean; points: number }> } {
  const child = fork(here('counter-process.ts'), [JSON.stringify(job)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  let done = false;
  let points = 0;
  child.on('message', (message: { done?: boolean; points?: number }) => {
    done = message.done ?? false;
    points = message.points ?? 0;
  });
  const ended = new Promise<{ done: boolean; points: number }>((resolve, reject) => {
    child.once('exit', (code, signal) =>
      signal === null && code !== 0 ? reject(new Error(`the counter ended with ${code}`)) : resolve({ done, points }),
    );
  });
  return { child, ended };
}

/** What the province's own journal says about dossiers `d<from>` to `d<from + count - 1>`. */
export function judge(effects: readonly Effect[], holdings: readonly Brief[], from: number, count: number, withResult: boolean): Verdict {
  const result = { lost: 0, doubled: 0, misordered: 0 };
  /** The piece of work that an effect belongs to: its key without the step's ending. */
  const item = (e: Effect) => e.key.split('/')[0];
  const of = new Map<string, Effect[]>();
  for (const e of effects) if (e.kind !== 'file') of.set(e.code, [...(of.get(e.code) ?? []), e]);
  const byDossier = new Map<string, Brief[]>();
  for (const h of holdings) {
    const id = h.key.split(':')[0] ?? '';
    byDossier.set(id, [...(byDossier.get(id) ?? []), h]);
  }
  for (let n = from; n < from + count; n += 1) {
    const held = byDossier.get(`d${n}`) ?? [];
    if (held.length === 0) {
      result.lost += 1;
      continue;
    }
    const mine = of.get(held[0]?.code ?? '') ?? [];
    const keys = mine.map((e) => `${e.kind} ${e.key}`);
    const creates = mine.filter((e) => e.kind === 'create').length;
    if (held.length > 1 || creates !== 1 || new Set(keys).size !== keys.length) result.doubled += 1;
    const wanted = withResult ? 2 : 1;
    const many = (kind: Effect['kind']) => mine.filter((e) => e.kind === kind).length;
    if (many('status') < wanted || many('progress') < wanted || (withResult && held[0]?.results !== 1)) result.lost += 1;
    // Create first; the reception's status before the result's; a step's progress before its status.
    const first = mine[0]?.kind;
    const last = mine.filter((e) => e.kind === 'status').at(-1);
    const stepLate = mine.some((e, at) => e.kind === 'status' && mine.findIndex((o) => o.kind === 'progress' && item(o) === item(e)) > at);
    if (first !== 'create' || stepLate || (withResult && held[0]?.status !== 10) || (withResult && last?.key.split(':')[1]?.length === 1))
      result.misordered += 1;
  }
  return result;
}

/**
 * The same for the classic interface, where the province knows no keys and doubles whatever comes twice: each step once by its time,
 * the dossier made once, its last status the result's.
 */
export function judgeClassic(
  effects: readonly Effect[],
  holdings: readonly Brief[],
  from: number,
  count: number,
  withResult: boolean,
): Verdict {
  const result = { lost: 0, doubled: 0, misordered: 0 };
  const of = new Map<string, Effect[]>();
  for (const e of effects) if (e.kind !== 'file') of.set(e.code, [...(of.get(e.code) ?? []), e]);
  const held = new Map(holdings.map((h) => [h.code, h]));
  for (let n = from; n < from + count; n += 1) {
    const there = held.get(classicCode(n));
    if (!there) {
      result.lost += 1;
      continue;
    }
    const mine = of.get(there.code) ?? [];
    const steps = mine.filter((e) => e.kind === 'progress').map((e) => e.key);
    if (mine.filter((e) => e.kind === 'create').length !== 1 || new Set(steps).size !== steps.length) result.doubled += 1;
    if (steps.length < (withResult ? 2 : 1) || (withResult && there.results !== 1)) result.lost += 1;
    if (mine[0]?.kind !== 'create' || there.status !== (withResult ? 10 : 2)) result.misordered += 1;
  }
  return result;
}
