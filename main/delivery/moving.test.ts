import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { judge } from '../../tests/delivery/processes.ts';
import { sampleDossier, sampleFile } from '../../tests/delivery/sample.ts';
import { setup, type Bench } from '../../tests/delivery/setup.ts';
import { isRefusal } from '../contract/refusal.ts';
import type { Delivery } from './index.ts';

const PASSPHRASE = 'mật khẩu của gói';
const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});
const two = async (): Promise<[Bench, Bench]> => {
  const [here, there] = [await setup(), await setup({ seed: 5 })];
  benches.push(here, there);
  return [here, there];
};
const states = (d: Delivery) => Object.fromEntries(d.rows().rows.map((r) => [`${r.dossierId}:${r.revision} ${r.kind}`, r.state]));
async function exported(d: Delivery) {
  const made = await d.moving.exportUnsent(PASSPHRASE);
  if (isRefusal(made)) throw new Error(made.en);
  return made;
}
async function until(true_: () => boolean): Promise<void> {
  for (let i = 0; i < 2_000 && !true_(); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(true_()).toBe(true);
}

describe('unsent work in a file', () => {
  it('leaves what comes in while the file is written where it is: nothing counts as moved that is not in the file', async () => {
    const [here, there] = await two();
    const d = here.open();
    here.province.troubles.set({ down: true });
    here.store.transaction(() => d.enqueue(sampleDossier('d0', [sampleFile(here.dir, 'lon.pdf', Buffer.alloc(3_000_000, 7))])));
    const writing = exported(d);
    // The citizen at the next counter does not wait for the file.
    await until(() => readdirSync(here.dir).includes('export') && readdirSync(path.join(here.dir, 'export')).length > 0);
    here.store.transaction(() => d.enqueue(sampleDossier('d1', [])));
    expect((await writing).dossiers).toBe(1);
    expect(states(d)['d0:1 dossier']).toBe('moved');
    expect(states(d)['d1:1 dossier']).not.toBe('moved');
    const e = there.open({ baseUrl: here.province.lgspUrl });
    here.province.troubles.clear();
    expect(await e.moving.importUnsent((await writing).path, PASSPHRASE)).toEqual({ dossiers: 1, alreadyHere: 0 });
    await e.drained(50_000);
    d.hurry();
    await d.drained(50_000);
    expect(judge(here.province.effects(), here.province.brief(), 0, 2, false)).toEqual({ lost: 0, doubled: 0, misordered: 0 });
  });

  it('keeps the order: a correction goes before the steps that wait behind what it corrects', async () => {
    const [here, there] = await two();
    const d = here.open();
    here.province.troubles.set({ unknownComponents: ['TP1'] });
    const file = sampleFile(here.dir, 'to-khai.pdf', Buffer.from('tờ khai'));
    const result = sampleFile(here.dir, 'ket-qua.pdf', Buffer.from('kết quả'));
    here.store.transaction(() => {
      d.enqueue(sampleDossier('d0', [file]));
      d.enqueueStatus({
        dossierId: 'd0',
        status: 10,
        at: 1_795_150_000_000,
        text: 'Đã trả kết quả',
        by: { name: 'Lê Thị Mẫu' },
        results: [{ code: 'KQ1', name: 'Kết quả', file: result }],
      });
    });
    await until(() => states(d)['d0:1 dossier'] === 'refused');
    here.province.troubles.set({ unknownComponents: [], down: true });
    const corrected = sampleDossier('d0', [file]);
    here.store.transaction(() => d.enqueue({ ...corrected, components: (corrected.components ?? []).map((c) => ({ ...c, code: 'TP2' })) }));
    const made = await exported(d);
    here.province.troubles.clear();
    const e = there.open({ baseUrl: here.province.lgspUrl });
    await e.moving.importUnsent(made.path, PASSPHRASE);
    await e.drained(50_000);
    expect(e.summary()).toMatchObject({ unsent: 0, needsPerson: 0 });
    expect(judge(here.province.effects(), here.province.brief(), 0, 1, true)).toEqual({ lost: 0, doubled: 0, misordered: 0 });
  });

  it('takes the rest away from a dying machine when a scan is damaged or a dossier was given back, and names what stays', async () => {
    const [here, there] = await two();
    const d = here.open();
    here.province.troubles.set({ unknownComponents: ['TP1'] });
    here.store.transaction(() => d.enqueue(sampleDossier('d0', [sampleFile(here.dir, 'tra-lai.pdf', Buffer.from('a'))])));
    await until(() => states(d)['d0:1 dossier'] === 'refused');
    here.province.troubles.set({ unknownComponents: [], down: true });
    const damaged = sampleFile(here.dir, 'hong.pdf', Buffer.from('đã quét'));
    here.store.transaction(() => {
      d.enqueue(sampleDossier('d1', [damaged]));
      d.enqueue(sampleDossier('d2', [sampleFile(here.dir, 'tot.pdf', Buffer.from('b'))]));
    });
    writeFileSync(path.join(here.dir, damaged.path), 'khác hẳn');
    const made = await exported(d);
    expect(made.dossiers).toBe(1);
    const given = d.rows().rows.find((r) => r.dossierId === 'd0')?.code ?? '';
    expect(new Set(made.left)).toEqual(new Set([given, 'TAM-Q3-261123-d1']));
    expect(states(d)).toMatchObject({ 'd0:1 dossier': 'refused', 'd2:1 dossier': 'moved' });
    expect(states(d)['d1:1 dossier']).not.toBe('moved');
    here.province.troubles.clear();
    const e = there.open({ baseUrl: here.province.lgspUrl });
    expect(await e.moving.importUnsent(made.path, PASSPHRASE)).toEqual({ dossiers: 1, alreadyHere: 0 });
    await e.drained(50_000);
    // What is left here alone: said in words, and the damaged one is found by the sender itself.
    d.hurry();
    await until(() => states(d)['d1:1 dossier'] === 'needs-file');
    here.store.transaction(() => d.moving.takeBack());
    d.hurry();
    await d.drained(50_000);
    expect(await d.moving.exportUnsent(PASSPHRASE)).toMatchObject({ refused: 'nothing-portable' });
  });
});
