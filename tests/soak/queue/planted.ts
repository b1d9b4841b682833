import type { QueueStore } from '../../../main/queue/index.ts';
import { chain, GENESIS, HallState } from '../../../main/queue/state.ts';
import type { Answer, LogEntry, QueueCommand, Ticket } from '../../../main/queue/types.ts';
import type { Hall } from './hall.ts';

/** What a bug may change. Whatever it leaves out works as it should. */
export interface Bug {
  /** The log as it would stand there if the hub had this bug. */
  entry?(entry: LogEntry): LogEntry;
  /** Leaves the hash chain as the changed entries broke it. */
  breaksChain?: boolean;
  state?(state: HallState): HallState;
  run?(store: QueueStore, command: QueueCommand): ReturnType<QueueStore['run']>;
  /** The hall forgets on a crash what it had done since the one before. */
  forgets?: boolean;
}

/** A hall whose every hub has a bug: proof that the simulation sees it. */
export function plant(hall: Hall, bug: Bug): Hall {
  const hashes = new Map<number, string>();
  const changed = new Map<number, LogEntry>();
  const alter = (entry: LogEntry): LogEntry => {
    const known = changed.get(entry.seq);
    if (known) return known;
    const altered = bug.entry?.(entry) ?? entry;
    const hash = bug.breaksChain ? entry.hash : chain(hashes.get(entry.seq - 1) ?? GENESIS, altered);
    hashes.set(entry.seq, hash);
    const made = { ...altered, hash };
    changed.set(entry.seq, made);
    return made;
  };
  const faulty = (store: QueueStore): QueueStore => ({
    site: store.site,
    get state() {
      return bug.state?.(store.state) ?? store.state;
    },
    run: (command) => bug.run?.(store, command) ?? store.run(command),
    subscribe: (listener) => store.subscribe((entries) => listener(bug.entry ? entries.map(alter) : entries)),
    log: async (after, limit) => {
      const entries = await store.log(after, limit);
      return bug.entry ? entries.map(alter) : entries;
    },
    rated: (from, to) => store.rated(from, to),
    refresh: () => store.refresh(),
    tidy: (now) => store.tidy(now),
    close: () => store.close(),
  });
  const made = new WeakMap<QueueStore, QueueStore>();
  const of = (store: QueueStore | undefined): QueueStore | undefined => {
    if (!store) return undefined;
    let hub = made.get(store);
    if (!hub) made.set(store, (hub = faulty(store)));
    return hub;
  };
  return {
    together: hall.together,
    hub: (device) => of(hall.hub(device)),
    get hubs() {
      return hall.hubs.map(of);
    },
    crash: (whole) => hall.crash(whole),
    async recover() {
      await hall.recover();
      if (!bug.forgets) return;
      await hall.restore?.();
      await hall.backup?.();
    },
    // what a bug that changes the log has made of it cannot be put back in part
    ...(bug.entry || bug.forgets ? {} : { backup: async () => hall.backup?.(), restore: async () => (await hall.restore?.()) ?? false }),
    close: () => hall.close(),
  };
}

/** The `n`th time that something happens, and every `n`th after it. */
function every(n: number): () => boolean {
  let times = 0;
  return () => (times += 1) % n === 0;
}

const is = (entry: LogEntry, ...actions: string[]): boolean => actions.includes(entry.action);

/** One fault per invariant, as other systems really had them (reference: the published failures). */
export const BUGS: Readonly<Record<string, () => Bug>> = {
  /** FQM's `max + 1` without a lock: two presses read the same maximum. */
  'I1 a number given twice': () => {
    const now = every(20);
    const last = new Map<string, number>();
    return {
      entry: (e) => {
        if (!is(e, 'issue')) return e;
        const ticket = e.ticket as Ticket;
        const number = now() ? (last.get(ticket.series) ?? ticket.number) : ticket.number;
        last.set(ticket.series, number);
        return { ...e, ticket: { ...ticket, number } };
      },
    };
  },
  'I2 a waiting ticket that fell out of the hall': () => ({
    state: (state) => {
      const lost = [...state.tickets.values()].find((t) => t.state === 'waiting' && t.number % 5 === 0);
      const copy = Object.create(state) as HallState;
      Object.defineProperty(copy, 'tickets', { value: new Map([...state.tickets].filter(([id]) => id !== lost?.id)) });
      return copy;
    },
  }),
  /** ZMSKVR-1138: two clerks call one citizen; here one counter holds two. */
  'I3 a counter that calls while it holds somebody': () => {
    const now = every(15);
    let counter = '1';
    return {
      entry: (e) => {
        if (!is(e, 'call') || e.counterId === null) return e;
        const altered = now() ? { ...e, counterId: counter, ticket: { ...e.ticket, counterId: counter } } : e;
        counter = e.counterId;
        return altered;
      },
    };
  },
  /** Whoever is called from the end of the line instead of its head. */
  'I4 the last instead of the first': () => ({
    run: (store, command) => {
      if (command.do !== 'next' || command.id.length % 3 !== 0) return store.run(command);
      const [line] = [...store.state.lines.values()].filter((l) => l.tickets.length > 3 && l.addressee === '');
      const ticket = line?.tickets.at(-1);
      return ticket ? store.run({ ...command, do: 'call', ticketId: ticket.id }) : store.run(command);
    },
    entry: (e) => (is(e, 'pick') ? { ...e, action: 'call' } : e),
  }),
  /** Strict priority: nothing bounds how long the others wait. */
  'I5 an overtaking without bound': () => ({
    entry: (e) =>
      is(e, 'issue') && (e.ticket as Ticket).priority === null ? { ...e, ticket: { ...e.ticket, since: e.at - 3_600_000 } } : e,
  }),
  /** ZMS's display learns of calls by comparing lists every ten seconds. */
  'I6 a call that no board gets': () => {
    const lost = new Set<number>();
    const now = every(30);
    return {
      state: (state) => {
        const copy = Object.create(state) as HallState;
        const newest = state.calls.at(-1);
        if (newest && !lost.has(-newest.callSeq) && (lost.add(-newest.callSeq), now())) lost.add(newest.callSeq);
        Object.defineProperty(copy, 'calls', { value: state.calls.filter((c) => !lost.has(c.callSeq)) });
        return copy;
      },
    };
  },
  /** No lease: every board is told to speak. */
  'I7 two speakers at once': () => ({
    run: (store, command) => store.run(command.do === 'voice' ? { ...command, actor: { ...command.actor, deviceId: 'board-1' } } : command),
  }),
  /** FQM prints first and inserts then. */
  'I8 a paper without a row': () => {
    const now = every(25);
    return {
      run: async (store, command) => {
        if (command.do !== 'issue' || !now()) return store.run(command);
        const like = [...store.state.tickets.values()].at(-1);
        if (!like) return store.run(command);
        const ticket: Ticket = { ...like, id: command.ticketId, press: command.id, number: like.number + 500 };
        return { answer: { seq: store.state.seq, ticket } satisfies Answer, repeated: false };
      },
    };
  },
  'I8 a failed print that is on no list': () => ({
    state: (state) => {
      const copy = Object.create(state) as HallState;
      Object.defineProperty(copy, 'aside', { value: new Set() });
      return copy;
    },
  }),
  /** ZMSKVR-247: a double request has a double effect. */
  'I9 a repeated press that counts twice': () => ({
    run: (store, command) => store.run({ ...command, id: command.do === 'issue' || command.do === 'next' ? '' : command.id }),
  }),
  /** An answer before the disk. */
  'I10 an acknowledged step that a crash loses': () => ({ forgets: true }),
  /** ZMSKVR-1061: an edited ticket slips down the queue. */
  'I11 a transfer that costs the place': () => ({
    entry: (e) => (is(e, 'transfer', 'park') ? { ...e, ticket: { ...e.ticket, since: e.at } } : e),
  }),
  /** MADO's and TheQ's days that a clock or a zone turned back. */
  'I12 a day that comes again': () => {
    const now = every(400);
    return { entry: (e) => (now() ? { ...e, day: '2026-11-01' } : e) };
  },
  'I13 a step that somebody changed afterwards': () => {
    const now = every(300);
    return { breaksChain: true, entry: (e) => (now() ? { ...e, officer: 'somebody else' } : e) };
  },
  'I13 a step without a name': () => {
    const now = every(300);
    return { entry: (e) => (now() ? { ...e, device: '' } : e) };
  },
};
