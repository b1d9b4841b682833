import type { DeviceConfig, DeviceHealth, PrintJob, ScanEvent } from '../contract/devices.ts';
import type { Paper, TicketContent } from '../contract/paper.ts';
import type { Clock, Store } from '../store/index.ts';
import { createA4Printer, type A4Printer, type A4Times } from './a4/a4-printer.ts';
import type { A4Backend } from './a4/backend.ts';
import { ippBackend } from './a4/ipp.ts';
import { createHealth, type HealthCell, type HealthSource } from './health.ts';
import { createJobs } from './jobs.ts';
import { createHealthMemory } from './memory.ts';
import { canReach, createTransport, type DeviceLayers } from './open.ts';
import { profileOf, type PrinterProfile } from './printer/profile.ts';
import { createTicketPrinter, type PrinterTimes, type TicketPrinter } from './printer/ticket-printer.ts';
import { encodePng, renderPaper } from './raster/index.ts';
import { createReader, type Reader } from './reader/reader.ts';
import { createHangers } from './display/hang.ts';
import type { Display } from './display/display.ts';
import { createKeypad, type Keypad } from './keypad/keypad.ts';
import type { KeypadAction } from './keypad/keys.ts';
import { createRegistry } from './registry.ts';

export interface DevicesOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Devices that are there from the start (training neighbours); remembered ones stand in the database. */
  readonly config: readonly DeviceConfig[];
  /** Turns a ticket into paper; `documents/ticket` does, handed in by `counter.ts`. */
  readonly ticketPaper: (ticket: TicketContent) => Paper;
  /** Training papers say so, whatever the caller forgot. */
  readonly training: boolean;
  /** System printers under Electron, by queue name. */
  readonly systemPrinter?: (queue: string) => A4Backend;
  readonly layers?: DeviceLayers;
  readonly printerTimes?: Partial<PrinterTimes>;
  readonly a4Times?: Partial<A4Times>;
  readonly heartbeatMs?: number;
  /** Sees the bytes of each slip as they go out. */
  readonly onPrintBytes?: (key: string, bytes: Uint8Array) => void;
}

type Open =
  | { readonly kind: 'ticket-printer'; readonly device: TicketPrinter }
  | { readonly kind: 'a4-printer'; readonly device: A4Printer }
  | { readonly kind: 'reader'; readonly device: Reader }
  | { readonly kind: 'keypad'; readonly device: Keypad }
  | { readonly kind: 'display'; readonly device: Display }
  | { readonly kind: 'out-of-reach'; readonly device: { readonly health: HealthCell; close(): Promise<void> } };

export type Devices = ReturnType<typeof createDevices>;

/**
 * Every machine on the counter except scanners and tokens, which lend their health through `addHealth`.
 */
export function createDevices(options: DevicesOptions) {
  const { store, clock } = options;
  const jobs = createJobs(store);
  const open = new Map<string, Open>();
  const offs = new Map<string, (() => void)[]>();
  const sources = new Set<HealthSource>();
  const healthListeners = new Set<(health: DeviceHealth) => void>();
  const configListeners = new Set<() => void>();
  const keyListeners = new Set<(action: KeypadAction, config: DeviceConfig) => void>();
  const scanListeners = new Set<(event: ScanEvent, config: DeviceConfig) => void>();
  const tell = (health: DeviceHealth) => {
    const recalled = memory.recall(health);
    for (const listener of healthListeners) listener(recalled);
    memory.changed(health);
  };
  const memory = createHealthMemory(store, () => health());
  const heartbeat = options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs };
  const hang = createHangers(clock, options.heartbeatMs);

  const reach = (config: DeviceConfig) =>
    canReach(config, { spooler: options.layers?.spooler !== undefined, systemPrinter: options.systemPrinter !== undefined });

  const start = (config: DeviceConfig) => {
    const common = { id: config.id, name: config.name, clock };
    const transport = () => createTransport(config.address, config.kind, options.layers);
    let opened: Open;
    if (!reach(config)) {
      // Set up on another system, or before its driver was taken away: it says so instead of keeping the counter from opening.
      const health = createHealth({ id: config.id, kind: config.kind, name: config.name }, clock);
      health.set('error', ['not-configured']);
      opened = { kind: 'out-of-reach', device: { health, close: () => Promise.resolve() } };
    } else if (config.kind === 'ticket-printer') {
      opened = {
        kind: config.kind,
        device: createTicketPrinter({
          ...common,
          transport: transport(),
          profile: profileFor(config),
          textMode: config.textMode ?? 'raster',
          jobs,
          ...(options.printerTimes ? { times: options.printerTimes } : {}),
          ...(options.onPrintBytes ? { onBytes: options.onPrintBytes } : {}),
        }),
      };
    } else if (config.kind === 'a4-printer') {
      const backend = a4Backend(config, options.systemPrinter);
      opened = {
        kind: config.kind,
        device: createA4Printer({ ...common, backend, jobs, ...(options.a4Times ? { times: options.a4Times } : {}) }),
      };
    } else if (config.kind === 'reader') {
      opened = { kind: config.kind, device: createReader({ ...common, transport: transport(), ...heartbeat }) };
    } else if (config.kind === 'keypad') {
      opened = {
        kind: config.kind,
        device: createKeypad({ ...common, model: config.profile, busAddress: config.busAddress, transport: transport(), ...heartbeat }),
      };
    } else {
      opened = { kind: config.kind, device: hang(config, transport) };
    }
    open.set(config.id, opened);
    const off = [opened.device.health.on(tell)];
    if (opened.kind === 'reader') {
      off.push(
        opened.device.onScan((event) => {
          for (const listener of scanListeners) listener(event, config);
        }),
      );
    }
    if (opened.kind === 'keypad') {
      off.push(
        opened.device.onKey((action) => {
          for (const listener of keyListeners) listener(action, config);
        }),
      );
    }
    offs.set(config.id, off);
    tell(opened.device.health.current());
  };
  const stop = async (id: string) => {
    for (const off of offs.get(id) ?? []) off();
    offs.delete(id);
    const opened = open.get(id);
    open.delete(id);
    await opened?.device.close();
  };

  const registry = createRegistry(store, options.config);
  for (const config of registry.all()) start(config);

  const ticketPrinter = (): TicketPrinter | undefined => [...open.values()].find((o) => o.kind === 'ticket-printer')?.device;
  const a4Printer = (id?: string): A4Printer | undefined =>
    [...open].flatMap(([at, o]) => (o.kind === 'a4-printer' && (id === undefined || at === id) ? [o.device] : []))[0];
  const health = (): DeviceHealth[] =>
    [...[...open.values()].map((o) => o.device.health.current()), ...[...sources].flatMap((source) => source.health())].map(memory.recall);

  return {
    /** The printer in the hall or at the kiosk, if one is set up. */
    ticketPrinter,
    /** The A4 printer of this id; without one the first that is set up. */
    a4Printer,
    readers: (): readonly Reader[] => [...open.values()].flatMap((o) => (o.kind === 'reader' ? [o.device] : [])),

    /**
     * Prints a queue ticket. The key stands for this paper (ticket id, or ticket id and reprint number): the same key
     * never prints twice. @returns undefined when no ticket printer is set up
     */
    printTicket(ticket: TicketContent, job: { key: string; reprint?: boolean }): PrintJob | undefined {
      const printer = ticketPrinter();
      const content = { ...ticket, training: ticket.training || options.training, reprint: ticket.reprint || (job.reprint ?? false) };
      return printer?.print(options.ticketPaper(content), { key: job.key, title: ticket.number });
    },
    /** Follows a job of any printer to its end. */
    settled(key: string): Promise<PrintJob> {
      const job = jobs.get(key);
      const printer = job && open.get(job.deviceId);
      if (job && (printer?.kind === 'ticket-printer' || printer?.kind === 'a4-printer')) return printer.device.settled(key);
      return job ? Promise.resolve(job) : Promise.reject(new Error('no such print job'));
    },
    job: jobs.get,
    jobs: (limit = 50) => jobs.newest(limit),
    /** The ticket as it will look, 203 dpi. */
    renderTicketPng: (ticket: TicketContent, widthDots = 576): Buffer =>
      encodePng(renderPaper(options.ticketPaper({ ...ticket, training: ticket.training || options.training }), widthDots)),

    health,
    onHealth(listener: (health: DeviceHealth) => void): () => void {
      healthListeners.add(listener);
      return () => void healthListeners.delete(listener);
    },
    /** Scanners and tokens, which other parts of the house drive, appear in the strip and in the doctor through this. */
    addHealth(source: HealthSource): () => void {
      sources.add(source);
      const off = source.onHealth(tell);
      return () => {
        off();
        sources.delete(source);
      };
    },
    /** Every code read anywhere, with the configuration of its reader (which counter it belongs to). */
    onScan(listener: (event: ScanEvent, config: DeviceConfig) => void): () => void {
      scanListeners.add(listener);
      return () => void scanListeners.delete(listener);
    },

    /** Keys pressed at any counter's keypad. */
    onKey(listener: (action: KeypadAction, config: DeviceConfig) => void): () => void {
      keyListeners.add(listener);
      return () => void keyListeners.delete(listener);
    },
    /** Shows a text on one display. @returns false when there is none of this id */
    show(id: string, text: string): boolean {
      const display = open.get(id);
      if (display?.kind !== 'display') return false;
      display.device.show(text);
      return true;
    },
    /** Shows a text on the displays of a counter; nothing happens where there is none. */
    showAt(counterId: string, text: string): void {
      for (const config of registry.all()) {
        const display = config.counterId === counterId ? open.get(config.id) : undefined;
        if (display?.kind === 'display') display.device.show(text);
      }
    },
    printer(id: string): TicketPrinter | undefined {
      const found = open.get(id);
      return found?.kind === 'ticket-printer' ? found.device : undefined;
    },

    config: (): DeviceConfig[] => registry.all(),
    /** Is there a way to such a device on this machine? */
    canReach: reach,
    /** Remembers a device and (re)opens it. */
    async apply(config: DeviceConfig): Promise<DeviceConfig> {
      const device = registry.remember(config);
      await stop(device.id);
      start(device);
      for (const listener of configListeners) listener();
      return device;
    },
    /** Forgets a remembered device; one that was given at the start comes back as it was given. */
    async remove(id: string): Promise<void> {
      registry.forget(id);
      await stop(id);
      const given = registry.all().find((c) => c.id === id);
      if (given) start(given);
      for (const listener of configListeners) listener();
    },
    /** A device was remembered or forgotten. */
    onConfig(listener: () => void): () => void {
      configListeners.add(listener);
      return () => void configListeners.delete(listener);
    },
    async close() {
      memory.close();
      healthListeners.clear();
      scanListeners.clear();
      keyListeners.clear();
      await Promise.all([...open.keys()].map(stop));
      await options.layers?.spooler?.close();
    },
  };
}

/** The model's profile with the pages that the officer chose on the test page. */
function profileFor(config: DeviceConfig): PrinterProfile {
  const profile = profileOf(config.profile ?? 'generic-80');
  return { ...profile, ...(config.tcvn ? { tcvn: config.tcvn } : {}), ...(config.textMode === 'glyphs' ? { glyphs: true } : {}) };
}

function a4Backend(config: DeviceConfig, systemPrinter?: (queue: string) => A4Backend): A4Backend {
  if (config.address.via === 'ipp') return ippBackend(config.address.url);
  if (config.address.via === 'system' && systemPrinter) return systemPrinter(config.address.queue);
  throw new Error(`an A4 printer cannot be reached via ${config.address.via} here`);
}
