/** Faster than this between two keys, and no hand types it. */
const MACHINE_GAP_MS = 40;
const SHORTEST = 8;
/** What a machine types into a secret field is a code from here on; PINs are shorter. */
const SHORTEST_OVER_SECRET = 20;

type Field = HTMLInputElement | HTMLTextAreaElement;
const fieldOf = (target: EventTarget | null): Field | null =>
  target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type !== 'checkbox' && target.type !== 'radio')
    ? target
    : null;

/** Puts back what the field held before the burst, in a way that React hears. */
function restore(field: Field, value: string): void {
  const owner = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  Object.getOwnPropertyDescriptor(owner.prototype, 'value')?.set?.call(field, value);
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/**
 * A code reader that pretends to be a keyboard: a burst of keys that ends with Enter. The hub decides from the text and the
 * gaps whether it was a reader at all; then what it typed into the focused field is taken out again. Otherwise it was a fast
 * hand, and its Enter goes on as it was meant.
 * A secret (PIN, password) is never handed to `onBurst`: it leaves this page by its own form alone. A code that a reader types
 * over it is taken out here, so that it is not sent as a PIN.
 */
export function listenForWedge(target: Document, onBurst: (text: string, gapsMs: number[]) => Promise<boolean>): () => void {
  let text = '';
  let gaps: number[] = [];
  let lastAt = 0;
  let field: { element: Field; value: string } | null = null;

  const begin = (event: KeyboardEvent) => {
    text = '';
    gaps = [];
    const element = fieldOf(event.target);
    field = element ? { element, value: element.value } : null;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const gap = event.timeStamp - lastAt;
    const continues = text !== '' && gap <= MACHINE_GAP_MS;
    if (event.key === 'Enter') {
      const secret = field?.element instanceof HTMLInputElement && field.element.type === 'password' ? field : null;
      const burst = continues && text.length >= (secret ? SHORTEST_OVER_SECRET : SHORTEST);
      if (burst && secret) {
        event.preventDefault();
        event.stopImmediatePropagation();
        restore(secret.element, '');
      } else if (burst) {
        event.preventDefault();
        event.stopImmediatePropagation();
        const held = field;
        void onBurst(text, gaps).then((wasReader) => {
          if (!held?.element.isConnected) return;
          if (wasReader) restore(held.element, held.value);
          else held.element.form?.requestSubmit();
        });
      }
      text = '';
      return;
    }
    if (event.key.length !== 1) return;
    if (!continues) begin(event);
    else gaps.push(gap);
    text += event.key;
    lastAt = event.timeStamp;
  };
  target.addEventListener('keydown', onKeyDown, { capture: true });
  return () => target.removeEventListener('keydown', onKeyDown, { capture: true });
}
