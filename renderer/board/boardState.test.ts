import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../main/contract/queue.ts';
import { LIST_LENGTH, mergeCalls, shownCalls } from './boardState.ts';

const call = (callSeq: number, text: string): Call => ({
  callSeq,
  at: 0,
  text,
  series: 'A',
  number: 1,
  counterId: 'c1',
  counterLabel: '1',
  zone: '',
  arrow: 'right',
  recall: false,
  carriedOver: false,
});

describe('the calls on the board', () => {
  it('keeps every call once, newest first, however they come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }), (seqs) => {
        let merged: Call[] = [];
        for (const seq of seqs) merged = mergeCalls([call(seq, `A${seq}`)], merged);
        const numbers = merged.map((one) => one.callSeq);
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => b - a));
        if (seqs.length > 0) expect(numbers[0]).toBe(Math.max(...seqs));
      }),
    );
  });

  it('shows the newest on top and six others beside it, a recalled number once', () => {
    const calls = mergeCalls([
      call(9, 'A001'),
      call(8, 'A007'),
      call(7, 'A001'),
      ...[6, 5, 4, 3, 2, 1].map((seq) => call(seq, `B00${seq}`)),
    ]);
    const { top, list } = shownCalls(calls);
    expect(top?.callSeq).toBe(9);
    expect(list).toHaveLength(LIST_LENGTH);
    expect(list.map((one) => one.text)).not.toContain('A001');
    expect(shownCalls([])).toEqual({ top: null, list: [] });
  });
});
