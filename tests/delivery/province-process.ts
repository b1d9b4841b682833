import { systemClock } from '../../main/store/index.ts';
import { createProvince } from '../../main/training/province/index.ts';
import { seededRandom } from '../../main/delivery/backoff.ts';

/** The virtual province as a process of its own: `node province-process.ts DIR SEED`; told what to do over the IPC channel. */
const [dir = '', seed = '1'] = process.argv.slice(2);
const province = await createProvince({ port: 0, dir, clock: systemClock, random: seededRandom(Number(seed)) });
process.on('message', (message: { id: number; ask: string; value?: unknown }) => {
  const answer = (value: unknown) => process.send?.({ id: message.id, value });
  switch (message.ask) {
    case 'troubles':
      return answer(province.troubles.set(message.value as Parameters<typeof province.troubles.set>[0]));
    case 'clear':
      return answer(province.troubles.clear());
    case 'effects':
      return answer(province.effects(Number(message.value ?? 0)));
    case 'holdings':
      return answer(province.holdings());
    case 'brief':
      return answer(province.brief());
    case 'count':
      return answer(province.count());
    case 'drop-sessions':
      province.dropSessions();
      return answer(true);
    case 'memory':
      return answer(process.memoryUsage.rss());
    default:
      return answer(null);
  }
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: province.port });
