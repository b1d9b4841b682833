import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon.tsx';

export type Tone = 'ok' | 'work' | 'wait' | 'warn' | 'bad' | 'park' | 'off' | 'prio';

const ICONS: Record<Tone, IconName> = {
  ok: 'okc',
  work: 'run',
  wait: 'clock',
  warn: 'warn',
  bad: 'bad',
  park: 'pause',
  off: 'minus',
  prio: 'star',
};

/** A state is colour, icon and word, always all three. */
export function State({ tone, icon, bare = false, children }: { tone: Tone; icon?: IconName; bare?: boolean; children: ReactNode }) {
  return (
    <span className={`st ${tone}${bare ? ' bare' : ''}`}>
      <Icon name={icon ?? ICONS[tone]} size="s" />
      {children}
    </span>
  );
}
