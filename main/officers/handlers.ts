import { implement } from '@orpc/server';
import type { CallContext } from '../contract/context.ts';
import { officersContract } from '../contract/officers.ts';
import { isRefusal } from '../contract/refusal.ts';
import type { Store } from '../store/index.ts';
import type { Officer, Officers, Session } from './officers.ts';

const plain = (officer: Officer) => ({ ...officer, duties: [...officer.duties] });

export function officersHandlers(officers: Officers, store: Store) {
  const os = implement(officersContract).$context<CallContext>();
  const me = (session: Session | undefined, counterId: string | undefined) => ({
    officer: session ? plain(session.officer) : null,
    until: session?.until ?? null,
    counterId: counterId ?? null,
  });
  return os.router({
    names: os.names.handler(() => officers.names()),
    me: os.me.handler(({ context }) => me(officers.current(context.caller.deviceId), context.caller.counterId)),
    signIn: os.signIn.handler(({ input, context, errors }) => {
      const result = officers.signIn(context.caller.deviceId, input.login, input.password);
      if (isRefusal(result)) throw errors.REFUSED({ data: result });
      return me(result, context.caller.counterId);
    }),
    signOut: os.signOut.handler(({ context }) => {
      officers.signOut(context.caller.deviceId);
      return me(undefined, context.caller.counterId);
    }),
    changePassword: os.changePassword.handler(({ input, context, errors }) => {
      const result = officers.changePassword(context.caller.officer!.id, input.old, input.new);
      if (isRefusal(result)) throw errors.REFUSED({ data: result });
      officers.audit(context.caller, 'password-changed', officers.byId(context.caller.officer!.id)?.login ?? '');
      return { changed: true as const };
    }),
    list: os.list.handler(() => officers.list().map(plain)),
    save: os.save.handler(({ input, context, errors }) => {
      const { commandId, ...rest } = input;
      const result = store.command(commandId, 'officers.save', () => {
        const saved = officers.save(rest);
        if (!isRefusal(saved)) officers.audit(context.caller, 'officer-saved', saved.login);
        return saved;
      });
      if (isRefusal(result)) throw errors.REFUSED({ data: result });
      return plain(result);
    }),
    audit: os.audit.handler(({ input }) => officers.trail(input)),
  });
}
