import type { IssuedTicket, PrintState } from '../contract/queue.ts';
import type { QueueStore } from './port.ts';
import type { CommandBody, Ticket } from './types.ts';
import { isUnprinted } from './common.ts';
import { issuedTicket, type Look } from './views.ts';

/**
 * Puts a ticket on paper. `key` is the same for every try of the same paper, so that a printer queue can tell a retry from
 * a second paper; a reprint has its own key and must say BẢN IN LẠI. `deviceId` is the kiosk or desk that asked.
 */
export type PrintTicket = (ticket: IssuedTicket, options: { key: string; reprint: boolean; deviceId: string }) => Promise<PrintState>;

/** A printer that has not answered by then has an unknown fate. */
const PATIENCE_MS = 20_000;
/** So many failures in a row, and the kiosk stops promising paper until one comes out again. */
const FAILURES = 3;

interface Deps {
  readonly store: QueueStore;
  readonly print: PrintTicket | undefined;
  readonly run: (body: CommandBody) => Promise<unknown>;
  readonly look: () => Look;
  readonly onChange: (paper: boolean) => void;
  readonly onError: (error: unknown) => void;
}

/** The number is committed before the paper moves; whatever happens to the paper, the number stays and can be printed again. */
export class Printing {
  private readonly deps: Deps;
  private readonly running = new Map<string, Promise<void>>();
  private failures = 0;

  constructor(deps: Deps) {
    this.deps = deps;
  }

  get paper(): boolean {
    return this.deps.print !== undefined && this.failures < FAILURES;
  }

  start(ticket: Ticket, options: { reprint: boolean; deviceId: string }): Promise<void> {
    const before = this.running.get(ticket.id);
    const work = (before ?? Promise.resolve()).then(() => this.one(ticket, options)).catch(this.deps.onError);
    this.running.set(ticket.id, work);
    return work.finally(() => {
      if (this.running.get(ticket.id) === work) this.running.delete(ticket.id);
    });
  }

  private async one(ticket: Ticket, { reprint, deviceId }: { reprint: boolean; deviceId: string }): Promise<void> {
    const key = reprint ? `${ticket.id}-${ticket.reprints}` : ticket.id;
    const print = this.deps.print
      ? await this.patiently(this.deps.print(issuedTicket(this.deps.look(), ticket), { key, reprint, deviceId }))
      : 'failed';
    const before = this.paper;
    this.failures = print === 'printed' ? 0 : this.failures + 1;
    if (this.paper !== before) this.deps.onChange(this.paper);
    await this.deps.run({ do: 'printed', ticketId: ticket.id, print, reprint });
  }

  private async patiently(work: Promise<PrintState>): Promise<PrintState> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<PrintState>((resolve) => (timer = setTimeout(() => resolve('unknown'), PATIENCE_MS)));
    try {
      return await Promise.race([work, late]);
    } catch (error) {
      this.deps.onError(error);
      return 'failed';
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Papers whose hub died while they were on the way: nobody knows whether they came out, so they go on the list of
   * unprinted tickets and staff decides. A hub that is still at it answers well before this.
   */
  async recover(): Promise<void> {
    const { state } = this.deps.store;
    const { now } = this.deps.look();
    const lost = [...state.tickets.values()].filter(
      (t) => t.print === 'queued' && !this.running.has(t.id) && now - t.issuedAt > 2 * PATIENCE_MS,
    );
    for (const ticket of lost) await this.deps.run({ do: 'printed', ticketId: ticket.id, print: 'unknown' });
  }

  get unprinted(): Ticket[] {
    return [...this.deps.store.state.tickets.values()].filter(isUnprinted);
  }

  async close(): Promise<void> {
    await Promise.all(this.running.values());
  }
}
