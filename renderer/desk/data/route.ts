import { useSyncExternalStore } from 'react';

/** The pages of the desk. The address carries ids only, never a name or a number of a person. */
export type Page = 'now' | 'intake' | 'sign' | 'results' | 'outbox' | 'register' | 'settings';
export interface Route {
  readonly page: Page;
  readonly id: string | null;
}

const PAGES: readonly string[] = ['now', 'intake', 'sign', 'results', 'outbox', 'register', 'settings'];
const isPage = (word: string | undefined): word is Page => word !== undefined && PAGES.includes(word);

let cached: { hash: string; route: Route } | null = null;

function current(): Route {
  const { hash } = location;
  if (cached?.hash === hash) return cached.route;
  const [page, id] = hash.replace(/^#\/?/, '').split('/');
  const route: Route = { page: isPage(page) ? page : 'now', id: id ? decodeURIComponent(id) : null };
  cached = { hash, route };
  return route;
}

const subscribe = (listener: () => void) => {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
};

export const useRoute = (): Route => useSyncExternalStore(subscribe, current);
export const hrefOf = (page: Page, id?: string): string => `#/${page}${id ? `/${encodeURIComponent(id)}` : ''}`;
export function go(page: Page, id?: string): void {
  location.hash = hrefOf(page, id);
}
