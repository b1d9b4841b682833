import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { WebSocket } from 'ws';
import type { contract } from '../contract/index.ts';
import type { Counter } from '../counter.ts';
import { pairScreen } from './screen.ts';

export type Client = ContractRouterClient<typeof contract>;

/** Connects a screen of a role, paired as a person would pair it, over WebSocket as browsers do. */
export async function connectScreen(
  counter: Counter,
  request: { role: 'station' | 'kiosk' | 'board' | 'feedback'; name: string; counterId?: string },
): Promise<{ client: Client; close: () => void }> {
  const cookie = await pairScreen(counter, request);
  const socket = new WebSocket(`${counter.server.origin.replace('http', 'ws')}/rpc`, {
    headers: { cookie: `${cookie.name}=${cookie.value}` },
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const client: Client = createORPCClient(new RPCLink({ websocket: socket }));
  return { client, close: () => socket.terminate() };
}

/** Waits until a live stream says what we wait for; gives that message, or throws after `ms`. */
export async function until<T, R>(stream: AsyncIterable<T>, found: (message: T) => R | undefined, ms: number, what: string): Promise<R> {
  const iterator = stream[Symbol.asyncIterator]();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing within ${ms} ms`)), ms);
  });
  late.catch(() => undefined);
  try {
    for (;;) {
      const pending = iterator.next();
      // When time is up first, the message that never came must not end the process.
      pending.catch(() => undefined);
      const next = await Promise.race([pending, late]);
      if (next.done) throw new Error(`${what}: the stream ended`);
      const result = found(next.value);
      if (result !== undefined) return result;
    }
  } finally {
    clearTimeout(timer);
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

export async function poll<R>(ask: () => Promise<R | undefined>, ms: number, what: string): Promise<R> {
  const end = Date.now() + ms;
  for (;;) {
    const result = await ask();
    if (result !== undefined) return result;
    if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
