import type { Random } from '../../../main/delivery/backoff.ts';
import type { TlsFront } from '../../delivery/certificates.ts';
import type { forkProvince } from '../../delivery/processes.ts';
import { CALM, type FaultProxy } from '../../delivery/proxy.ts';

/** Wrong answers; every one of them is shown, in turn. */
const CODES = [401, 409, 413, 422, 429, 500, 502, 403, 503] as const;
const SPELL_MS = 300;
/** Of so many spells the first ones are a long storm. */
const ROUND = 60;
const STORM = 6;

export interface Sky {
  readonly province: Awaited<ReturnType<typeof forkProvince>>;
  readonly proxies: readonly FaultProxy[];
  readonly front: TlsFront | null;
  readonly random: Random;
}

/**
 * Shifting troubles until `state.over`: lost replies (30 % in every third bad spell), resets at random bytes, half and duplicate
 * replies, delays, every wrong status before or after the work, wrong hashes, a clock that is off by up to an hour, tokens that end
 * after a second or at once, a certificate of a stranger. Four calm spells follow each bad one, so that work is under way whenever
 * the next one breaks in; now and then a storm lasts; in the end it is calm.
 */
export async function weather({ province, proxies, front, random }: Sky, state: { over: boolean }): Promise<void> {
  const line = (faults: Parameters<FaultProxy['set']>[0]) => proxies.forEach((proxy) => proxy.set(faults));
  const calm = async () => {
    await province.clear();
    line({ ...CALM });
    front?.show('server');
  };
  let bad = 0;
  for (let i = 0; !state.over; i += 1) {
    if (i % ROUND >= STORM && i % 5 !== 0) await calm();
    else {
      bad += 1;
      await province.troubles({
        status: {
          code: CODES[bad % CODES.length],
          share: random() * 0.3,
          after: random() < 0.5,
          retryAfterS: random() < 0.2 ? 1 : 0,
        },
        wrongHash: random() * 0.1,
        duplicateReplies: random() * 0.1,
        tokenLifeS: random() < 0.3 ? 1 : 1800,
        clockSkewMs: (random() - 0.5) * 7_200_000,
      });
      line({
        dropReplies: bad % 3 === 0 ? 0.3 : random() * 0.1,
        resets: random() * 0.2,
        halfReplies: random() * 0.1,
        delayMs: random() < 0.3 ? 20 : 0,
        down: random() < 0.05,
      });
      if (random() < 0.2) await province.dropSessions();
      if (random() < 0.1) front?.show(random() < 0.5 ? 'foreign' : 'second');
    }
    await new Promise((resolve) => setTimeout(resolve, SPELL_MS));
  }
  await calm();
}
