import { useCallback, useEffect, useRef, useState } from 'react';
import type { IssuedTicket, KioskView } from '../../main/contract/queue.ts';
import { troubleOf, type Trouble } from '../shared/answer.ts';
import { NotConnected, client } from '../shared/client.ts';
import { newCommandId } from '../shared/ids.ts';
import type { LeaseDesk } from './useLease.ts';

/** Longer than this without an answer, and the number comes from the lease: a citizen does not stand and wait. */
const PATIENCE_MS = 2_500;
const PRINT_LOOK_MS = 600;

export interface Issue {
  readonly ticket: IssuedTicket | null;
  readonly pressed: string | null;
  readonly trouble: Trouble | null;
  /** @param appointmentCode as read from a booking slip; the hub then decides the group */
  readonly press: (serviceId: string, priority: string | null, appointmentCode?: string) => void;
  /** Where a ticket that was given before stands now. */
  readonly look: (ticketId: string) => void;
  readonly reprint: () => void;
  readonly clear: () => void;
}

/** One press, one ticket: the id is made at the press, every repeat carries it, and a second press waits for the first answer. */
export function useIssue(lease: LeaseDesk, view: KioskView | undefined): Issue {
  const [ticket, setTicket] = useState<IssuedTicket | null>(null);
  const [pressed, setPressed] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const busy = useRef(false);
  const latestView = useRef(view);
  latestView.current = view;

  const press = useCallback(
    (serviceId: string, priority: string | null, appointmentCode?: string) => {
      if (busy.current) return;
      busy.current = true;
      setPressed(serviceId);
      setTrouble(null);
      const order = {
        commandId: newCommandId(),
        serviceId,
        ...(priority === null ? {} : { priorityReason: priority }),
        ...(appointmentCode === undefined ? {} : { appointmentCode }),
      };
      const ending = new AbortController();
      const patience = setTimeout(() => ending.abort(), PATIENCE_MS);
      client.queue
        .issue(order, { signal: ending.signal })
        .then(setTicket, (error: unknown) => {
          const away = error instanceof NotConnected || ending.signal.aborted;
          const own = away && latestView.current ? lease.issue(order, latestView.current) : undefined;
          if (own) setTicket(own);
          else setTrouble(troubleOf(away ? new NotConnected() : error));
        })
        .finally(() => {
          clearTimeout(patience);
          busy.current = false;
          setPressed(null);
        });
    },
    [lease],
  );

  const look = useCallback((wanted: string) => {
    if (busy.current) return;
    setTrouble(null);
    client.queue.ticket({ ticketId: wanted }).then(setTicket, (error: unknown) => setTrouble(troubleOf(error)));
  }, []);

  const ticketId = ticket?.ticketId;
  const printing = ticket?.print === 'queued';
  useEffect(() => {
    if (!ticketId || !printing) return;
    const timer = setInterval(() => {
      client.queue.ticket({ ticketId }).then(
        (now) => setTicket((before) => (before?.ticketId === ticketId ? { ...before, print: now.print } : before)),
        () => {},
      );
    }, PRINT_LOOK_MS);
    return () => clearInterval(timer);
  }, [ticketId, printing]);

  const reprint = useCallback(() => {
    if (!ticketId) return;
    client.queue.reprint({ commandId: newCommandId(), ticketId }).then(
      ({ print }) => setTicket((before) => (before ? { ...before, print } : before)),
      (error: unknown) => setTrouble(troubleOf(error)),
    );
  }, [ticketId]);

  const clear = useCallback(() => {
    setTicket(null);
    setTrouble(null);
  }, []);
  return { ticket, pressed, trouble, press, look, reprint, clear };
}
