import type { InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../../main/contract/index.ts';
import type { OutboxSummary } from '../data/deskData.tsx';

type Delivery = InferContractRouterOutputs<typeof contract>['delivery'];
export type OutboxRow = Delivery['list']['rows'][number];
export type OutboxShow = Delivery['show'];
export interface OutboxPicture {
  readonly summary: OutboxSummary;
  readonly rows: readonly OutboxRow[];
}

export function outboxAfter(
  picture: OutboxPicture,
  event: { summary: OutboxSummary; changed: OutboxRow[]; removed: string[] },
): OutboxPicture {
  const gone = new Set([...event.removed, ...event.changed.map((row) => row.id)]);
  return { summary: event.summary, rows: [...picture.rows.filter((row) => !gone.has(row.id)), ...event.changed] };
}

const OVER: ReadonlySet<OutboxRow['state']> = new Set(['acknowledged', 'reconciled', 'superseded']);

/** Who must act first, then the oldest; what has arrived is not waiting. What another station is to send has not arrived yet. */
export const sortRows = (rows: readonly OutboxRow[]): OutboxRow[] =>
  rows
    .filter((row) => !OVER.has(row.state))
    .sort((a, b) => Number(b.needsPerson) - Number(a.needsPerson) || a.enqueuedAt - b.enqueuedAt || a.id.localeCompare(b.id));
