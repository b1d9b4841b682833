import { useKeyLabel, type KeyAction } from '../keys.ts';

/** The key of an action, printed on its button. Read from the one key map. */
export function Key({ action }: { action: KeyAction }) {
  return <kbd>{useKeyLabel(action)}</kbd>;
}
