import type { Dossiers } from '../dossiers/index.ts';

const EVERY_MS = 10 * 60 * 1000;
const STATION = { id: 'station', name: 'Quầy', title: '', counterId: '' };

/**
 * What nobody presses a key for: supplements whose time is over lapse, dossiers that waited for their procedure's code
 * leave. At the start and every ten minutes; what is done twice changes nothing.
 */
export function keepHouse(dossiers: Dossiers, onError: (error: unknown) => void): () => void {
  const round = () => {
    try {
      dossiers.lapseOverdue(STATION);
      dossiers.releasePending(STATION);
    } catch (error) {
      onError(error);
    }
  };
  // After the door is open: a large book must not delay the first answer.
  const first = setTimeout(round, 2_000);
  const timer = setInterval(round, EVERY_MS);
  first.unref();
  timer.unref();
  return () => {
    clearTimeout(first);
    clearInterval(timer);
  };
}
