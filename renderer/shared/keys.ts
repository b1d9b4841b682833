import { useEffect, useRef, useSyncExternalStore } from 'react';

/**
 * The one key map of the desk. Every key is a function key or a chord, stands on the button it presses, and can be
 * remapped; a remapped key changes the print. Several actions may share a key when they belong to different pages.
 */
export const keyActions = {
  next: { chord: 'F2', vi: 'Gọi tiếp', en: 'Call next' },
  recall: { chord: 'F3', vi: 'Gọi lại', en: 'Recall' },
  noShow: { chord: 'F4', vi: 'Vắng', en: 'No-show' },
  park: { chord: 'F6', vi: 'Tạm gác', en: 'Park' },
  scan: { chord: 'F7', vi: 'Quét', en: 'Scan' },
  supplement: { chord: 'Shift+F7', vi: 'Yêu cầu bổ sung', en: 'Request supplement' },
  refuse: { chord: 'Ctrl+F7', vi: 'Từ chối', en: 'Refuse' },
  transfer: { chord: 'F8', vi: 'Chuyển', en: 'Transfer' },
  finish: { chord: 'F9', vi: 'Kết thúc, tiếp nhận', en: 'Finish, accept' },
  open: { chord: 'F10', vi: 'Mở hồ sơ, thu phí', en: 'Open dossier, take fee' },
  search: { chord: 'Ctrl+K', vi: 'Tìm', en: 'Search' },
  undo: { chord: 'Ctrl+Z', vi: 'Hoàn tác', en: 'Undo' },
  batch: { chord: 'Ctrl+Enter', vi: 'Ký lô', en: 'Sign the batch' },
  skip: { chord: 'Ctrl+B', vi: 'Bỏ qua bản này', en: 'Skip this one' },
  sendBack: { chord: 'Ctrl+R', vi: 'Trả lại phòng chuyên môn', en: 'Send back' },
  retry: { chord: 'Ctrl+G', vi: 'Thử gửi ngay', en: 'Try to send now' },
  evidence: { chord: 'Ctrl+I', vi: 'Xem trả lời gốc', en: 'Original reply' },
  help: { chord: 'Ctrl+F1', vi: 'Gọi hỗ trợ', en: 'Call for help' },
  page1: { chord: 'Alt+1', vi: 'Trang Quầy', en: 'Counter page' },
  page2: { chord: 'Alt+2', vi: 'Trang Tiếp nhận', en: 'Intake page' },
  page3: { chord: 'Alt+3', vi: 'Trang Ký số', en: 'Signing page' },
  page4: { chord: 'Alt+4', vi: 'Trang Trả kết quả', en: 'Results page' },
  page5: { chord: 'Alt+5', vi: 'Trang Gửi tỉnh', en: 'Outbox page' },
  page6: { chord: 'Alt+6', vi: 'Trang Sổ theo dõi', en: 'Register page' },
} as const satisfies Record<string, { chord: string; vi: string; en: string }>;

export type KeyAction = keyof typeof keyActions;
export const allKeyActions = Object.keys(keyActions) as KeyAction[];

const STORAGE = 'quay.keys';
type Remap = Partial<Record<KeyAction, string>>;

function stored(): Remap {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(STORAGE) ?? '{}');
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter(([key, chord]) => key in keyActions && isAllowedChord(String(chord))));
  } catch {
    return {};
  }
}

let remap: Remap | null = null;
const listeners = new Set<() => void>();
const map = (): Remap => (remap ??= stored());

export const chordOf = (action: KeyAction): string => map()[action] ?? keyActions[action].chord;

/** Function keys and chords with Ctrl or Alt only: a single letter would fire while typing (WCAG 2.1.4). */
export const isAllowedChord = (chord: string): boolean =>
  /^((Ctrl|Alt|Shift)\+)*F([1-9]|1[0-2])$/.test(chord) || /^(Ctrl|Alt)\+(Shift\+)?([A-Z0-9]|Enter)$/.test(chord);

/** @param chord null puts the original back */
export function setChord(action: KeyAction, chord: string | null): void {
  const next = { ...map() };
  if (chord === null) delete next[action];
  else next[action] = chord;
  remap = next;
  localStorage.setItem(STORAGE, JSON.stringify(next));
  for (const listener of listeners) listener();
}

const onRemap = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};
/** The chord of an action as printed on its button ("Ctrl K"), following remaps. */
export const useKeyLabel = (action: KeyAction): string => useSyncExternalStore(onRemap, () => chordOf(action)).replaceAll('+', ' ');

/** "Ctrl+Shift+K" for a keyboard event; the physical letter or digit, so that a Vietnamese input method changes nothing. */
export function chordOfEvent(event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'altKey' | 'shiftKey'>): string {
  const letter = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(event.code)?.[1];
  const key = letter ?? (event.key === 'NumpadEnter' ? 'Enter' : event.key);
  return `${event.ctrlKey ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${event.shiftKey ? 'Shift+' : ''}${key}`;
}

export type KeyHandlers = Partial<Record<KeyAction, () => void>>;
const stack: { current: KeyHandlers }[] = [];

/** Binds actions while the component lives. The one mounted last answers first; an action that nobody binds does nothing. */
export function useKeys(handlers: KeyHandlers): void {
  const latest = useRef(handlers);
  latest.current = handlers;
  useEffect(() => {
    stack.push(latest);
    return () => void stack.splice(stack.indexOf(latest), 1);
  }, []);
}

/** Starts listening; returns how to stop. A repeat of a held key counts once, and an open dialog keeps the page's keys quiet. */
export function listenForKeys(target: Document): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const chord = chordOfEvent(event);
    const actions = allKeyActions.filter((action) => chordOf(action) === chord);
    if (actions.length === 0) return;
    // The browser's own F3, Ctrl+K, Ctrl+R and the like would take the officer out of the page.
    const typing = chord === chordOf('undo') && isTextField(event.target);
    if (typing) return;
    event.preventDefault();
    if (event.repeat || target.querySelector('dialog[open]')) return;
    for (const entry of stack.toReversed()) {
      const action = actions.find((name) => entry.current[name]);
      if (action) {
        entry.current[action]?.();
        return;
      }
    }
  };
  target.addEventListener('keydown', onKeyDown);
  return () => target.removeEventListener('keydown', onKeyDown);
}

const isTextField = (target: EventTarget | null): boolean =>
  (target instanceof HTMLInputElement && target.type !== 'checkbox' && target.type !== 'radio' && target.value !== '') ||
  (target instanceof HTMLTextAreaElement && target.value !== '');
