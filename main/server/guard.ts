import type { IncomingMessage } from 'node:http';

/** Every answer carries these; pages have no inline code, so a citizen's text can never become a script. */
export const PAGE_HEADERS: Record<string, string> = {
  'content-security-policy':
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; media-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

/**
 * Which names we answer to. A page on another site that rebinds its name to this machine sends its own Host, and gets
 * 421; a page that calls us across origins sends its Origin, and gets 403.
 */
export function checkOrigin(request: IncomingMessage, allowedHosts: ReadonlySet<string>): 200 | 403 | 421 {
  const host = request.headers.host?.toLowerCase();
  if (!host || !allowedHosts.has(host)) return 421;
  const origin = request.headers.origin;
  if (origin === undefined) return 200;
  let from: URL;
  try {
    from = new URL(origin);
  } catch {
    return 403;
  }
  return from.protocol === 'http:' && from.host === host ? 200 : 403;
}

export function cookieOf(request: IncomingMessage, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, ...value] = part.trim().split('=');
    if (key === name) return value.join('=');
  }
  return undefined;
}

export function setCookie(name: string, value: string): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000`;
}
