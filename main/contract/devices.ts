import { z } from 'zod';
import { eventIterator } from '@orpc/contract';
import { base, command, instant, live } from './base.ts';

export const deviceKind = z.enum(['ticket-printer', 'a4-printer', 'scanner', 'reader', 'keypad', 'display', 'token']);
export type DeviceKind = z.infer<typeof deviceKind>;

export const deviceState = z.enum(['absent', 'connecting', 'ready', 'busy', 'attention', 'error']);
export type DeviceState = z.infer<typeof deviceState>;

export const deviceReason = z.enum([
  'paper-out',
  'paper-low',
  'cover-open',
  'offline',
  'jam',
  'feeder-empty',
  'unplugged',
  'busy',
  'access-denied',
  'timeout',
  'protocol',
  'wire-too-slow',
  'driver-restarting',
  'not-configured',
]);
export type DeviceReason = z.infer<typeof deviceReason>;

/** One device as the health strip shows it. Sentences are whole: what is, and what to do about it. */
export const deviceHealth = z.object({
  id: z.string(),
  kind: deviceKind,
  name: z.string(),
  state: deviceState,
  reasons: z.array(deviceReason),
  /** When this state began. */
  since: instant,
  /** When the device last answered; null when it never did. */
  lastSeen: instant.nullable(),
  vi: z.string(),
  en: z.string(),
  /** What the officer can do; empty when nothing is wrong. */
  remedyVi: z.string(),
  remedyEn: z.string(),
});
export type DeviceHealth = Readonly<z.infer<typeof deviceHealth>>;

export const idCard = z.object({
  idNumber: z.string().regex(/^\d{12}$/),
  oldIdNumber: z.string().nullable(),
  fullName: z.string(),
  /** `YYYY-MM-DD` */
  birthDate: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  sex: z.enum(['male', 'female']),
  /** As on the card; null when read from the machine readable zone, which does not hold it. */
  address: z.string().nullable(),
  issueDate: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .nullable(),
  expiryDate: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .nullable(),
});
export type IdCard = Readonly<z.infer<typeof idCard>>;

/** A doubt about a scan: shown beside the field, never in the way. */
export const scanWarning = z.object({
  field: z.enum(['idNumber', 'fullName', 'birthDate', 'sex', 'address', 'issueDate']),
  vi: z.string(),
  en: z.string(),
});
export type ScanWarning = Readonly<z.infer<typeof scanWarning>>;

/** A code as what it is. `unknown` and `broken` fill nothing; their sentence says what to do. */
export const scan = z.discriminatedUnion('kind', [
  /** `needsCheck`: came in as keystrokes, which lose diacritics. */
  z.object({
    kind: z.literal('id-card'),
    source: z.enum(['qr', 'mrz']),
    card: idCard,
    warnings: z.array(scanWarning),
    needsCheck: z.boolean(),
  }),
  z.object({ kind: z.literal('receipt'), dossierCode: z.string() }),
  z.object({ kind: z.literal('ticket'), code: z.string(), number: z.string() }),
  z.object({ kind: z.literal('appointment'), code: z.string() }),
  z.object({
    kind: z.literal('broken'),
    what: z.enum(['id-card', 'mrz', 'ticket', 'appointment']),
    vi: z.string(),
    en: z.string(),
  }),
  z.object({ kind: z.literal('unknown'), vi: z.string(), en: z.string() }),
]);
export type Scan = Readonly<z.infer<typeof scan>>;

export const scanEvent = z.object({ id: z.string(), deviceId: z.string(), at: instant, scan });
export type ScanEvent = Readonly<z.infer<typeof scanEvent>>;

/**
 * What a ticket machine hears of a code that was held under its own reader: enough to give a number, nothing about the
 * person. A card is told as "a card"; of the age only which reason for priority it would give.
 */
export const kioskScan = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('id-card'), priorityReason: z.string().optional() }),
  z.object({ kind: z.literal('appointment'), code: z.string() }),
  z.object({ kind: z.literal('ticket'), ticketId: z.string() }),
  z.object({ kind: z.literal('receipt') }),
  z.object({ kind: z.literal('unreadable') }),
]);
export type KioskScan = Readonly<z.infer<typeof kioskScan>>;

/** `reader`: whether this machine has a reader that works now, at the start and at each change. */
export const kioskScanEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('reader'), ready: z.boolean() }),
  z.object({ type: z.literal('scan'), id: z.string(), scan: kioskScan }),
]);
export type KioskScanEvent = Readonly<z.infer<typeof kioskScanEvent>>;

export const jobState = z.enum(['queued', 'sent', 'confirmed', 'unknown', 'failed']);
export const printJob = z.object({
  key: z.string(),
  deviceId: z.string(),
  kind: z.enum(['ticket', 'slip', 'a4', 'test']),
  title: z.string(),
  /** `failed`: no byte left the house. `unknown`: it may be on paper; a person looks. */
  state: jobState,
  reason: deviceReason.nullable(),
  bytes: z.number().int(),
  createdAt: instant,
  sentAt: instant.nullable(),
  doneAt: instant.nullable(),
});
export type PrintJob = Readonly<z.infer<typeof printJob>>;

/** A device that was found, or remembered. `address` is what opens it again. */
export const deviceAddress = z.discriminatedUnion('via', [
  z.object({
    via: z.literal('tcp'),
    host: z.string().min(1),
    port: z.number().int().min(1).max(65535),
    baud: z.number().int().positive().optional(),
  }),
  z.object({
    via: z.literal('serial'),
    path: z.string().min(1),
    baud: z.number().int().positive(),
    flow: z.enum(['none', 'rtscts', 'xonxoff']).default('none'),
    serialNumber: z.string().optional(),
  }),
  z.object({ via: z.literal('usb-printer'), path: z.string().min(1), serialNumber: z.string().optional() }),
  z.object({
    via: z.literal('hid'),
    vendorId: z.number().int(),
    productId: z.number().int(),
    serialNumber: z.string().optional(),
    path: z.string().optional(),
  }),
  z.object({ via: z.literal('ipp'), url: z.string().min(1) }),
  z.object({ via: z.literal('system'), queue: z.string().min(1) }),
]);
export type DeviceAddress = Readonly<z.infer<typeof deviceAddress>>;

export const deviceConfig = z.object({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  kind: deviceKind.exclude(['scanner', 'token']),
  name: z.string().min(1).max(80),
  address: deviceAddress,
  /** Printer model, keypad model or display protocol; generic when absent. */
  profile: z.string().optional(),
  /** How letters reach the paper, after a test page was looked at. */
  textMode: z.enum(['raster', 'tcvn3', 'glyphs']).optional(),
  /** `ESC t` numbers of the two TCVN-3 pages, as chosen from the test page. */
  tcvn: z.object({ lower: z.number().int().min(0).max(255), upper: z.number().int().min(0).max(255) }).optional(),
  /** Scans and keys of this device are heard at this counter alone; at every counter when absent. */
  counterId: z.string().optional(),
  /** Place of the display on its bus. */
  busAddress: z.number().int().min(0).max(255).optional(),
});
export type DeviceConfig = Readonly<z.infer<typeof deviceConfig>>;

export const foundDevice = z.object({ kind: deviceKind, name: z.string(), address: deviceAddress, remembered: z.boolean() });
export type FoundDevice = Readonly<z.infer<typeof foundDevice>>;

/** A model or protocol by its id (`profile` of a device), with its name for the officer. */
const deviceModel = z.object({ id: z.string(), name: z.string() });

/** Scanner procedures stand in `scanner.ts`, under their own name in the assembly. */
export const devicesContract = {
  /** Health of every device, of whatever kind; the strip at the bottom of the desk. */
  live: base.meta({ roles: ['officer', 'station', 'kiosk'] }).output(live(z.array(deviceHealth), deviceHealth)),
  /** Codes read at this desk from now on. No history: a scan is for whoever stands there. */
  scans: base.output(eventIterator(scanEvent)),
  /** Codes read at this ticket machine's own reader (same `counterId`), without a word of what stands on the card. */
  kioskScans: base.meta({ roles: ['kiosk'] }).output(eventIterator(kioskScanEvent)),
  /**
   * Keystrokes that a screen took for a code reader's (`gapsMs`: time before each key after the first). Answers null when
   * a person typed.
   */
  typed: base.input(z.object({ text: z.string().max(2000), gapsMs: z.array(z.number().nonnegative()).max(2000) })).output(scan.nullable()),
  jobs: base.input(z.object({ limit: z.number().int().min(1).max(200).default(50) })).output(z.array(printJob)),
  setup: {
    list: base.output(z.array(deviceConfig)),
    /** Looks at serial ports, USB printers, HID devices and the network; takes some seconds. */
    find: base.output(z.array(foundDevice)),
    /** What may be chosen for a device: models of printers and keypads, protocols of displays. The first of each fits most. */
    choices: base.output(z.object({ printers: z.array(deviceModel), keypads: z.array(deviceModel), displays: z.array(deviceModel) })),
    remember: base
      .meta({ duties: ['admin'] })
      .input(command({ device: deviceConfig }))
      .output(deviceConfig),
    forget: base
      .meta({ duties: ['admin'] })
      .input(command({ id: z.string() }))
      .output(z.object({ id: z.string() })),
    /** Prints a page with one numbered line per way of writing Vietnamese; the officer then picks a readable one. */
    testPrint: base.input(command({ id: z.string() })).output(
      z.object({
        job: printJob,
        lines: z.array(
          z.object({
            number: z.number().int(),
            textMode: z.enum(['raster', 'tcvn3', 'glyphs']),
            vi: z.string(),
            tcvn: z.object({ lower: z.number(), upper: z.number() }).optional(),
          }),
        ),
      }),
    ),
    chooseLine: base
      .meta({ duties: ['admin'] })
      .input(command({ id: z.string(), number: z.number().int() }))
      .output(deviceConfig),
    /** Shows a number on a display, for a look. */
    testShow: base.input(command({ id: z.string(), text: z.string().min(1).max(12) })).output(z.object({ id: z.string() })),
  },
};
