import { implement } from '@orpc/server';
import type { CallContext, Caller } from '../contract/context.ts';
import { systemContract } from '../contract/system.ts';
import { businessDay, type Clock } from '../store/index.ts';
import type { Devices } from './devices.ts';

export interface SystemFacts {
  readonly version: string;
  readonly training: boolean;
  readonly unit: { readonly name: string; readonly place: string; readonly agencyCode: string };
}

export function systemHandlers(deps: {
  facts: SystemFacts;
  devices: Devices;
  clock: Clock;
  clockWarning: () => string | null;
  addresses: () => readonly string[];
  /** Who let which screen in or out stands in the audit trail. */
  audit: (caller: Caller, action: string, subject: string, note: string) => void;
}) {
  const { facts, devices, clock } = deps;
  const os = implement(systemContract).$context<CallContext>();
  return os.router({
    info: os.info.handler(({ context: { caller } }) => ({
      version: facts.version,
      training: facts.training,
      unit: { ...facts.unit },
      role: caller.role,
      deviceId: caller.deviceId,
      counterId: caller.counterId ?? null,
      now: clock.now(),
      businessDay: businessDay(clock.now()),
      clockWarning: deps.clockWarning(),
    })),
    pairingCode: os.pairingCode.handler(({ input, context }) => {
      deps.audit(context.caller, 'screen-pairing', input.role, input.name);
      return { ...devices.code(input), addresses: [...deps.addresses()] };
    }),
    devices: os.devices.handler(() => devices.list()),
    unpair: os.unpair.handler(({ input, context }) => {
      deps.audit(context.caller, 'screen-unpaired', input.deviceId, '');
      return { unpaired: devices.unpair(input.deviceId) };
    }),
  });
}
