import type { PrintState, TicketState, TransferTarget } from '../contract/queue.ts';

/** Half-open nothing: a cleared field is null, so that a ticket is the same before and after JSON. */
export interface Ticket {
  readonly id: string;
  /** Business day, series and number are given once and never change. */
  readonly day: string;
  readonly series: string;
  readonly number: number;
  /** Id of the press that asked for it: a kiosk that went on alone and the hub may both have answered one press. */
  readonly press: string;
  /** Log number of the issue: the last tie-break of every order. */
  readonly seq: number;
  readonly issuedAt: number;
  /** Where waiting is counted from: the issue, or the booked time of an appointment that was kept. */
  readonly since: number;
  readonly serviceId: string;
  readonly state: TicketState;
  readonly priority: string | null;
  readonly priorityNote: string | null;
  readonly appointmentAt: number | null;
  readonly appointmentCode: string | null;
  readonly target: TransferTarget | null;
  readonly counterId: string | null;
  readonly officerId: string | null;
  readonly firstCalledAt: number | null;
  readonly calledAt: number | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly recalls: number;
  readonly misses: number;
  readonly reason: string | null;
  readonly print: PrintState;
  readonly reprints: number;
  /** What was promised at issue, in minutes: stands beside `firstCalledAt - since` for ever. */
  readonly estimate: Estimate | null;
  readonly dossiers: readonly string[];
  readonly rating: number | null;
  readonly ratingReasons: readonly string[];
  /** Log number of the last change. */
  readonly changed: number;
}

/** Minutes. `low`..`high` is the 80 % interval. */
export interface Estimate {
  readonly low: number;
  readonly mid: number;
  readonly high: number;
}

export type TicketPatch = { -readonly [K in keyof Ticket]?: Ticket[K] };

/** Everything of the hall that is not a ticket lives in small named pieces, each stored and replaced whole. */
export interface CounterPiece {
  open: boolean;
  officerId: string | null;
  officerName: string | null;
  deviceId: string | null;
  ticketId: string | null;
  /** Day to which the two sums belong. */
  day: string;
  served: number;
  servedMs: number;
  /** The last finished ticket: what the rating pad asks about. */
  lastDone: { ticketId: string; at: number } | null;
  emergencyAt: number | null;
}

export interface HallPiece {
  /** The day of business. Never goes back. */
  day: string;
}

export interface SeriesPiece {
  day: string;
  last: number;
  /** Numbers up to here may stand on paper although this database does not know them (it was restored). */
  floor: number;
  /** The same for leased blocks: numbers from the site's `leaseFrom` up to here. */
  leaseFloor: number;
  /** Blocks that kiosks hold today: skipped by everybody else. */
  leased: { from: number; to: number; leaseId: string }[];
}

export interface ServicePiece {
  /** Running mean and mean square of the service time in minutes, and how many tickets taught it (at most the memory). */
  mean: number;
  square: number;
  count: number;
}

export interface LeasePiece {
  leaseId: string;
  day: string;
  deviceId: string;
  at: number;
  blocks: { serviceId: string; series: string; from: number; to: number; used: number[] }[];
}

export interface VoicePiece {
  /** Who holds the hall's speaker and until when. */
  deviceId: string | null;
  until: number;
  /** What the speaker was told to say and has not acknowledged: a call's log number. */
  saying: number | null;
  /** Calls up to here were said, or were too old to be said. */
  said: number;
}

/** A call or recall, as boards show it and the voice says it. */
export interface HallCall {
  callSeq: number;
  at: number;
  ticketId: string;
  day: string;
  series: string;
  number: number;
  counterId: string;
  recall: boolean;
}

/** What a counter may take back: its last undoable command, whole. Held in memory; a hub that restarts has nothing to undo. */
export interface Undo {
  readonly at: number;
  readonly action: string;
  /** The tickets as they were, and the log number that the step gave them. */
  readonly steps: { before: Ticket; seq: number }[];
  readonly counter: CounterPiece;
}

export interface Actor {
  readonly deviceId: string;
  readonly officerId: string | null;
  readonly officerName: string | null;
}

/** What a hub asks of the store. `at` is the hub's guarded time; `id` is the screen's command id. */
export type QueueCommand = { readonly id: string; readonly at: number; readonly actor: Actor } & CommandBody;

export type CommandBody =
  | {
      readonly do: 'issue';
      readonly ticketId: string;
      readonly serviceId: string;
      readonly priority?: string;
      readonly appointment?: { code: string; at: number };
      readonly estimate?: Estimate;
      readonly byStaff?: boolean;
    }
  | { readonly do: 'printed'; readonly ticketId: string; readonly print: PrintState; readonly reprint?: boolean }
  | { readonly do: 'lease'; readonly leaseId: string; readonly size: number }
  | {
      readonly do: 'merge';
      readonly leaseId: string;
      readonly day: string;
      readonly ticket: {
        ticketId: string;
        press: string;
        serviceId: string;
        number: number;
        issuedAt: number;
        priority?: string;
        appointment?: { code: string; at: number };
        print: PrintState;
      };
    }
  | { readonly do: 'take'; readonly counterId: string; readonly force?: boolean }
  | { readonly do: 'leave'; readonly counterId: string }
  | { readonly do: 'next'; readonly counterId: string }
  | { readonly do: 'call'; readonly counterId: string; readonly ticketId: string }
  | { readonly do: 'recall' | 'start' | 'finish' | 'no-show' | 'undo'; readonly counterId: string }
  | { readonly do: 'park'; readonly counterId: string; readonly ticketId?: string; readonly reason: string }
  | { readonly do: 'resume'; readonly counterId: string; readonly ticketId: string }
  | {
      readonly do: 'transfer';
      readonly counterId: string;
      readonly ticketId?: string;
      readonly target: TransferTarget;
      readonly reason?: string;
    }
  | { readonly do: 'cancel'; readonly counterId: string; readonly ticketId: string; readonly reason: string }
  | { readonly do: 'prioritise'; readonly counterId: string; readonly ticketId: string; readonly reason: string; readonly note?: string }
  | { readonly do: 'link'; readonly ticketId: string; readonly dossierCode: string }
  | { readonly do: 'rate'; readonly ticketId: string; readonly score: number; readonly reasons: readonly string[] }
  | { readonly do: 'emergency'; readonly counterId: string; readonly on: boolean }
  | { readonly do: 'voice'; readonly said?: number }
  | { readonly do: 'floor'; readonly day: string; readonly marks: Readonly<Record<string, { last: number; lease: number }>> }
  | { readonly do: 'tick' };

/** One committed step. `hash` = SHA-256 over the previous hash and this entry's canonical text. */
export interface LogEntry {
  readonly seq: number;
  readonly at: number;
  readonly day: string;
  readonly action: string;
  readonly device: string;
  readonly officer: string | null;
  readonly counterId: string | null;
  readonly ticketId: string | null;
  readonly from: TicketState | null;
  readonly to: TicketState | null;
  /** The whole ticket for an issue, else the fields that changed; and the pieces that were replaced (null = removed). */
  readonly ticket: TicketPatch | null;
  readonly pieces: Readonly<Record<string, unknown>> | null;
  readonly hash: string;
}

/** Kept with the command id; survives JSON. */
export interface Answer {
  readonly seq: number;
  readonly ticket?: Ticket;
  readonly ahead?: number;
  readonly lease?: LeasePiece;
  readonly voice?: { speaker: boolean; say: HallCall | null };
}
