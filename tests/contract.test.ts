import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contract } from '../main/contract/index.ts';
import { openCounter, type Counter } from '../main/counter.ts';

/** Names of all procedures below an object of the contract or of the router. */
function procedures(node: unknown, at: readonly string[] = []): string[] {
  if (typeof node !== 'object' || node === null) return [];
  if ('~orpc' in node) return [at.join('.')];
  return Object.entries(node).flatMap(([key, value]) => procedures(value, [...at, key]));
}

describe('the contract', () => {
  let dir: string;
  let counter: Counter;
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'quay-contract-'));
    counter = await openCounter({ dataDir: dir, port: 0, lan: false });
  });
  afterAll(async () => {
    await counter.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('is served whole: every call has a handler, and nothing else is served', () => {
    const asked = procedures(contract).sort();
    expect(asked.length).toBeGreaterThan(150);
    expect(procedures(counter.rooms.router(() => [])).sort()).toEqual(asked);
  });

  it('says for every call who may make it', () => {
    const roles = new Set(['officer', 'station', 'kiosk', 'board', 'feedback']);
    const walk = (node: object): void => {
      for (const value of Object.values(node) as object[]) {
        const inner = (value as { '~orpc'?: { meta: { roles?: string[] } } })['~orpc'];
        if (!inner) walk(value);
        else expect(inner.meta.roles?.every((role) => roles.has(role)) && inner.meta.roles.length > 0).toBe(true);
      }
    };
    walk(contract);
  });
});
