import { useCallback, useRef, useState } from 'react';
import { troubleOf, type Trouble } from '../../shared/answer.ts';
import { newCommandId } from '../../shared/ids.ts';

export interface Command {
  /** Name of the command under way, for the button's label. */
  readonly busy: string | null;
  readonly trouble: Trouble | null;
  readonly dismiss: () => void;
  /**
   * Runs one command at a time with one id; a second press meanwhile is the same press. Answers what the call answered,
   * or undefined after a refusal (which is then in `trouble`) or when another command is under way.
   */
  readonly run: <T>(name: string, send: (commandId: string) => Promise<T>) => Promise<T | undefined>;
}

export function useCommand(): Command {
  const [busy, setBusy] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const under = useRef(false);
  const run = useCallback(async <T>(name: string, send: (commandId: string) => Promise<T>): Promise<T | undefined> => {
    if (under.current) return undefined;
    under.current = true;
    setBusy(name);
    setTrouble(null);
    try {
      return await send(newCommandId());
    } catch (error) {
      setTrouble(troubleOf(error));
      return undefined;
    } finally {
      under.current = false;
      setBusy(null);
    }
  }, []);
  const dismiss = useCallback(() => setTrouble(null), []);
  return { busy, trouble, dismiss, run };
}
