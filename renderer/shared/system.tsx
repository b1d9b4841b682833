import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import type { InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../main/contract/index.ts';
import { client, dropWire, heardServerTime, onWireState, wireState } from './client.ts';

export type SystemInfo = InferContractRouterOutputs<typeof contract>['system']['info'];

const SystemContext = createContext<SystemInfo | null>(null);
const PULSE_MS = 4_000;
const PULSE_PATIENCE_MS = 3_000;

/**
 * Asks the hub who it is, and keeps asking: the answer carries the hub's clock, and a hub that does not answer on a socket
 * that still looks open (a pulled cable) is noticed within seconds instead of minutes.
 */
export function SystemProvider({ children, waiting }: { children: ReactNode; waiting: ReactNode }) {
  const [info, setInfo] = useState<SystemInfo | null>(null);
  useEffect(() => {
    let ended = false;
    const pulse = async () => {
      if (!wireState().open) return;
      const patience = setTimeout(dropWire, PULSE_PATIENCE_MS);
      try {
        const heard = await client.system.info();
        heardServerTime(heard.now);
        if (!ended) setInfo((before) => (before && sameExceptClock(before, heard) ? before : heard));
      } catch {
        // Not answered: the wire's own state tells the screen.
      } finally {
        clearTimeout(patience);
      }
    };
    void pulse();
    const timer = setInterval(() => void pulse(), PULSE_MS);
    const stop = onWireState(() => void pulse());
    return () => {
      ended = true;
      clearInterval(timer);
      stop();
    };
  }, []);
  return <SystemContext.Provider value={info}>{info ? children : waiting}</SystemContext.Provider>;
}

const sameExceptClock = (a: SystemInfo, b: SystemInfo): boolean => JSON.stringify({ ...a, now: 0 }) === JSON.stringify({ ...b, now: 0 });

/** What the hub said about itself and this screen. Inside `SystemProvider` only. */
export function useSystem(): SystemInfo {
  const info = useContext(SystemContext);
  if (!info) throw new Error('useSystem outside SystemProvider');
  return info;
}
