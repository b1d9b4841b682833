import { z } from 'zod';

/**
 * What crosses between the counter and a child process that owns drivers (scanners in one, the Windows spooler in another, one for each token module);
 * checked on both sides.
 */
const value = z.union([z.string(), z.number(), z.boolean()]);

export const calls = {
  devices: {
    input: z.tuple([]),
    output: z.array(z.object({ name: z.string(), vendor: z.string(), model: z.string(), type: z.string() })),
  },
  open: { input: z.tuple([z.string()]), output: z.undefined() },
  options: {
    input: z.tuple([]),
    output: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        type: z.enum(['bool', 'int', 'fixed', 'string', 'button', 'group']),
        unit: z.enum(['none', 'pixel', 'bit', 'mm', 'dpi', 'percent', 'microsecond']),
        active: z.boolean(),
        settable: z.boolean(),
        range: z.object({ min: z.number(), max: z.number(), quant: z.number() }).optional(),
        numbers: z.array(z.number()).optional(),
        words: z.array(z.string()).optional(),
        value: value.optional(),
      }),
    ),
  },
  set: { input: z.tuple([z.string(), value]), output: z.undefined() },
  page: {
    /** Absolute file, JPEG quality, dpi. */
    input: z.tuple([z.string(), z.number().int().min(1).max(100), z.number().int().positive()]),
    output: z.object({ width: z.number().int(), height: z.number().int(), bytes: z.number().int() }),
  },
  end: { input: z.tuple([]), output: z.undefined() },
  printers: {
    input: z.tuple([]),
    output: z.array(z.object({ name: z.string(), port: z.string(), driver: z.string(), attributes: z.number() })),
  },
  queueState: {
    input: z.tuple([z.string()]),
    output: z.object({ status: z.number(), attributes: z.number(), jobs: z.number() }),
  },
  /** Queue, title, bytes in base64 (both kinds of channel carry text). */
  print: { input: z.tuple([z.string(), z.string(), z.base64()]), output: z.number().int() },
  job: { input: z.tuple([z.string(), z.number().int()]), output: z.number().nullable() },
  /** The tokens that a PKCS#11 module sees; answered by `token/child.ts`. */
  present: {
    input: z.tuple([z.string()]),
    output: z.array(z.object({ serial: z.string(), label: z.string(), locked: z.boolean() })),
  },
  close: { input: z.tuple([]), output: z.undefined() },
} as const;

export type CallName = keyof typeof calls;
export type Input<N extends CallName> = z.infer<(typeof calls)[N]['input']>;
export type Output<N extends CallName> = z.infer<(typeof calls)[N]['output']>;

export const request = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('call'),
    id: z.number().int(),
    name: z.enum(Object.keys(calls) as [CallName, ...CallName[]]),
    args: z.array(z.unknown()),
  }),
  /** Raises the cancel flag; the call under way answers in its own time. */
  z.object({ type: z.literal('cancel') }),
  /** "Are you alive, and does the driver move?" */
  z.object({ type: z.literal('pulse') }),
]);

export const answer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('answer'), id: z.number().int(), value: z.unknown().optional() }),
  z.object({ type: z.literal('failure'), id: z.number().int(), message: z.string() }),
  /** -1 when the driver has nothing to do; else a number that grows while it moves. */
  z.object({ type: z.literal('pulse'), moved: z.number() }),
]);

export type Request = z.infer<typeof request>;
export type Answer = z.infer<typeof answer>;
