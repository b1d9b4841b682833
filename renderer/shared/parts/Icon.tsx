import { iconShapes, type IconName } from './iconShapes.tsx';

export type { IconName };

/** One icon beside a word; never the only carrier of a meaning, hence hidden from screen readers. */
export function Icon({ name, size = 'm', className = '' }: { name: IconName; size?: 's' | 'm' | 'l'; className?: string }) {
  return (
    <svg className={`i ${size === 'm' ? '' : size} ${className}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {iconShapes[name]}
    </svg>
  );
}
