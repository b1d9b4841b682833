import { useCallback, useEffect, useMemo, useState } from 'react';
import type { InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../../main/contract/index.ts';
import { client } from '../../shared/client.ts';
import { useLive } from '../../shared/live.ts';
import { useDeskData } from '../data/deskData.tsx';
import { choicesOf, pickChoice, type Choice } from './choices.ts';

type Signing = InferContractRouterOutputs<typeof contract>['signing'];
type WatchMessage = Signing['watch'] extends AsyncIterable<infer M> ? M : never;
export type Snapshot = Extract<WatchMessage, { type: 'snapshot' }>['snapshot'];
export type Item = Snapshot['worklist'][number];
export type Batch = NonNullable<Snapshot['batch']>;
export type Preview = Signing['preview'];
export type Tokens = Signing['tokens'];
export type Token = Tokens['tokens'][number];
export type Certificate = Token['certificates'][number];
export type Form = Item['form'];
export type CopyKind = Item['copyKind'];

export const useSigningWatch = () =>
  useLive<Snapshot, Snapshot>({
    key: 'signing',
    sparse: true,
    open: (signal) => client.signing.watch(undefined, { signal }),
    apply: (_, next) => next,
  });

const USED_LAST = 'quay.sign.certificate';

/** The tokens that can be seen now, asked for on opening and again whenever somebody wants to know, and the one to sign with. */
export function useTokens(): {
  tokens: Tokens | null;
  look: () => void;
  choices: readonly Choice[];
  choice: Choice | null;
  choose: (key: string) => void;
} {
  const [tokens, setTokens] = useState<Tokens | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const look = useCallback(() => {
    client.signing.tokens().then(setTokens, () => setTokens(null));
  }, []);
  // The watch over the tokens tells when one was pulled out or plugged in: nobody has to press anything.
  const since = useDeskData().devices.data?.find((device) => device.kind === 'token')?.since;
  useEffect(look, [look, since]);
  const choices = useMemo(() => choicesOf(tokens), [tokens]);
  const choose = useCallback(
    (key: string) => {
      setChosen(key);
      const id = choices.find((one) => one.key === key)?.certificate?.id;
      if (id) localStorage.setItem(USED_LAST, id);
    },
    [choices],
  );
  const choice = useMemo(() => pickChoice(choices, chosen, localStorage.getItem(USED_LAST)), [choices, chosen]);
  return { tokens, look, choices, choice, choose };
}
