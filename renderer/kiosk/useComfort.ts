import { useCallback, useEffect, useState } from 'react';

export interface Comfort {
  readonly large: boolean;
  readonly contrast: boolean;
  readonly low: boolean;
  readonly changed: boolean;
  readonly toggle: (which: 'large' | 'contrast' | 'low') => void;
  readonly reset: () => void;
}

const NONE = { large: false, contrast: false, low: false };

/** Large text, high contrast, low reach: attributes on the page, back to plain for the next citizen. */
export function useComfort(): Comfort {
  const [state, setState] = useState(NONE);
  useEffect(() => {
    const { dataset } = document.documentElement;
    dataset['size'] = state.large ? 'large' : 'plain';
    dataset['reach'] = state.low ? 'low' : 'plain';
    if (state.contrast) dataset['contrast'] = 'more';
    else delete dataset['contrast'];
  }, [state]);
  const toggle = useCallback((which: keyof typeof NONE) => setState((before) => ({ ...before, [which]: !before[which] })), []);
  const reset = useCallback(() => setState(NONE), []);
  return { ...state, changed: state.large || state.contrast || state.low, toggle, reset };
}
