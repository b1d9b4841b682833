import { useCallback, useEffect, useState } from 'react';
import type { InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../main/contract/index.ts';
import { client, onWireState } from '../shared/client.ts';
import { useSystem } from '../shared/system.tsx';
import { Connecting } from './Connecting.tsx';
import { SessionProvider } from './data/session.tsx';
import { Shell } from './shell/Shell.tsx';
import { SignIn } from './SignIn.tsx';

export type Me = InferContractRouterOutputs<typeof contract>['officers']['me'];

/** Sign-in first, then the desk. The session is the hub's: this page asks, it never remembers by itself. */
export function App() {
  const { role } = useSystem();
  const [me, setMe] = useState<Me | null>(null);
  const ask = useCallback(() => {
    client.officers.me().then(setMe, () => {
      // No wire yet, or no right to ask: the next connection asks again.
    });
  }, []);
  useEffect(() => {
    ask();
    return onWireState(ask);
  }, [ask, role]);

  if (!me) return <Connecting />;
  if (!me.officer) return <SignIn onSignedIn={setMe} />;
  return (
    <SessionProvider me={me} officer={me.officer} onSignedOut={setMe}>
      <Shell />
    </SessionProvider>
  );
}
