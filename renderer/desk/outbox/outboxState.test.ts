import { describe, expect, it } from 'vitest';
import { outboxAfter, sortRows, type OutboxPicture, type OutboxRow } from './outboxState.ts';

const row = (id: string, enqueuedAt: number, extra: Partial<OutboxRow> = {}): OutboxRow =>
  ({ id, enqueuedAt, state: 'ready', needsPerson: false, ...extra }) as OutboxRow;
const summary = { unsent: 0 } as OutboxPicture['summary'];

describe('the outbox list', () => {
  it('puts who must act first, then age, and drops what has arrived', () => {
    const rows = [
      row('new', 30),
      row('old', 10),
      row('person', 20, { needsPerson: true, state: 'refused' }),
      row('gone', 1, { state: 'acknowledged' }),
      row('away', 5, { state: 'moved' }),
    ];
    expect(sortRows(rows).map((one) => one.id)).toEqual(['person', 'away', 'old', 'new']);
  });

  it('replaces changed rows and removes settled ones', () => {
    const picture: OutboxPicture = { summary, rows: [row('a', 1), row('b', 2), row('c', 3)] };
    const next = outboxAfter(picture, { summary, changed: [row('b', 2, { state: 'submitted' }), row('d', 4)], removed: ['a'] });
    expect(next.rows.map((one) => `${one.id}:${one.state}`).sort()).toEqual(['b:submitted', 'c:ready', 'd:ready']);
  });
});
