import { implement } from '@orpc/server';
import { catalogueContract } from '../contract/catalogue.ts';
import type { CallContext } from '../contract/context.ts';
import { isRefusal } from '../contract/refusal.ts';
import type { Catalogue } from './index.ts';

export const catalogueHandlers = (room: Catalogue, now: () => number) => {
  const os = implement(catalogueContract).$context<CallContext>();
  return {
    search: os.search.handler(({ input }) => room.search(input.text, input.limit)),
    procedure: os.procedure.handler(({ input, errors }) => {
      const answer = room.procedure(input.code, input.version);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    dueDate: os.dueDate.handler(({ input, errors }) => {
      const answer = room.dueDate(input.code, input.caseId, input.receivedAt ?? now());
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    fees: os.fees.handler(({ input, errors }) => {
      const answer = room.fees(input.code, input.channel, input.at ?? now(), input.input);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    problems: os.problems.handler(() => room.problems()),
    reportProblem: os.reportProblem.handler(({ input, context, errors }) => {
      const answer = room.reportProblem(input.commandId, input.code, input.text, context.caller.officer?.name ?? 'officer');
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    place: os.place.handler(() => room.placeView()),
    priorityGroups: os.priorityGroups.handler(() => room.priorityGroups()),
    calendar: os.calendar.handler(({ input, errors }) => {
      const answer = room.days(input.from, input.to);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
  };
};
