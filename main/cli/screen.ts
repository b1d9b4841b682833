import type { Counter } from '../counter.ts';

/** Pairs a new screen as a person would: a code from the counter, typed at `/pair`. @returns the cookie that the screen keeps */
export async function pairScreen(
  counter: Pick<Counter, 'pairing' | 'server'>,
  request: { role: 'station' | 'kiosk' | 'board' | 'feedback'; name: string; counterId?: string },
): Promise<{ name: string; value: string; domain: string; path: string }> {
  const { code } = counter.pairing.code(request);
  const answer = await fetch(`${counter.server.origin}/pair`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ code }) });
  const [pair] = (answer.headers.get('set-cookie') ?? '').split(';');
  const at = pair?.indexOf('=') ?? -1;
  if (!pair || at < 0) throw new Error(`pairing was refused with status ${answer.status}`);
  return { name: pair.slice(0, at), value: pair.slice(at + 1), domain: '127.0.0.1', path: '/' };
}
