import { describe, expect, it } from 'vitest';
import { choicesOf, pickChoice } from './choices.ts';
import type { Certificate, Token } from './useSigning.ts';

const certificate = (id: string, refused: Certificate['refused'] = null) =>
  ({ id, refused, subject: `Người ${id}` }) as unknown as Certificate;
const token = (serial: string, certificates: Certificate[], more: Partial<Token> = {}) =>
  ({ module: 'm.so', serial, label: serial, locked: false, training: false, certificates, ...more }) as unknown as Token;
const pick = (tokens: Token[], chosen: string | null = null, last: string | null = null) =>
  pickChoice(choicesOf({ tokens, problems: [] }), chosen, last);
const expired = { code: 'certificate-expired', vi: 'Hết hạn.', en: 'Expired.' };
const training = token('TAPHUAN1', [certificate('t')], { training: true });

describe('which certificate signs', () => {
  it('names every token with what is wrong with it', () => {
    const choices = choicesOf({
      tokens: [token('a', [certificate('1')], { locked: true }), token('b', []), token('c', [certificate('2', expired), certificate('3')])],
      problems: [],
    });
    expect(choices.map((one) => one.problem === null)).toEqual([false, false, false, true]);
    expect(choices[2]?.problem?.vi).toBe('Hết hạn.');
  });

  it('takes the next real token when the first is locked', () => {
    expect(pick([token('a', [certificate('1')], { locked: true }), training, token('b', [certificate('2')])])?.token.serial).toBe('b');
  });

  it('does not let the key of training step in for a locked token', () => {
    const found = pick([token('a', [certificate('1')], { locked: true }), training], null, 't');
    expect([found?.token.serial, found?.problem === null]).toEqual(['a', false]);
    expect(pick([training])?.token.serial).toBe('TAPHUAN1');
  });

  it("prefers the officer's own name for a signature, and another's for the seal", () => {
    const choices = choicesOf({ tokens: [token('a', [certificate('1')]), token('b', [certificate('2')])], problems: [] });
    expect(pickChoice(choices, null, null, (subject) => subject === 'Người 2')?.token.serial).toBe('b');
    expect(pickChoice(choices, null, null, () => false)?.token.serial).toBe('a');
  });

  it('keeps to what the officer chose, and to what was used last while it works', () => {
    const tokens = [token('a', [certificate('1'), certificate('2')]), training];
    expect(pick(tokens, null, '2')?.certificate?.id).toBe('2');
    expect(pick(tokens, 'm.so|TAPHUAN1|t', '2')?.token.serial).toBe('TAPHUAN1');
    expect(pick([token('a', [certificate('1'), certificate('2', expired)])], null, '2')?.certificate?.id).toBe('1');
    expect(pick([], null, null)).toBeNull();
  });
});
