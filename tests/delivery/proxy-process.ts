import { seededRandom } from '../../main/delivery/backoff.ts';
import { createFaultProxy, type ProxyFaults } from './proxy.ts';

/** The proxy as a process of its own, so that it does not take time from the counter that is measured: `node proxy-process.ts PORT SEED`. */
const [port = '0', seed = '1'] = process.argv.slice(2);
const proxy = await createFaultProxy({ port: Number(port) }, seededRandom(Number(seed)));
process.on('message', (message: { id: number; ask: string; value?: unknown }) => {
  if (message.ask === 'set') proxy.set(message.value as Partial<ProxyFaults>);
  process.send?.({ id: message.id, value: { ...proxy.counts } });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: proxy.port });
