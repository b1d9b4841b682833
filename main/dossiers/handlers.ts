import { implement } from '@orpc/server';
import type { CallContext } from '../contract/context.ts';
import { dossiersContract } from '../contract/dossiers.ts';
import { isRefusal } from '../contract/refusal.ts';
import type { Store } from '../store/index.ts';
import { changes } from './live.ts';
import type { Actor, Dossiers } from './index.ts';

/** Who acts; a rating pad acts for the citizen in front of it. */
export function actorOf(context: CallContext): Actor {
  const { caller } = context;
  return {
    id: caller.officer?.id ?? caller.deviceId,
    name: caller.officer?.name ?? 'Công dân',
    title: caller.officer?.title ?? '',
    counterId: caller.counterId ?? '0',
  };
}

/** Handlers of the contract's slice. A Refusal of the room becomes the typed error REFUSED; streams end with their consumer. */
export const dossiersHandlers = (room: Dossiers, store: Store) => {
  const os = implement(dossiersContract).$context<CallContext>();
  return {
    open: os.open.handler(({ input, context }) =>
      room.open(input.commandId, actorOf(context), { ticket: input.ticket, channel: input.channel }),
    ),
    setChannel: os.setChannel.handler(({ input, context, errors }) => {
      const answer = room.setChannel(input.commandId, input.dossierId, actorOf(context), input.channel);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    scanCard: os.scanCard.handler(({ input, context, errors }) => {
      const answer = room.scanCard(input.commandId, input.dossierId, actorOf(context), input.card, input.as);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    setField: os.setField.handler(({ input, context, errors }) => {
      const answer = room.setField(input.commandId, input.dossierId, actorOf(context), input.party, input.field, input.value, input.source);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    setOwner: os.setOwner.handler(({ input, context, errors }) => {
      const answer = room.setOwner(input.commandId, input.dossierId, actorOf(context), input.self, input.authority);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    chooseProcedure: os.chooseProcedure.handler(({ input, context, errors }) => {
      const answer = room.chooseProcedure(input.commandId, input.dossierId, actorOf(context), input.code, input.caseId);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    setRequest: os.setRequest.handler(({ input, context, errors }) => {
      const answer = room.setRequest(input.commandId, input.dossierId, actorOf(context), input.request, input.sets);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    setComponent: os.setComponent.handler(({ input, context, errors }) => {
      const { commandId, dossierId, key, ...change } = input;
      const answer = room.setComponent(commandId, dossierId, actorOf(context), key, change);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    setPages: os.setPages.handler(({ input, context, errors }) => {
      const answer = room.setPages(input.commandId, input.dossierId, actorOf(context), input.key, input.pageIds);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    reusable: os.reusable.handler(({ input }) => room.reusable(input.dossierId)),
    reuse: os.reuse.handler(({ input, context, errors }) => {
      const answer = room.reuse(input.commandId, input.dossierId, actorOf(context), input.key, input.fromDossierId, input.fileId);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    setFees: os.setFees.handler(({ input, context, errors }) => {
      const answer = room.setFees(input.commandId, input.dossierId, actorOf(context), input.input);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    pay: os.pay.handler(({ input, context, errors }) => {
      const { commandId, dossierId, ...payment } = input;
      const answer = room.pay(commandId, dossierId, actorOf(context), payment);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    undoPayment: os.undoPayment.handler(({ input, context, errors }) => {
      const answer = room.undoPayment(input.commandId, input.dossierId, actorOf(context), input.kind, input.reason);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    paymentCode: os.paymentCode.handler(async ({ input, errors }) => {
      const answer = await room.paymentCode(input.dossierId);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    setDue: os.setDue.handler(({ input, context, errors }) => {
      const answer = room.setDue(input.commandId, input.dossierId, actorOf(context), input.dueAt, input.basis);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    accept: os.accept.handler(async ({ input, context, errors }) => {
      const answer = await room.accept(input.commandId, input.dossierId, actorOf(context), input);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    park: os.park.handler(({ input, context, errors }) => {
      const answer = room.park(input.commandId, input.dossierId, actorOf(context));
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    discard: os.discard.handler(({ input, context, errors }) => {
      const answer = room.discard(input.commandId, input.dossierId, actorOf(context));
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),

    requestSupplement: os.requestSupplement.handler(async ({ input, context, errors }) => {
      const { commandId, dossierId, ...request } = input;
      const answer = await room.requestSupplement(commandId, dossierId, actorOf(context), request);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    receiveSupplement: os.receiveSupplement.handler(async ({ input, context, errors }) => {
      const answer = await room.receiveSupplement(input.commandId, input.dossierId, actorOf(context));
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    resend: os.resend.handler(async ({ input, context, errors }) => {
      const answer = await room.resend(input.commandId, input.dossierId, actorOf(context));
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    refuse: os.refuse.handler(async ({ input, context, errors }) => {
      const answer = await room.refuse(input.commandId, input.dossierId, actorOf(context), input.reason, input.basis ?? '');
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    withdraw: os.withdraw.handler(async ({ input, context, errors }) => {
      const answer = await room.withdraw(input.commandId, input.dossierId, actorOf(context), input.reason);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    discontinue: os.discontinue.handler(async ({ input, context, errors }) => {
      const answer = await room.discontinue(input.commandId, input.dossierId, actorOf(context), input.reason, input.basis);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    apologise: os.apologise.handler(async ({ input, context, errors }) => {
      const answer = await room.apologise(input.commandId, input.dossierId, actorOf(context), input.reason, input.newDueAt, input.signer);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    forward: os.forward.handler(({ input, context, errors }) => {
      const answer = room.forward(input.commandId, input.dossierId, actorOf(context), input.to);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    coordinate: os.coordinate.handler(({ input, context, errors }) => {
      const answer = room.coordinate(input.commandId, input.dossierId, actorOf(context), input.agency, input.reason);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    requestObligation: os.requestObligation.handler(({ input, context, errors }) => {
      const answer = room.requestObligation(input.commandId, input.dossierId, actorOf(context), input.amount, input.reason, input.basis);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    resume: os.resume.handler(({ input, context, errors }) => {
      const answer = room.resume(input.commandId, input.dossierId, actorOf(context), input.note);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    setShelf: os.setShelf.handler(({ input, context, errors }) => {
      const answer = room.setShelf(input.commandId, input.dossierId, actorOf(context), input.shelf);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),

    draftResult: os.draftResult.handler(async ({ input, context, errors }) => {
      const { commandId, dossierId, ...draft } = input;
      const answer = await room.draftResult(commandId, dossierId, actorOf(context), draft);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    attachResult: os.attachResult.handler(async ({ input, context, errors }) => {
      const pdf = { name: input.pdf.name, bytes: Buffer.from(input.pdf.base64, 'base64') };
      const answer = await room.attachResult(input.commandId, input.dossierId, actorOf(context), pdf);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    finish: os.finish.handler(({ input, context, errors }) => {
      const answer = room.finish(input.commandId, input.dossierId, actorOf(context), input.source);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    handOver: os.handOver.handler(async ({ input, context, errors }) => {
      const { commandId, dossierId, ...to } = input;
      const answer = await room.handOver(commandId, dossierId, actorOf(context), to);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    rate: os.rate.handler(({ input, errors }) => {
      const { commandId, dossierId, ...rating } = input;
      const answer = room.rate(commandId, dossierId, rating);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    visitReceipt: os.visitReceipt.handler(async ({ input, context, errors }) => {
      const answer = await room.visitReceipt(input.commandId, input.dossierId, actorOf(context));
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    visitCount: os.visitCount.handler(({ input }) => ({ count: room.visitCount(input.dossierId) })),
    newSlip: os.newSlip.handler(async ({ input, context, errors }) => {
      const answer = await room.newSlip(input.commandId, input.dossierId, actorOf(context), { print: input.print });
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),

    get: os.get.handler(({ input, errors }) => {
      const answer = room.get(input.dossierId);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    watch: os.watch.handler(({ input, errors, signal }) => {
      const first = room.get(input.dossierId);
      if (isRefusal(first)) throw errors.REFUSED({ data: first });
      return changes(
        store,
        () => {
          const now = room.get(input.dossierId);
          return isRefusal(now) ? first : now;
        },
        (dossierId) => dossierId === input.dossierId,
        signal,
      );
    }),
    history: os.history.handler(({ input, errors }) => {
      const answer = room.historyOf(input.dossierId);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    byCode: os.byCode.handler(({ input, errors }) => {
      const answer = room.byCode(input.code);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    search: os.search.handler(({ input }) => room.search(input.text, input.limit)),
    worklists: os.worklists.handler(({ signal }) =>
      changes(
        store,
        () => room.worklists(),
        () => true,
        signal,
      ),
    ),
    worklist: os.worklist.handler(({ input }) => room.worklist(input.name, input.limit)),
    document: os.document.handler(({ input, errors }) => {
      const answer = room.document(input.dossierId, input.documentId);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
    controlSheet: os.controlSheet.handler(async ({ input, errors }) => {
      const answer = await room.controlSheet(input.dossierId);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
  };
};
