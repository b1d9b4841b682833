import { checkSite, trainingSite, type Site } from '../../../main/queue/index.ts';

/** The training centre's eight groups, but `counters` counters; each serves every group unless `mixed`. */
export function raceSite(counters: number, mixed = false): Site {
  const services = trainingSite.services.map((s) => s.id);
  return checkSite({
    ...trainingSite,
    id: 'race',
    counters: Array.from({ length: counters }, (_, i) => ({
      id: String(i + 1),
      label: String(i + 1),
      zone: i % 2 === 0 ? 'A' : 'B',
      // in a mixed hall neighbours share skills, and every group has several counters
      services: mixed ? services.filter((_s, k) => (k + i) % 3 !== 0) : services,
    })),
  });
}
