import { useCallback, useRef, useState } from 'react';
import type { InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../../main/contract/index.ts';
import type { DossierComponent, DossierView } from '../../../main/contract/dossier-views.ts';
import { troubleOf, type Trouble } from '../../shared/answer.ts';
import { client } from '../../shared/client.ts';
import { newCommandId } from '../../shared/ids.ts';
import { useLive } from '../../shared/live.ts';
import { scanChoice } from './scanChoice.ts';
import { useUndo } from '../data/undo.tsx';

type Scanner = InferContractRouterOutputs<typeof contract>['scanner'];
export type ScanPage = Scanner['rotate'];
export type ScanSession = Scanner['start'];
export interface Pile {
  readonly session: ScanSession | null;
  readonly pages: readonly ScanPage[];
}
export type PileEvent = { kind: 'session'; session: ScanSession } | { kind: 'page'; page: ScanPage } | { kind: 'order'; pageIds: string[] };

/** What may be done to a page's picture. */
export interface Wish {
  readonly deskew: boolean;
  readonly crop: boolean;
  readonly bilevel: boolean;
}
const PLAIN: Wish = { deskew: false, crop: false, bilevel: false };

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
  /** Puts pages at the end of another paper of this dossier. */
  readonly give: (pageIds: readonly string[], toKey: string) => void;
  /** Puts a better copy in the place of the picture, or the picture back; which page is being worked on stands in `working`. */
  readonly improve: (page: ScanPage, change: Partial<Wish>) => void;
  readonly working: string | null;
  /** There is a separator sheet among the pages. */
  readonly parted: boolean;
  /** A page behind the first carries a bar code, as first pages of papers do. */
  readonly coded: boolean;
  /**
   * Parts the pile at its separator sheets, and with `byCode` at pages that carry a bar code: the first paper stays, the next
   * ones go to `free` papers in their order.
   */
  readonly split: (free: readonly { readonly key: string; readonly number: number }[], byCode?: boolean) => void;
  /** How many pages hold next to nothing, and all of them out at once. */
  readonly blanks: number;
  readonly dropBlanks: () => void;
  /** A picture could not be loaded: its link is too old. */
  readonly renewLinks: () => void;
  readonly dismiss: () => void;
}

const NO_LINKS = { of: undefined, images: new Map<string, ScanPage['image']>() };
/** A picture that is gone for good is asked for no more often. */
const LEAST_BETWEEN_MS = 2_000;

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
      // A page that is not in the order any more was given to another paper.
      const here = pile.pages.filter((page) => place.has(page.pageId));
      return { ...pile, pages: here.sort((a, b) => (place.get(a.pageId) ?? 0) - (place.get(b.pageId) ?? 0)) };
    }
  }
}

/** The pages of one component: as the feeder gives them, live; drop, turn and move without touching the picture's bytes. */
export function useScan(dossier: DossierView, component: DossierComponent | undefined): Scan {
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [working, setWorking] = useState<string | null>(null);
  const { propose } = useUndo();
  const key = component?.key;
  const live = useLive<Pile, PileEvent>({
    key: `${dossier.id}/${key ?? ''}`,
    sparse: true,
    open: key === undefined ? null : (signal) => client.scanner.watch({ draftId: dossier.id, component: key }, { signal }),
    apply: pileAfter,
  });
  const pile = live.data;
  // Links to pictures end after some minutes; a talk at the counter may take longer. What the stream says later is newer.
  const [links, setLinks] = useState<{ of: Pile | undefined; images: ReadonlyMap<string, ScanPage['image']> }>(NO_LINKS);
  const pages = (pile?.pages ?? [])
    .filter((page) => !page.dropped)
    .map((page) => ({ ...page, image: (links.of === pile ? links.images.get(page.pageId) : undefined) ?? page.image }));
  const asked = useRef({ at: 0, waits: false });
  const renewLinks = () => {
    if (key === undefined || asked.current.waits) return;
    const wait = Math.max(0, asked.current.at + LEAST_BETWEEN_MS - Date.now());
    asked.current.waits = true;
    setTimeout(() => {
      asked.current = { at: Date.now(), waits: false };
      client.scanner.pages({ draftId: dossier.id, component: key }).then(
        (now) => setLinks({ of: pile, images: new Map(now.pages.map((page) => [page.pageId, page.image])) }),
        () => {},
      );
    }, wait);
  };
  const session = pile?.session ?? null;
  const scanning = session?.state === 'scanning';

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
      client.scanner.start({ commandId: newCommandId(), draftId: dossier.id, component: key, source, dpi: 200, ...scanChoice() }),
    );
  };
  const drop = (pageId: string) => {
    void attempt(async () => {
      const page = await client.scanner.drop({ commandId: newCommandId(), pageId });
      propose({
        vi: `Đã bỏ trang ${page.position}`,
        en: `Page ${page.position} removed`,
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
  // The hub keeps the dossier's own list like its pile: one order moves both.
  const give = (pageIds: readonly string[], toKey: string): Promise<unknown> =>
    client.scanner.assign({ commandId: newCommandId(), draftId: dossier.id, component: toKey, pageIds: [...pageIds] });
  const improve = (page: ScanPage, change: Partial<Wish>) => {
    if (working !== null) return;
    setWorking(page.pageId);
    const { deskew, crop, bilevel } = { ...PLAIN, ...page.improved, ...change };
    void attempt(() => client.scanner.improve({ commandId: newCommandId(), pageId: page.pageId, deskew, crop, bilevel })).finally(() =>
      setWorking(null),
    );
  };
  const split = (free: readonly { key: string; number: number }[], byCode = false) => {
    if (key === undefined) return;
    void attempt(async () => {
      const to = free.map((one) => one.key);
      const { papers, given, dropped, tail } = await client.scanner.part({
        commandId: newCommandId(),
        draftId: dossier.id,
        component: key,
        to,
        ...(byCode ? { barcodePrefix: '' } : {}),
      });
      const left = papers - 1 - given.length;
      const numbers = free.slice(0, given.length).map((one) => one.number);
      propose({
        vi: `Đã tách thành ${papers} giấy tờ${numbers.length === 0 ? '' : `, chuyển sang mục ${numbers.join(', ')}`}${left > 0 ? `; còn ${left} giấy tờ để lại ở mục này vì hết mục trống` : ''}`,
        en: `Parted into ${papers} papers${numbers.length === 0 ? '' : `, given to ${numbers.join(', ')}`}${left > 0 ? `; ${left} stay here, as no paper is free` : ''}`,
        undo: () =>
          void attempt(async () => {
            if (tail.length > 0) await give(tail, key);
            for (const pageId of dropped) await client.scanner.restore({ commandId: newCommandId(), pageId });
          }),
      });
    });
  };
  const blank = pages.filter((page) => page.blank === true && !page.separator).map((page) => page.pageId);
  const dropBlanks = () =>
    void attempt(async () => {
      for (const pageId of blank) await client.scanner.drop({ commandId: newCommandId(), pageId });
      propose({
        vi: `Đã bỏ ${blank.length} trang trắng`,
        en: `${blank.length} blank pages removed`,
        undo: () =>
          void attempt(async () => {
            for (const pageId of blank) await client.scanner.restore({ commandId: newCommandId(), pageId });
          }),
      });
    });
  return {
    pages,
    session,
    scanning,
    working,
    parted: pages.some((page) => page.separator),
    coded: pages.slice(1).some((page) => page.codes.length > 0 && !page.separator),
    blanks: blank.length,
    dropBlanks,
    renewLinks,
    improve,
    split,
    give: (pageIds, toKey) => void attempt(() => give(pageIds, toKey)),
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
