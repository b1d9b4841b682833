import { useEffect, useState } from 'react';
import { client } from '../../shared/client.ts';
import { read } from '../data/read.ts';
import type { OutboxRow } from './outboxState.ts';

const LEAST = 3;

/**
 * The work of dossiers whose provisional or official code has these characters; null while too little is typed.
 * @param stamp asks again when it changes
 */
export function useFound(text: string, stamp: unknown): readonly OutboxRow[] | null {
  const [rows, setRows] = useState<readonly OutboxRow[] | null>(null);
  const wanted = text.trim();
  useEffect(() => {
    if (wanted.length < LEAST) {
      setRows(null);
      return;
    }
    const ending = new AbortController();
    let stop = (): void => {};
    const timer = setTimeout(() => {
      stop = read(
        () => client.delivery.search({ text: wanted }, { signal: ending.signal }),
        (found) => setRows(found.rows),
      );
    }, 80);
    return () => {
      clearTimeout(timer);
      stop();
      ending.abort();
    };
  }, [wanted, stamp]);
  return wanted.length < LEAST ? null : rows;
}
