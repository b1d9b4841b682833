import { HubClient } from './client.ts';

/** One counter as a process: `counter.ts ID PORT[,PORT…]` presses "next" until nobody waits, and prints whom it called. */
const [counterId, ports] = process.argv.slice(2);
if (!counterId || !ports) throw new Error('counter.ts ID PORT[,PORT]');
const client = new HubClient(ports.split(',').map(Number), `desk-${counterId}`, Number(counterId));
await client.ask(`take-${counterId}-${process.pid}`, { do: 'take', counterId });
for (let press = 0; ; press += 1) {
  const { ticket } = await client.ask(`press-${counterId}-${process.pid}-${press}`, { do: 'next', counterId });
  if (!ticket) break;
  process.stdout.write(`${ticket.id}\n`);
}
process.stderr.write(`${client.retries}\n`);
client.close();
