import { ORPCError, type Router } from '@orpc/server';
import { RPCHandler as PortHandler } from '@orpc/server/message-port';
import { RPCHandler as SocketHandler } from '@orpc/server/ws';
import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { CallContext, Caller, ProcedureMeta } from '../contract/context.ts';
import { refuse, type Refusal } from '../contract/refusal.ts';

// oRPC's own router type: the contract's router is checked where it is composed, here any router will do.
export type AnyRouter = Router<never, CallContext>;

/** Why a caller may not use a procedure, or null when he may. */
export function forbidden(caller: Caller, meta: ProcedureMeta): ORPCError<string, unknown> | null {
  const roles = meta.roles ?? ['officer'];
  if (!roles.includes(caller.role)) {
    return caller.role === 'station'
      ? new ORPCError('UNAUTHORIZED', {
          status: 401,
          defined: true,
          data: refuse('sign-in-first', 'Hãy đăng nhập trước khi làm việc này.', 'Sign in before you do this.'),
        })
      : new ORPCError('FORBIDDEN', {
          status: 403,
          defined: true,
          data: refuse(
            'not-this-screen',
            'Màn hình này không được làm việc đó. Hãy làm ở quầy.',
            'This screen may not do that. Do it at a counter.',
          ),
        });
  }
  if (meta.duties && !caller.officer?.duties.some((duty) => meta.duties!.includes(duty))) {
    return new ORPCError('FORBIDDEN', {
      status: 403,
      defined: true,
      data: refuse(
        'not-your-duty',
        'Việc này cần quyền khác. Hãy nhờ người phụ trách hoặc quản trị.',
        'This needs another duty. Ask the person in charge or the administrator.',
      ),
    });
  }
  return null;
}

/**
 * Serves one router over WebSocket (browsers) and MessagePort (Electron). `callerOf` is asked at every call, so a
 * sign-in or sign-out counts at once; what nobody expected becomes an opaque id on the screen and a line in the log.
 */
export function createRpc(router: unknown, log: (line: string) => void) {
  const options = {
    clientInterceptors: [
      async (
        call: { context: CallContext; procedure: unknown; path: readonly string[]; next: (o?: unknown) => Promise<unknown> } & Record<
          string,
          unknown
        >,
      ) => {
        const { next, ...rest } = call;
        try {
          const caller = (call.context as CallContext & { callerOf: () => Caller }).callerOf();
          const no = forbidden(caller, (call.procedure as { '~orpc': { meta: ProcedureMeta } })['~orpc'].meta);
          if (no) throw no;
          return await next({ ...rest, context: { ...call.context, caller } });
        } catch (error) {
          if (error instanceof ORPCError && (error.defined || error.code === 'BAD_REQUEST')) throw badRequestInWords(error);
          if (error instanceof Error && error.name === 'AbortError') throw error;
          const trouble = machineTrouble(error);
          if (trouble) {
            log(`${call.path.join('.')}: ${trouble.refused}`);
            throw new ORPCError('REFUSED', { status: 409, defined: true, data: trouble });
          }
          const id = randomUUID().slice(0, 8);
          log(`${call.path.join('.')} failed, id ${id}: ${describe(error)}`);
          throw new ORPCError('UNEXPECTED', {
            status: 500,
            defined: true,
            data: {
              id,
              vi: `Có lỗi chưa lường trước. Hãy thử lại; nếu vẫn lỗi, báo hỗ trợ mã ${id}.`,
              en: `Something unexpected happened. Try again; if it stays, tell support the code ${id}.`,
            },
          });
        }
      },
    ],
  };
  const sockets = new SocketHandler(router as AnyRouter, options as never);
  const ports = new PortHandler(router as AnyRouter, options as never);
  const context = (callerOf: () => Caller) => ({ caller: callerOf(), callerOf, connectionId: randomUUID() });
  return {
    socket: (socket: WebSocket, callerOf: () => Caller) => sockets.upgrade(socket, { context: context(callerOf) }),
    port: (port: Parameters<typeof ports.upgrade>[0], callerOf: () => Caller) => ports.upgrade(port, { context: context(callerOf) }),
  };
}

/** What is wrong with this machine and not with the work: nothing was written, and the officer can do something about it. */
function machineTrouble(error: unknown): Refusal | null {
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT')
    return refuse(
      'disk-full',
      'Ổ đĩa của máy này đã đầy nên chưa ghi được. Việc vừa làm chưa được lưu; giải phóng ổ đĩa rồi làm lại.',
      'The disk of this machine is full, so this was not written. Free some space, then do it again.',
    );
  if (typeof code === 'string' && (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')))
    return refuse(
      'database-locked',
      'Cơ sở dữ liệu đang bị chương trình khác giữ (sao lưu, công cụ quản trị). Việc vừa làm chưa được lưu; đóng chương trình đó rồi làm lại.',
      'Another program holds the database (a backup, an administrator’s tool). This was not written; close it, then do it again.',
    );
  if (typeof code === 'string' && /^(SQLITE_(READONLY|IOERR)|EROFS|EIO)/.test(code))
    return refuse(
      'disk-read-only',
      'Thư mục dữ liệu của máy này không ghi được nữa (ổ đĩa chỉ đọc, lỗi hoặc bị rút). Việc vừa làm chưa được lưu; báo người quản trị kiểm tra ổ đĩa.',
      'The data folder of this machine cannot be written to any more (read-only, faulty or unplugged). This was not written; ask the administrator to look at the disk.',
    );
  return null;
}

/** A value that does not fit the contract is refused with the field's name, never with what was in it. */
function badRequestInWords(error: ORPCError<string, unknown>): ORPCError<string, unknown> {
  if (error.code !== 'BAD_REQUEST') return error;
  const issues = (error.data as { issues?: { path?: PropertyKey[] }[] } | undefined)?.issues ?? [];
  const fields = [...new Set(issues.map((issue) => (issue.path ?? []).map(String).join('.')).filter(Boolean))].join(', ');
  return new ORPCError('REFUSED', {
    status: 409,
    defined: true,
    data: refuse(
      'input-not-valid',
      `Dữ liệu chưa đúng dạng${fields ? ` ở: ${fields}` : ''}. Hãy sửa rồi gửi lại.`,
      `The input does not fit${fields ? ` at: ${fields}` : ''}. Correct it and send it again.`,
      fields ? { fields } : undefined,
    ),
  });
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.name}: ${error.message}${error.stack ? `\n${error.stack.split('\n').slice(1, 6).join('\n')}` : ''}`;
}
