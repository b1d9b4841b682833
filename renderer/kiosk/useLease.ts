import { useEffect, useRef } from 'react';
import {
  nextLeasedNumber,
  ticketText,
  type IssuedTicket,
  type KioskView,
  type Lease,
  type LeasedTicket,
} from '../../main/contract/queue.ts';
import { client, serverNow } from '../shared/client.ts';
import { newCommandId } from '../shared/ids.ts';
import { dayOf } from '../shared/time.ts';

const STORAGE = 'quay.kiosk.lease';
const BLOCK = 20;
const LOOK_EVERY_MS = 30_000;

interface Held {
  readonly lease: Lease;
  /** Tickets made while the hub was away and not yet merged; numbers used stay until the lease is replaced. */
  readonly tickets: readonly LeasedTicket[];
  readonly merged: readonly { readonly serviceId: string; readonly number: number }[];
  /** The id of the merge of exactly these tickets, kept so that a repeated merge has one effect. */
  readonly mergeId: string;
}

export interface Press {
  readonly commandId: string;
  /** The group, or the series that an appointment's code begins with. */
  readonly serviceId: string;
  readonly priorityReason?: string;
  readonly appointmentCode?: string;
}

export interface LeaseDesk {
  /** May numbers be given now without the hub? */
  usable(): boolean;
  /** Makes a ticket from the lease, or undefined when there is none left for the group. */
  issue(press: Press, view: KioskView): IssuedTicket | undefined;
}

function read(): Held | null {
  try {
    const held = JSON.parse(localStorage.getItem(STORAGE) ?? 'null') as Held | null;
    return held && Array.isArray(held.tickets) && Array.isArray(held.lease?.blocks) ? held : null;
  } catch {
    return null;
  }
}
const write = (held: Held): void => localStorage.setItem(STORAGE, JSON.stringify(held));
const used = (held: Held): { serviceId: string; number: number }[] => [...held.merged, ...held.tickets];
const today = (): string => dayOf(serverNow());

/** A block is nearly used up when fewer than a third of its numbers are left. */
const running = (held: Held): boolean =>
  held.lease.blocks.some((block) => {
    const next = nextLeasedNumber(held.lease, block.serviceId, used(held), today());
    return next === undefined || block.to - next < (block.to - block.from) / 3;
  });

async function merge(held: Held): Promise<Held> {
  const tickets = [...held.tickets];
  await client.queue.merge({ commandId: held.mergeId, lease: held.lease, tickets });
  const now = read() ?? held;
  const sent = new Set(tickets.map((ticket) => ticket.commandId));
  const after: Held = {
    lease: now.lease,
    tickets: now.tickets.filter((ticket) => !sent.has(ticket.commandId)),
    merged: [...now.merged, ...tickets.map(({ serviceId, number }) => ({ serviceId, number }))],
    mergeId: newCommandId(),
  };
  write(after);
  return after;
}

/** Keeps a leased block of numbers on this machine, so that it goes on giving numbers while the hub is away, and hands in what it gave. */
export function useLease(connected: boolean): LeaseDesk {
  const tendNow = useRef<() => void>(() => {});
  useEffect(() => {
    if (!connected) return;
    let ended = false;
    let busy = false;
    let again = false;
    const tend = async () => {
      if (busy) {
        again = true;
        return;
      }
      busy = true;
      try {
        let held = read();
        if (held && held.tickets.length > 0) held = await merge(held);
        const good = held !== null && held.lease.businessDay === today() && !running(held);
        if (ended || good) return;
        const lease = await client.queue.lease({ commandId: newCommandId(), size: BLOCK });
        write({ lease, tickets: read()?.tickets ?? [], merged: [], mergeId: newCommandId() });
      } catch {
        // The hub went away again or gives no leases; the next look tries again.
      } finally {
        busy = false;
        if (again && !ended) {
          again = false;
          void tend();
        }
      }
    };
    tendNow.current = () => void tend();
    void tend();
    const timer = setInterval(() => void tend(), LOOK_EVERY_MS);
    return () => {
      ended = true;
      tendNow.current = () => {};
      clearInterval(timer);
    };
  }, [connected]);

  return useRef<LeaseDesk>({
    usable() {
      const held = read();
      return held !== null && held.lease.businessDay === today() && held.lease.blocks.length > 0;
    },
    issue(press, view) {
      const held = read();
      const group = view.groups.find((one) => one.id === press.serviceId || one.series === press.serviceId);
      if (!held || !group?.open) return undefined;
      const number = nextLeasedNumber(held.lease, group.id, used(held), today());
      if (number === undefined) return undefined;
      const issuedAt = serverNow();
      const ticket: LeasedTicket = { ...press, serviceId: group.id, number, issuedAt, print: 'none' };
      write({ ...held, tickets: [...held.tickets, ticket], mergeId: newCommandId() });
      // A hub that was only slow may have answered the press as well, and would call the number that nobody holds.
      tendNow.current();
      return {
        ticketId: press.commandId,
        number,
        text: ticketText(group.series, number),
        serviceId: group.id,
        serviceVi: group.vi,
        serviceEn: group.en,
        businessDay: held.lease.businessDay,
        issuedAt,
        ahead: group.waiting,
        priority: press.priorityReason !== undefined,
        print: 'none',
      };
    },
  }).current;
}
