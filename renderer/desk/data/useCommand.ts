import { useCallback, useRef, useState } from 'react';
import { troubleOf, type Trouble } from '../../shared/answer.ts';
import { newCommandId } from '../../shared/ids.ts';
import { createTurn } from './turn.ts';

export interface Command {
  /** Name of the command under way, for the button's label. */
  readonly busy: string | null;
  readonly trouble: Trouble | null;
  readonly dismiss: () => void;
  /**
   * Runs one command at a time with one id; a second press meanwhile is the same press. Answers what the call answered,
   * or undefined after a refusal (which is then in `trouble`) or when another command is under way that `after` does not name.
   */
  readonly run: <T>(name: string, send: (commandId: string) => Promise<T>, after?: readonly string[]) => Promise<T | undefined>;
}

export function useCommand(): Command {
  const [busy, setBusy] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const turn = useRef<ReturnType<typeof createTurn>>(undefined);
  turn.current ??= createTurn();
  const run = useCallback(async <T>(name: string, send: (commandId: string) => Promise<T>, after?: readonly string[]) => {
    const taken = turn.current?.take(name, after);
    // Without a wait the screen says "busy" in the very press.
    const done = taken instanceof Promise ? await taken : taken;
    if (!done) return undefined;
    setBusy(name);
    setTrouble(null);
    try {
      const answer = await send(newCommandId());
      setBusy(null);
      done(true);
      return answer;
    } catch (error) {
      setTrouble(troubleOf(error));
      setBusy(null);
      done(false);
      return undefined;
    }
  }, []);
  const dismiss = useCallback(() => setTrouble(null), []);
  return { busy, trouble, dismiss, run };
}
