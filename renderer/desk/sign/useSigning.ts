import { useCallback, useEffect, useState } from 'react';
import type { InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../../main/contract/index.ts';
import { client } from '../../shared/client.ts';
import { useLive } from '../../shared/live.ts';

type Signing = InferContractRouterOutputs<typeof contract>['signing'];
type WatchMessage = Signing['watch'] extends AsyncIterable<infer M> ? M : never;
export type Snapshot = Extract<WatchMessage, { type: 'snapshot' }>['snapshot'];
export type Item = Snapshot['worklist'][number];
export type Batch = NonNullable<Snapshot['batch']>;
export type Preview = Signing['preview'];
export type Tokens = Signing['tokens'];
export type Token = Tokens['tokens'][number];
export type Certificate = Token['certificates'][number];

export const useSigningWatch = () =>
  useLive<Snapshot, Snapshot>({
    key: 'signing',
    sparse: true,
    open: (signal) => client.signing.watch(undefined, { signal }),
    apply: (_, next) => next,
  });

/** The tokens that can be seen now; asked on opening and again whenever somebody wants to know. */
export function useTokens(): { tokens: Tokens | null; look: () => void } {
  const [tokens, setTokens] = useState<Tokens | null>(null);
  const look = useCallback(() => {
    client.signing.tokens().then(setTokens, () => setTokens(null));
  }, []);
  useEffect(look, [look]);
  return { tokens, look };
}

/** The first certificate that may sign, with its token. */
export function usableCertificate(tokens: Tokens | null): { token: Token; certificate: Certificate } | null {
  for (const token of tokens?.tokens ?? []) {
    const certificate = token.certificates.find((one) => one.refused === null);
    if (certificate) return { token, certificate };
  }
  return null;
}
