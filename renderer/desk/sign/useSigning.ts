import { useCallback, useEffect, useMemo, useState } from 'react';
import type { InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../../main/contract/index.ts';
import { client } from '../../shared/client.ts';
import { useLive } from '../../shared/live.ts';
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

const usedLast = (step: Item['step']): string => `quay.sign.certificate.${step}`;

interface Asks {
  /** The hub answers; tokens that could not be asked for while it was away are asked for when it is back. */
  readonly connected: boolean;
  /** Grows when other tokens are there than before. */
  readonly changes: number;
  readonly step: Item['step'];
  readonly officer: string;
  /** Whose signature the documents carry that wait for the seal: the seal is another's. */
  readonly signedBefore: ReadonlySet<string>;
}

/** The tokens that can be seen now, asked for anew whenever one comes or goes, and the one to sign this step with. */
export function useTokens({ connected, changes, step, officer, signedBefore }: Asks): {
  tokens: Tokens | null;
  look: () => void;
  choices: readonly Choice[];
  choice: Choice | null;
  choose: (key: string) => void;
} {
  const [tokens, setTokens] = useState<Tokens | null>(null);
  const [chosen, setChosen] = useState<Partial<Record<Item['step'], string>>>({});
  const look = useCallback(() => {
    client.signing.tokens().then(setTokens, () => setTokens(null));
  }, []);
  useEffect(() => {
    if (connected) look();
  }, [look, changes, connected]);
  const choices = useMemo(() => choicesOf(tokens), [tokens]);
  const choose = useCallback(
    (key: string) => {
      setChosen((before) => ({ ...before, [step]: key }));
      const id = choices.find((one) => one.key === key)?.certificate?.id;
      if (id) localStorage.setItem(usedLast(step), id);
    },
    [choices, step],
  );
  const choice = useMemo(
    () =>
      pickChoice(choices, chosen[step] ?? null, localStorage.getItem(usedLast(step)), (subject) =>
        step === 'clerk' ? !signedBefore.has(subject) && subject !== officer : subject.startsWith(officer),
      ),
    [choices, chosen, step, officer, signedBefore],
  );
  return { tokens, look, choices, choice, choose };
}
