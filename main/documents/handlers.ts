import { implement } from '@orpc/server';
import type { CallContext } from '../contract/context.ts';
import { documentsContract } from '../contract/documents.ts';
import { isRefusal } from '../contract/refusal.ts';
import type { Documents } from './index.ts';

export const documentsHandlers = (room: Documents) => {
  const os = implement(documentsContract).$context<CallContext>();
  return {
    sample: os.sample.handler(({ input }) => room.sample(input.form)),
    print: os.print.handler(({ input, errors }) => {
      const answer = room.print(input.commandId, input.documentId, input.copies);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer;
    }),
  };
};
