import type { RatingReport } from '../contract/queue.ts';
import type { RatedTicket } from './port.ts';
import type { Site } from './site.ts';

interface Sum {
  count: number;
  stars: number;
}
const average = ({ count, stars }: Sum): number => Math.round((stars / count) * 100) / 100;

/** What citizens said at the pads, without who said it: a counter with few answers is told with its count, so that nobody is judged by one. */
export function ratingReport(site: Site, rows: readonly RatedTicket[], from: string, to: string): RatingReport {
  const scores = [0, 0, 0, 0, 0];
  const counters = new Map<string, Sum>();
  const services = new Map<string, Sum>();
  const reasons = new Map<string, number>();
  const add = (sums: Map<string, Sum>, key: string, score: number) => {
    const sum = sums.get(key) ?? { count: 0, stars: 0 };
    sums.set(key, { count: sum.count + 1, stars: sum.stars + score });
  };
  for (const row of rows) {
    scores[row.score - 1] = (scores[row.score - 1] ?? 0) + 1;
    add(services, row.serviceId, row.score);
    if (row.counterId !== null) add(counters, row.counterId, row.score);
    for (const reason of row.reasons) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const lines = (sums: ReadonlyMap<string, Sum>, name: (id: string) => string) =>
    [...sums]
      .map(([id, sum]) => ({ id, name: name(id), count: sum.count, average: average(sum) }))
      .toSorted((a, b) => b.count - a.count || a.name.localeCompare(b.name, 'vi', { numeric: true }));
  const all: Sum = { count: rows.length, stars: rows.reduce((sum, row) => sum + row.score, 0) };
  return {
    from,
    to,
    count: all.count,
    average: all.count === 0 ? null : average(all),
    scores,
    counters: lines(counters, (id) => site.counters.find((c) => c.id === id)?.label ?? id),
    services: lines(services, (id) => site.services.find((s) => s.id === id)?.vi ?? id),
    reasons: [...reasons].map(([id, count]) => ({ id, count })).toSorted((a, b) => b.count - a.count || a.id.localeCompare(b.id)),
  };
}
