import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { manualClock, openStore, type Store } from '../../store/index.ts';
import { Journal } from './journal.ts';
import { migrations } from './migrations.ts';

let dir: string;
let store: Store;
const clock = manualClock(Date.UTC(2026, 10, 22));
const asked: string[] = [];

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'quay-journal-'));
  store = openStore({ file: path.join(dir, 'q.db'), clock, migrations });
  const prepare = store.db.prepare.bind(store.db);
  store.db.prepare = ((text: string) => {
    asked.push(text);
    return prepare(text);
  }) as typeof prepare;
});
afterEach(() => {
  store.close();
  rmSync(dir, { recursive: true, force: true });
});

it('finds what is open and what is new without reading the years before', () => {
  const journal = new Journal(store);
  const add = (documentId: string) =>
    journal.addItem({
      documentId,
      dossierId: `d-${documentId}`,
      dossierCode: 'H15.1-261121-0001',
      title: 'Trích lục khai sinh',
      file: `${documentId}.pdf`,
      form: 'personal',
      steps: ['leader'],
      area: null,
      blanks: null,
    });
  for (const id of ['old', 'waiting', 'new', 'aside', 'returned']) add(id);
  const sign = (id: string, at: number, told: number) =>
    store.db.prepare(`update signing_item set state = 'signed', signed_at = ?, told = ? where document_id = ?`).run(at, told, id);
  sign('old', clock.now() - 1_000_000, 1);
  sign('new', clock.now() + 5, 0);
  store.db.prepare(`update signing_item set state = 'returned', added_at = 1 where document_id = 'returned'`).run();
  journal.setItem('aside', { state: 'set-aside' });

  asked.length = 0;
  expect(journal.items(clock.now()).map((item) => item.documentId)).toEqual(['aside', 'new', 'waiting']);
  expect(journal.untold().map((item) => item.documentId)).toEqual(['new']);
  journal.setTold([{ documentId: 'new', sha256: 'another' }]);
  expect(journal.untold()).toHaveLength(1);
  journal.setTold([{ documentId: 'new', sha256: null }]);
  expect(journal.untold()).toEqual([]);
  expect([journal.newestBatch(), journal.openBatches(), journal.files('none'), journal.itemsOf('none').size]).toEqual([
    undefined,
    [],
    [],
    0,
  ]);

  // A station signs tens of thousands of documents a year, and these questions come many times a second while a batch runs.
  expect(asked.length).toBeGreaterThan(6);
  for (const text of asked.filter((one) => !one.endsWith('limit 1'))) {
    const plan = store.db.prepare(`explain query plan ${text}`).all(...Array(text.split('?').length - 1).fill(0)) as { detail: string }[];
    for (const { detail } of plan) if (detail.startsWith('SCAN')) expect([text, detail]).toEqual([text, expect.stringContaining('USING')]);
  }
});
