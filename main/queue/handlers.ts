import { implement } from '@orpc/server';
import type { CallContext } from '../contract/context.ts';
import { queueContract } from '../contract/queue.ts';
import { isRefusal, type Refusal } from '../contract/refusal.ts';
import type { Queue } from './queue.ts';
import { no } from './refusals.ts';

const os = implement(queueContract).$context<CallContext>();

/** A refusal of the room becomes the contract's typed error. */
function passed<T>(result: T | Refusal, errors: { REFUSED: (options: { data: Refusal }) => Error }): T {
  if (isRefusal(result)) throw errors.REFUSED({ data: result });
  return result;
}

export const queueHandlers = (queue: Queue) =>
  os.router({
    services: os.services.handler(() => queue.services()),
    kiosk: os.kiosk.handler(({ signal }) => queue.live.kiosk(signal)),
    issue: os.issue.handler(async ({ input, context, errors }) => passed(await queue.issue(context.caller, input), errors)),
    ticket: os.ticket.handler(({ input, errors }) => passed(queue.ticket(input.ticketId), errors)),
    lease: os.lease.handler(async ({ input, context, errors }) => passed(await queue.lease(context.caller, input), errors)),
    merge: os.merge.handler(({ input, context }) => queue.merge(context.caller, input)),

    live: os.live.handler(({ input, signal }) => queue.live.board(input.zone, signal)),
    voiceNext: os.voiceNext.handler(({ context }) => queue.voice(context.caller)),
    voiceSaid: os.voiceSaid.handler(({ input, context }) => queue.voice(context.caller, input.callSeq)),

    counters: os.counters.handler(() => queue.counters()),
    takeCounter: os.takeCounter.handler(async ({ input, context, errors }) =>
      passed(await queue.takeCounter(context.caller, input), errors),
    ),
    leaveCounter: os.leaveCounter.handler(async ({ input, context, errors }) =>
      passed(await queue.leaveCounter(context.caller, input), errors),
    ),
    desk: os.desk.handler(({ context, errors, signal }) => {
      const counterId = queue.counterOf(context.caller);
      if (counterId === undefined) throw errors.REFUSED({ data: no.noCounter() });
      return queue.live.desk(counterId, signal);
    }),
    callNext: os.callNext.handler(async ({ input, context, errors }) => passed(await queue.callNext(context.caller, input), errors)),
    callTicket: os.callTicket.handler(async ({ input, context, errors }) => passed(await queue.callTicket(context.caller, input), errors)),
    recall: os.recall.handler(async ({ input, context, errors }) =>
      passed(await queue.onCurrent(context.caller, input.commandId, 'recall'), errors),
    ),
    start: os.start.handler(async ({ input, context, errors }) =>
      passed(await queue.onCurrent(context.caller, input.commandId, 'start'), errors),
    ),
    finish: os.finish.handler(async ({ input, context, errors }) =>
      passed(await queue.onCurrent(context.caller, input.commandId, 'finish'), errors),
    ),
    noShow: os.noShow.handler(async ({ input, context, errors }) =>
      passed(await queue.onCurrent(context.caller, input.commandId, 'no-show'), errors),
    ),
    undo: os.undo.handler(async ({ input, context, errors }) =>
      passed(await queue.onCurrent(context.caller, input.commandId, 'undo'), errors),
    ),
    park: os.park.handler(async ({ input, context, errors }) => passed(await queue.park(context.caller, input), errors)),
    resume: os.resume.handler(async ({ input, context, errors }) => passed(await queue.resume(context.caller, input), errors)),
    transfer: os.transfer.handler(async ({ input, context, errors }) => passed(await queue.transfer(context.caller, input), errors)),
    cancel: os.cancel.handler(async ({ input, context, errors }) => passed(await queue.cancel(context.caller, input), errors)),
    setPriority: os.setPriority.handler(async ({ input, context, errors }) =>
      passed(await queue.setPriority(context.caller, input), errors),
    ),
    linkDossier: os.linkDossier.handler(async ({ input, context, errors }) =>
      passed(await queue.linkDossier(context.caller, input), errors),
    ),
    emergency: os.emergency.handler(async ({ input, context, errors }) => passed(await queue.emergency(context.caller, input), errors)),
    confirmClock: os.confirmClock.handler(() => queue.confirmClock()),
    supervisor: os.supervisor.handler(({ signal }) => queue.live.supervisor(signal)),
    unprinted: os.unprinted.handler(() => queue.unprinted()),
    reprint: os.reprint.handler(async ({ input, context, errors }) => passed(await queue.reprint(context.caller, input), errors)),

    pad: os.pad.handler(({ input, context, errors, signal }) => {
      // a paired pad knows its counter; elsewhere the screen says which one it stands at
      const counterId = context.caller.counterId ?? input.counterId ?? queue.counterOf(context.caller);
      if (counterId === undefined || !queue.site.counters.some((c) => c.id === counterId))
        throw errors.REFUSED({ data: no.unknownCounter() });
      return queue.live.pad(counterId, signal);
    }),
    ratings: os.ratings.handler(async ({ input, errors }) => passed(await queue.ratings(input.from, input.to), errors)),
    rate: os.rate.handler(async ({ input, context, errors }) => {
      passed(await queue.rate(context.caller, input), errors);
      return {};
    }),
  });
