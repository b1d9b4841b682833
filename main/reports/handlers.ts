import { implement } from '@orpc/server';
import type { CallContext } from '../contract/context.ts';
import { reportsContract } from '../contract/reports.ts';
import type { Reports } from './index.ts';

export const reportsHandlers = (room: Reports) => {
  const os = implement(reportsContract).$context<CallContext>();
  return {
    register: os.register.handler(({ input }) => room.register(input.year, input.before, input.limit)),
    exportRegister: os.exportRegister.handler(({ input }) => room.exportRegister(input.year, input.format)),
    indicators: os.indicators.handler(({ input }) => room.indicators(input.from, input.to)),
    day: os.day.handler(({ input }) => room.day(input.day)),
  };
};
