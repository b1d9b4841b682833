import { describe, expect, it } from 'vitest';
import { allKeyActions, chordOfEvent, isAllowedChord, keyActions } from './keys.ts';

const event = (key: string, code: string, modifiers: Partial<Record<'ctrlKey' | 'altKey' | 'shiftKey', boolean>> = {}) => ({
  key,
  code,
  ctrlKey: false,
  altKey: false,
  shiftKey: false,
  ...modifiers,
});

describe('the key map', () => {
  it('has function keys and chords only, each once', () => {
    const chords = allKeyActions.map((action) => keyActions[action].chord);
    for (const chord of chords) expect(isAllowedChord(chord), chord).toBe(true);
    expect(new Set(chords).size).toBe(chords.length);
  });

  it('refuses single letters and digits, also with Shift', () => {
    for (const chord of ['A', '5', 'Shift+A', 'Enter', ' ', 'Shift+Enter']) expect(isAllowedChord(chord), chord).toBe(false);
    for (const chord of ['F2', 'Shift+F7', 'Ctrl+F7', 'Ctrl+K', 'Alt+1', 'Ctrl+Enter', 'Ctrl+Shift+P'])
      expect(isAllowedChord(chord), chord).toBe(true);
  });

  it('reads the physical key, so that a Vietnamese input method changes nothing', () => {
    expect(chordOfEvent(event('k', 'KeyK', { ctrlKey: true }))).toBe('Ctrl+K');
    expect(chordOfEvent(event('ơ', 'BracketRight', { ctrlKey: true }))).toBe('Ctrl+ơ');
    expect(chordOfEvent(event('1', 'Numpad1', { altKey: true }))).toBe('Alt+1');
    expect(chordOfEvent(event('F7', 'F7', { shiftKey: true }))).toBe('Shift+F7');
    expect(chordOfEvent(event('Enter', 'NumpadEnter', { ctrlKey: true }))).toBe('Ctrl+Enter');
  });
});
