import { isRefusal } from '../../../main/contract/refusal.ts';
import { nextLeasedNumber, type Lease } from '../../../main/contract/queue.ts';
import type { Answer, CommandBody } from '../../../main/queue/types.ts';
import { businessDay } from '../../../main/store/index.ts';
import type { Network } from './network.ts';
import { MINUTE, SECOND, type World } from './world.ts';

/** More do not come: who sees such a queue goes home. */
const FULL = 400;

/** A kiosk with its citizens. When the hub does not answer it gives numbers of its own block and brings them later. */
export function kiosk(world: World, network: Network, device: string): void {
  const { dice, site, checker } = world;
  let lease: Lease | undefined;
  let given: { commandId: string; serviceId: string; number: number; issuedAt: number; priority?: string }[] = [];
  let used: { serviceId: string; number: number }[] = [];
  const today = () => businessDay(world.now + world.step);

  const renew = () =>
    network.send(device, { do: 'lease', leaseId: '', size: 20 }, (answer) => {
      const made = (answer as Answer).lease;
      if (!made) return;
      lease = { leaseId: made.leaseId, businessDay: made.day, blocks: made.blocks };
      used = [];
    });
  const bring = () => {
    if (!lease || given.length === 0) return;
    const held = lease;
    for (const t of given) {
      const ticket = {
        ticketId: '',
        press: t.commandId,
        serviceId: t.serviceId,
        number: t.number,
        issuedAt: t.issuedAt,
        print: 'printed' as const,
        ...(t.priority ? { priority: t.priority } : {}),
      };
      network.send(
        device,
        { do: 'merge', leaseId: held.leaseId, day: held.businessDay, ticket },
        (answer) => {
          // a citizen who holds the kiosk's paper is in the hall
          if (isRefusal(answer)) checker.fail('I2', `merge of ${t.serviceId} ${t.number} refused: ${answer.refused}`);
        },
        undefined,
        `merge-${t.commandId}`,
      );
    }
    given = [];
  };
  const press = () => {
    world.after(dice.exponential(4 * SECOND), press);
    if ((world.hub?.state.lines ? waiting(world) : 0) > FULL) return;
    const serviceId = dice.pick(site.services).id;
    const id = `${world.id('press')}-${device}`;
    const priority = dice.chance(0.12) ? dice.pick(site.priorityReasons).id : undefined;
    const booked = dice.chance(0.08) ? { code: world.id('A'), at: world.clock.now() + (dice.below(60) - 30) * MINUTE } : undefined;
    const body: CommandBody = {
      do: 'issue',
      ticketId: '',
      serviceId,
      ...(priority ? { priority } : {}),
      ...(booked ? { appointment: { code: booked.code, at: Math.round(booked.at) } } : {}),
    };
    const alone = (tries: number): boolean => {
      if (tries < 3 || !lease) return false;
      const number = nextLeasedNumber(lease, serviceId, used, today());
      if (number === undefined) return false;
      used.push({ serviceId, number });
      given.push({ commandId: id, serviceId, number, issuedAt: Math.round(world.now), ...(priority ? { priority } : {}) });
      const series = site.services.find((s) => s.id === serviceId)!.series;
      checker.paper(lease.businessDay, `${series}${number}`, id);
      return true;
    };
    network.send(device, body, () => {}, alone, id);
  };
  const look = () => {
    const leftOver = lease
      ? Math.min(...lease.blocks.map((b) => b.to - b.from + 1 - used.filter((u) => u.serviceId === b.serviceId).length))
      : 0;
    if (!world.down) bring();
    if (given.length === 0 && (!lease || leftOver < 5 || lease.businessDay !== today())) renew();
    world.after(MINUTE, look);
  };
  look();
  world.after(5 * SECOND, press);
}

function waiting(world: World): number {
  let n = 0;
  for (const line of world.hub!.state.lines.values()) n += line.tickets.length;
  return n;
}

/** An officer: mostly "next", now and then anything else, on lists that may be seconds old. */
export function officer(world: World, network: Network, counterId: string): void {
  const device = `desk-${counterId}`;
  const soon = (ms: number) => world.after(ms, act);
  const act = () =>
    network.send(device, deskCommand(world, counterId), (answer) => {
      if (isRefusal(answer) && answer.refused === 'no-counter') return network.send(device, { do: 'take', counterId }, () => soon(500));
      soon(world.dice.service(12 * SECOND));
    });
  network.send(device, { do: 'take', counterId }, act);
}

function deskCommand(world: World, counterId: string): CommandBody {
  const { dice } = world;
  const ticketId = () => world.recent[dice.below(world.recent.length)] ?? 'nobody';
  const roll = dice.next();
  if (roll < 0.52) return { do: 'next', counterId };
  if (roll < 0.6) return { do: 'start', counterId };
  if (roll < 0.66) return { do: 'finish', counterId };
  if (roll < 0.72) return { do: 'recall', counterId };
  if (roll < 0.77) return { do: 'no-show', counterId };
  if (roll < 0.82) return { do: 'park', counterId, reason: 'sổ', ...(dice.chance(0.2) ? { ticketId: ticketId() } : {}) };
  if (roll < 0.87) return { do: 'resume', counterId, ticketId: ticketId() };
  if (roll < 0.92) return { do: 'transfer', counterId, target: target(world), ...(dice.chance(0.2) ? { ticketId: ticketId() } : {}) };
  if (roll < 0.94) return { do: 'call', counterId, ticketId: ticketId() };
  if (roll < 0.955) return { do: 'cancel', counterId, ticketId: ticketId(), reason: 'về' };
  if (roll < 0.965) return { do: 'prioritise', counterId, ticketId: ticketId(), reason: 'cao-tuoi' };
  if (roll < 0.97) return { do: 'rate', ticketId: ticketId(), score: 1 + dice.below(5), reasons: [] };
  if (roll < 0.975) return { do: 'link', ticketId: ticketId(), dossierCode: world.id('H') };
  if (roll < 0.99) return { do: 'undo', counterId };
  return { do: 'emergency', counterId, on: dice.chance(0.5) };
}

function target({ dice, site }: World): Extract<CommandBody, { do: 'transfer' }>['target'] {
  const roll = dice.next();
  if (roll < 0.6) return { to: 'service', serviceId: dice.pick(site.services).id };
  if (roll < 0.8) return { to: 'counter', counterId: dice.pick(site.counters).id };
  return { to: 'person', officerId: `desk-${dice.pick(site.counters).id}` };
}
