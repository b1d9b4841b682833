import type { Call } from '../../main/contract/queue.ts';

/** Drawn to the right and turned to where the counter stands. */
export function Arrow({ to }: { to: Call['arrow'] }) {
  return (
    <svg viewBox="0 0 190 150" className={`arrow ${to}`} data-arrow={to} aria-hidden="true" focusable="false">
      <path d="M8 75h170M118 15l60 60-60 60" />
    </svg>
  );
}

/** A centre writes "5" above a counter, or "12A", or a word: the longer, the smaller, so that it stays whole. */
export const labelSize = (label: string): '' | 'some' | 'much' => (label.length <= 3 ? '' : label.length <= 5 ? 'some' : 'much');
