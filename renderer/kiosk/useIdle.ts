import { useCallback, useEffect, useRef, useState } from 'react';

export const IDLE_MS = 120_000;
/** Announced when it begins and once more at half-time. */
export const WARNING_SECONDS = 20;

/**
 * After two minutes without a touch the machine asks, by sound and words, twice; then it goes back for the next citizen.
 * @param active false when there is nothing to go back from
 * @returns seconds left while it asks, else null
 */
export function useIdle(active: boolean, onEnd: () => void, onAnnounce: () => void): { warning: number | null; stay: () => void } {
  const [warning, setWarning] = useState<number | null>(null);
  const touched = useRef(Date.now());
  const announced = useRef(0);
  const calls = useRef({ onEnd, onAnnounce });
  calls.current = { onEnd, onAnnounce };

  const stay = useCallback(() => {
    touched.current = Date.now();
    announced.current = 0;
    setWarning(null);
  }, []);

  useEffect(() => {
    document.addEventListener('pointerdown', stay);
    document.addEventListener('keydown', stay);
    return () => {
      document.removeEventListener('pointerdown', stay);
      document.removeEventListener('keydown', stay);
    };
  }, [stay]);

  useEffect(() => {
    if (!active) {
      setWarning(null);
      return;
    }
    touched.current = Date.now();
    announced.current = 0;
    const timer = setInterval(() => {
      const left = Math.ceil((touched.current + IDLE_MS + WARNING_SECONDS * 1000 - Date.now()) / 1000);
      if (left > WARNING_SECONDS) {
        announced.current = 0;
        return;
      }
      if (left <= 0) {
        announced.current = 0;
        touched.current = Date.now();
        setWarning(null);
        calls.current.onEnd();
        return;
      }
      if (announced.current === 0 || (announced.current === 1 && left <= WARNING_SECONDS / 2)) {
        announced.current += 1;
        calls.current.onAnnounce();
      }
      setWarning(left);
    }, 500);
    return () => clearInterval(timer);
  }, [active]);
  return { warning, stay };
}
