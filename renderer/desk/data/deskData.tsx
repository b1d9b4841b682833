import { createContext, useContext, type ReactNode } from 'react';
import type { InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../../main/contract/index.ts';
import type { DeviceHealth } from '../../../main/contract/devices.ts';
import type { WorklistsView } from '../../../main/contract/dossier-views.ts';
import type { DeskView } from '../../../main/contract/queue.ts';
import { client, heardServerTime } from '../../shared/client.ts';
import { useLive, type Live } from '../../shared/live.ts';

type Router = InferContractRouterOutputs<typeof contract>;
type StripMessage = Router['delivery']['strip'] extends AsyncIterable<infer M> ? M : never;
export type OutboxSummary = Extract<StripMessage, { type: 'snapshot' }>['snapshot'];

export interface DeskData {
  readonly desk: Live<DeskView>;
  readonly outbox: Live<OutboxSummary>;
  readonly work: Live<WorklistsView>;
  readonly devices: Live<readonly DeviceHealth[]>;
}

const DeskContext = createContext<DeskData | null>(null);

/** The four streams that every page of the desk needs, opened once. */
export function DeskDataProvider({ children }: { children: ReactNode }) {
  const desk = useLive<DeskView, DeskView>({
    key: 'desk',
    open: (signal) => client.queue.desk(undefined, { signal }),
    apply: (_, view) => view,
    onMessage: (message) => heardServerTime((message.type === 'snapshot' ? message.snapshot : message.event).now),
  });
  const outbox = useLive<OutboxSummary, OutboxSummary>({
    key: 'outbox',
    sparse: true,
    open: (signal) => client.delivery.strip(undefined, { signal }),
    apply: (_, summary) => summary,
  });
  const work = useLive<WorklistsView, WorklistsView>({
    key: 'work',
    sparse: true,
    open: (signal) => client.dossiers.worklists(undefined, { signal }),
    apply: (_, lists) => lists,
  });
  const devices = useLive<readonly DeviceHealth[], DeviceHealth>({
    key: 'devices',
    sparse: true,
    open: (signal) => client.devices.live(undefined, { signal }),
    apply: (all, one) => [...all.filter((device) => device.id !== one.id), one],
  });
  return <DeskContext.Provider value={{ desk, outbox, work, devices }}>{children}</DeskContext.Provider>;
}

export function useDeskData(): DeskData {
  const data = useContext(DeskContext);
  if (!data) throw new Error('useDeskData outside DeskDataProvider');
  return data;
}
