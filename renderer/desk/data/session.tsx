import { createContext, useCallback, useContext, useMemo, type ReactNode } from 'react';
import { client } from '../../shared/client.ts';
import type { Me } from '../App.tsx';

type Officer = NonNullable<Me['officer']>;
interface Session {
  readonly officer: Officer;
  readonly counterId: string | null;
  /** Rejects when the hub did not hear of it: the session then goes on. */
  readonly signOut: () => Promise<void>;
  readonly has: (...duties: Officer['duties']) => boolean;
}

const SessionContext = createContext<Session | null>(null);

export function SessionProvider({
  me,
  officer,
  onSignedOut,
  children,
}: {
  me: Me;
  officer: Officer;
  onSignedOut: (me: Me) => void;
  children: ReactNode;
}) {
  const signOut = useCallback(async () => onSignedOut(await client.officers.signOut()), [onSignedOut]);
  const value = useMemo<Session>(
    () => ({ officer, counterId: me.counterId, signOut, has: (...duties) => duties.some((duty) => officer.duties.includes(duty)) }),
    [me, officer, signOut],
  );
  return <SessionContext.Provider value={value}>{children}</SessionContext.Provider>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession outside SessionProvider');
  return session;
}
