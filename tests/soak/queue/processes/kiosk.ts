import { appendFileSync, existsSync, fsyncSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { nextLeasedNumber, type Lease } from '../../../../main/contract/queue.ts';
import { businessDay, systemClock } from '../../../../main/store/index.ts';
import { HubClient } from './client.ts';

/**
 * One kiosk as a process: `kiosk.ts FILE PORT alone N` gives N numbers from its lease without the hub; `kiosk.ts FILE PORT
 * merge` brings them. It writes each number down before it prints it, so that it can be killed at any moment.
 */
const [file, port, mode, count] = process.argv.slice(2);
if (!file || !port) throw new Error('kiosk.ts FILE PORT alone N | merge');
const client = new HubClient([Number(port)], 'kiosk-1');
if (!existsSync(file)) {
  const answer = await client.ask('lease-of-the-test', { do: 'lease', leaseId: 'lease-of-the-test', size: 50 });
  const { leaseId, day, blocks } = answer.lease!;
  writeFileSync(file, `${JSON.stringify({ leaseId, businessDay: day, blocks })}\n`);
}
const [first, ...rest] = readFileSync(file, 'utf8').trim().split('\n');
const lease = JSON.parse(first!) as Lease;
// the last line may have been cut off when the kiosk was killed: its paper was never printed
const given = rest.flatMap((line) => {
  try {
    return [JSON.parse(line) as { commandId: string; serviceId: string; number: number; issuedAt: number }];
  } catch {
    return [];
  }
});
const service = lease.blocks[0]!.serviceId;
if (mode === 'alone') {
  const handle = openSync(file, 'a');
  for (let i = 0; i < Number(count); i += 1) {
    const number = nextLeasedNumber(lease, service, given, businessDay(systemClock.now()));
    if (number === undefined) break;
    const ticket = { commandId: `kiosk-press-${number}`, serviceId: service, number, issuedAt: systemClock.now() };
    given.push(ticket);
    appendFileSync(handle, `\n${JSON.stringify(ticket)}`);
    fsyncSync(handle);
    process.stdout.write(`${number}\n`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
} else {
  for (const t of given) {
    const reply = await client.ask(`merge-${t.commandId}`, {
      do: 'merge',
      leaseId: lease.leaseId,
      day: lease.businessDay,
      ticket: {
        ticketId: `t-${t.number}`,
        press: t.commandId,
        serviceId: t.serviceId,
        number: t.number,
        issuedAt: t.issuedAt,
        print: 'printed',
      },
    });
    process.stdout.write(`${reply.ticket?.number ?? reply.refused}\n`);
  }
}
client.close();
