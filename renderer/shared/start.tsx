import { StrictMode, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { startClient } from './client.ts';
import { listenForFaults } from './validity.ts';

/** Mounts one screen and opens the wire to the hub. */
export function start(screen: ReactNode): void {
  const root = document.getElementById('root');
  if (!root) throw new Error('the page has no #root');
  startClient();
  listenForFaults(document);
  createRoot(root).render(<StrictMode>{screen}</StrictMode>);
}
