import { useEffect, useRef, useState } from 'react';
import type { KioskScan } from '../../main/contract/devices.ts';
import { client } from '../shared/client.ts';

const REOPEN_MS = 1_000;

/**
 * Follows the codes held under this machine's own reader. What was held while the line was broken is gone: the person holds
 * it again.
 * @returns whether there is a reader that works now; only then is anybody invited to use it
 */
export function useScans(connected: boolean, onScan: (scan: KioskScan) => void): boolean {
  const [ready, setReady] = useState(false);
  const latest = useRef(onScan);
  latest.current = onScan;
  useEffect(() => {
    if (!connected) {
      setReady(false);
      return;
    }
    const ending = new AbortController();
    const follow = async () => {
      while (!ending.signal.aborted) {
        try {
          for await (const event of await client.devices.kioskScans(undefined, { signal: ending.signal })) {
            if (ending.signal.aborted) return;
            if (event.type === 'reader') setReady(event.ready);
            else latest.current(event.scan);
          }
        } catch {
          // The line is broken or the hub is older than this page: no invitation, the tiles work.
        }
        setReady(false);
        await new Promise((resolve) => setTimeout(resolve, REOPEN_MS));
      }
    };
    void follow();
    return () => ending.abort();
  }, [connected]);
  return ready;
}
