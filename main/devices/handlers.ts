import { implement } from '@orpc/server';
import type { CallContext } from '../contract/context.ts';
import { devicesContract, type DeviceConfig, type DeviceHealth, type KioskScanEvent, type ScanEvent } from '../contract/devices.ts';
import { isRefusal } from '../contract/refusal.ts';
import { businessDay, type Clock } from '../store/index.ts';
import type { Devices } from './devices.ts';
import { DISPLAY_PROTOCOLS } from './display/protocols.ts';
import { KEYPAD_MODELS } from './keypad/keys.ts';
import { PROFILES } from './printer/profile.ts';
import { kioskReader, type PriorityOfAge } from './kiosk-scans.ts';
import { classify, isScannerBurst } from './reader/classify.ts';
import type { Setup } from './setup.ts';
import { heard } from './stream.ts';

const LAST_SEEN_MS = 15_000;
const named = ({ id, name }: { readonly id: string; readonly name: string }) => ({ id, name });

/** The devices' slice of the router. Commands that repeat give the first answer because they set, they do not add. */
export function devicesHandlers(devices: Devices, setup: Setup, clock: Clock, priorityOfAge: PriorityOfAge = () => undefined) {
  const os = implement(devicesContract).$context<CallContext>();
  const mine = (config: DeviceConfig, context: CallContext) =>
    config.counterId === undefined || config.counterId === context.caller.counterId;

  return os.router({
    live: os.live.handler(async function* ({ signal }) {
      let seq = 0;
      // Listening starts before the snapshot is taken, so that nothing falls between.
      const changes = heard<DeviceHealth | null>((listener) => {
        const offs = [devices.onHealth(listener), devices.onConfig(() => listener(null))];
        // "Last seen" moves without any change of state: the screens hear of it now and then.
        const beat = setInterval(() => listener(null), LAST_SEEN_MS).unref();
        return () => {
          clearInterval(beat);
          offs.forEach((off) => off());
        };
      }, signal);
      const first = changes.next();
      try {
        yield { type: 'snapshot' as const, seq, snapshot: devices.health() };
        for (let next = await first; !next.done; next = await changes.next()) {
          seq += 1;
          // A device that was forgotten has no health any more, and only a whole list says so.
          if (next.value === null) yield { type: 'snapshot' as const, seq, snapshot: devices.health() };
          else yield { type: 'event' as const, seq, event: next.value };
        }
      } finally {
        void changes.return();
      }
    }),
    scans: os.scans.handler(async function* ({ context, signal }) {
      const subscribe = (listener: (event: ScanEvent) => void) =>
        devices.onScan((event, config) => {
          if (mine(config, context)) listener(event);
        });
      yield* heard(subscribe, signal, 20);
    }),
    kioskScans: os.kioskScans.handler(async function* ({ context, signal }) {
      const reader = kioskReader(devices, clock, context.caller.counterId, priorityOfAge);
      const events = heard<KioskScanEvent>((listener) => reader.subscribe(listener), signal, 20);
      const first = events.next();
      try {
        yield { type: 'reader' as const, ready: reader.ready() };
        for (let next = await first; !next.done; next = await events.next()) yield next.value;
      } finally {
        void events.return();
      }
    }),
    typed: os.typed.handler(({ input }) =>
      isScannerBurst(input.text, input.gapsMs) ? classify(input.text, { today: businessDay(clock.now()), typed: true }) : null,
    ),
    jobs: os.jobs.handler(({ input }) => devices.jobs(input.limit)),
    setup: {
      list: os.setup.list.handler(() => setup.list()),
      find: os.setup.find.handler(() => setup.find()),
      choices: os.setup.choices.handler(() => ({
        printers: PROFILES.map(named),
        keypads: KEYPAD_MODELS.map(named),
        displays: DISPLAY_PROTOCOLS.map(named),
      })),
      remember: os.setup.remember.handler(async ({ input, errors }) => {
        const result = await setup.remember(input.device);
        if (isRefusal(result)) throw errors.REFUSED({ data: result });
        return result;
      }),
      forget: os.setup.forget.handler(async ({ input, errors }) => {
        const result = await setup.forget(input.id);
        if (isRefusal(result)) throw errors.REFUSED({ data: result });
        return result;
      }),
      testPrint: os.setup.testPrint.handler(async ({ input, errors }) => {
        const result = await setup.testPrint(input.id, `test:${input.commandId}`);
        if (isRefusal(result)) throw errors.REFUSED({ data: result });
        return { job: result.job, lines: result.lines.map((line) => ({ ...line, ...(line.tcvn ? { tcvn: { ...line.tcvn } } : {}) })) };
      }),
      chooseLine: os.setup.chooseLine.handler(async ({ input, errors }) => {
        const result = await setup.chooseLine(input.id, input.number);
        if (isRefusal(result)) throw errors.REFUSED({ data: result });
        return result;
      }),
      testShow: os.setup.testShow.handler(({ input, errors }) => {
        const result = setup.testShow(input.id, input.text);
        if (isRefusal(result)) throw errors.REFUSED({ data: result });
        return result;
      }),
    },
  });
}
