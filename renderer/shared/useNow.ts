import { useEffect, useState } from 'react';
import { serverNow } from './client.ts';

/** The hub's time, repainted every `everyMs`. Screens never show their own machine's clock: a kiosk's battery may be dead. */
export function useNow(everyMs = 1000): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
