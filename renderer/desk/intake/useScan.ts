import { useCallback, useEffect, useRef, useState } from 'react';
import type { InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../../main/contract/index.ts';
import type { DossierComponent, DossierView } from '../../../main/contract/dossier-views.ts';
import { troubleOf, type Trouble } from '../../shared/answer.ts';
import { client } from '../../shared/client.ts';
import { newCommandId } from '../../shared/ids.ts';
import { useLive } from '../../shared/live.ts';
import { serverNow } from '../../shared/client.ts';
import { UNDO_MS, useUndo } from '../data/undo.tsx';
import type { Draft } from './useDraft.ts';

type Scanner = InferContractRouterOutputs<typeof contract>['scanner'];
export type ScanPage = Scanner['rotate'];
export type ScanSession = Scanner['start'];
interface Pile {
  readonly session: ScanSession | null;
  readonly pages: readonly ScanPage[];
}
type PileEvent = { kind: 'session'; session: ScanSession } | { kind: 'page'; page: ScanPage } | { kind: 'order'; pageIds: string[] };

export interface Scan {
  readonly pages: readonly ScanPage[];
  readonly session: ScanSession | null;
  readonly scanning: boolean;
  readonly trouble: Trouble | null;
  readonly start: (source?: 'feeder' | 'flatbed') => void;
  readonly cancel: () => void;
  readonly rotate: (pageId: string) => void;
  readonly drop: (pageId: string) => void;
  readonly move: (pageId: string, by: -1 | 1) => void;
  readonly dismiss: () => void;
}

/** Exported for its test: the pile after one event. */
export function pileAfter(pile: Pile, event: PileEvent): Pile {
  switch (event.kind) {
    case 'session':
      return { ...pile, session: event.session };
    case 'page': {
      const known = pile.pages.some((page) => page.pageId === event.page.pageId);
      return {
        ...pile,
        pages: known ? pile.pages.map((page) => (page.pageId === event.page.pageId ? event.page : page)) : [...pile.pages, event.page],
      };
    }
    case 'order': {
      const place = new Map(event.pageIds.map((id, index) => [id, index]));
      return { ...pile, pages: [...pile.pages].sort((a, b) => (place.get(a.pageId) ?? Infinity) - (place.get(b.pageId) ?? Infinity)) };
    }
  }
}

/** The pages of one component: as the feeder gives them, live; drop, turn and move without touching the picture's bytes. */
export function useScan(draft: Draft, dossier: DossierView, component: DossierComponent | undefined): Scan {
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const { propose } = useUndo();
  const key = component?.key;
  const live = useLive<Pile, PileEvent>({
    key: `${dossier.id}/${key ?? ''}`,
    sparse: true,
    open: key === undefined ? null : (signal) => client.scanner.watch({ draftId: dossier.id, component: key }, { signal }),
    apply: pileAfter,
  });
  const pile = live.data;
  const pages = (pile?.pages ?? []).filter((page) => !page.dropped);
  const session = pile?.session ?? null;
  const scanning = session?.state === 'scanning';

  const { send } = draft;
  const ids = pages.map((page) => page.pageId).join(' ');
  const known = component?.pageIds.join(' ') ?? '';
  const told = useRef('');
  useEffect(() => {
    // The dossier keeps its own list of pages; it is told when the feeder has stopped, or the officer moved a page.
    const wanted = `${key} ${ids}`;
    if (key === undefined || pile === undefined || scanning || ids === known || told.current === wanted) return;
    told.current = wanted;
    void send((order) => client.dossiers.setPages({ ...order, key, pageIds: ids === '' ? [] : ids.split(' ') }));
  }, [key, ids, known, pile, scanning, send]);

  const attempt = useCallback(async (work: () => Promise<unknown>) => {
    setTrouble(null);
    try {
      await work();
    } catch (error) {
      setTrouble(troubleOf(error));
    }
  }, []);

  const start = (source: 'feeder' | 'flatbed' = 'feeder') => {
    if (key === undefined || scanning) return;
    void attempt(() =>
      client.scanner.start({ commandId: newCommandId(), draftId: dossier.id, component: key, source, dpi: 200, colour: 'colour' }),
    );
  };
  const drop = (pageId: string) => {
    void attempt(async () => {
      const page = await client.scanner.drop({ commandId: newCommandId(), pageId });
      propose({
        key: `drop-${pageId}-${serverNow()}`,
        vi: `Đã bỏ trang ${page.position}`,
        en: `Page ${page.position} removed`,
        until: serverNow() + UNDO_MS,
        undo: () => void attempt(() => client.scanner.restore({ commandId: newCommandId(), pageId })),
      });
    });
  };
  const move = (pageId: string, by: -1 | 1) => {
    const at = pages.findIndex((page) => page.pageId === pageId);
    const target = at + by;
    if (at < 0 || target < 0 || target >= pages.length) return;
    const before = by === -1 ? (pages[target]?.pageId ?? null) : (pages[target + 1]?.pageId ?? null);
    void attempt(() => client.scanner.move({ commandId: newCommandId(), pageId, before }));
  };
  return {
    pages,
    session,
    scanning,
    trouble:
      trouble ??
      // An empty feeder is how a scan ends; with no page at all it is why nothing came.
      (session?.state === 'stopped' && session.trouble && (session.trouble.reason !== 'feeder-empty' || session.pages === 0)
        ? { code: session.trouble.reason, vi: session.trouble.vi, en: session.trouble.en }
        : null),
    start,
    cancel: () => {
      if (session) void attempt(() => client.scanner.cancel({ commandId: newCommandId(), sessionId: session.sessionId }));
    },
    rotate: (pageId) => void attempt(() => client.scanner.rotate({ commandId: newCommandId(), pageId, by: 1 })),
    drop,
    move,
    dismiss: () => setTrouble(null),
  };
}
