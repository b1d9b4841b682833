import { describe, expect, it } from 'vitest';
import { faultText, tooBlank } from './validity.ts';

describe('what a wrong field says', () => {
  const field = { hint: 'chữ thường không dấu, số', minLength: 4 };
  it('is in the language of the page and names what is wanted', () => {
    expect(faultText({ valueMissing: true }, 'vi', field)).toBe('Hãy điền mục này.');
    expect(faultText({ tooShort: true }, 'vi', field)).toBe('Cần ít nhất 4 ký tự.');
    expect(faultText({ patternMismatch: true }, 'vi', field)).toBe('Chỉ dùng chữ thường không dấu, số.');
    expect(faultText({ tooShort: true }, 'en', field)).toBe('At least 4 characters are needed.');
    expect(faultText({ typeMismatch: true }, 'vi', { ...field, hint: '' })).toContain('chưa đúng');
  });

  it('takes spaces for nothing where something is required', () => {
    expect(tooBlank('   ', true, 3)).toBe(true);
    expect(tooBlank(' ab ', true, 3)).toBe(true);
    expect(tooBlank(' abc ', true, 3)).toBe(false);
    expect(tooBlank('   ', false, -1)).toBe(false);
    expect(tooBlank('', true, 3)).toBe(false);
  });
});
