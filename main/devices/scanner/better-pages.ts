import { rm } from 'node:fs/promises';
import path from 'node:path';
import { refuse, type Refusal } from '../../contract/refusal.ts';
import type { Store } from '../../store/index.ts';
import type { BetterCopy, PageRow, PageStore } from './pages.ts';
import type { PileEvent } from './sessions.ts';

/** What `documents/pages` does to pictures; counter.ts hands in its page worker. */
export interface PageWork {
  look(file: string, dpi: number): Promise<{ blank: boolean; skewDegrees: number; codes: readonly string[] }>;
  improve(
    file: string,
    out: string,
    dpi: number,
    wish: { deskew: boolean; crop: boolean; bilevel: boolean; quality: number },
  ): Promise<{ kind: 'jpeg' | 'g4'; widthPx: number; heightPx: number; dpi: number; bytes: number }>;
  fit(
    pages: readonly { file: string; dpi: number }[],
    limit: number,
    outOf: (index: number) => string,
  ): Promise<readonly ({ file: string; dpi: number } | null)[] | null>;
  split(pages: readonly { readonly codes: readonly string[] }[], barcodePrefix?: string): { code: string | null; pages: number[] }[];
  /** The sheet that parts two papers, as a PDF. */
  separatorSheet(): Uint8Array;
  close(): Promise<void>;
}

export interface Wish {
  readonly deskew: boolean;
  readonly crop: boolean;
  readonly bilevel: boolean;
}

/** One paper of a batch that was scanned in one go. */
export interface Paper {
  /** The code on its first page, when a code began it. */
  readonly code: string | null;
  readonly pageIds: readonly string[];
}

/** What parting a batch did. */
export interface Parted {
  /** How many papers there were. */
  readonly papers: number;
  readonly given: readonly { readonly componentKey: string; readonly pageIds: readonly string[] }[];
  /** The separator sheets. */
  readonly dropped: readonly string[];
  /** Every page behind the first paper as it lay, sheets included: put back in this order, the batch is as it was. */
  readonly tail: readonly string[];
}

export interface BetterPages {
  /** Puts a better copy in the place of the scanned picture; with nothing wished, the scanned picture is back. */
  improve(commandId: string, pageId: string, wish: Wish): Promise<PageRow | Refusal>;
  /** Where the pages of a component fall apart: at separator sheets and at codes with the prefix. Changes nothing. */
  split(componentKey: string, barcodePrefix?: string): Paper[];
  /** Parts a batch: the first paper stays, the next ones go to the end of `to` in turn, separator sheets are dropped. One effect. */
  part(commandId: string, componentKey: string, to: readonly string[], barcodePrefix?: string): Parted;
  /** Puts pages at the end of another component of the same draft. */
  assign(commandId: string, pageIds: readonly string[], componentKey: string): PageRow[] | Refusal;
}

/** Of copies; the grain of paper needs more than a photograph. */
const QUALITY = 85;

const noPage = (): Refusal =>
  refuse('page-unknown', 'Không tìm thấy trang này. Tải lại danh sách trang.', 'This page is not known. Load the page list again.');
export const noWork = (): Refusal =>
  refuse(
    'page-work-missing',
    'Máy tính này chưa cài phần xử lý ảnh nên chưa chỉnh được trang. Trang đã quét vẫn dùng được; nhờ quản trị viên cài đặt.',
    'This computer lacks the image part, so pages cannot be improved. The page can be used as scanned; ask the administrator.',
  );
const failed = (): Refusal =>
  refuse(
    'page-work-failed',
    'Không chỉnh được trang này. Trang đã quét vẫn dùng được; có thể quét lại trang.',
    'This page could not be improved. It can be used as scanned, or scanned again.',
  );

export function createBetterPages(deps: {
  store: Store;
  rows: PageStore;
  dataDir: string;
  work?: PageWork;
  tellPage: (id: string, seen?: boolean) => PageRow;
  tell: (componentKey: string, event: PileEvent) => void;
}): BetterPages & { look(pageId: string, bilevel: boolean): Promise<void> } {
  const { store, rows, work } = deps;
  const absolute = (file: string): string => path.join(deps.dataDir, file);

  const makeCopy = async (page: PageRow, wish: Wish): Promise<BetterCopy> => {
    const letters = [wish.deskew ? 'd' : '', wish.crop ? 'c' : '', wish.bilevel ? 'b' : ''].join('');
    const file = page.file.replace(/\.jpg$/, `.${letters}.${wish.bilevel ? 'g4' : 'jpg'}`);
    const made = await (work as PageWork).improve(absolute(page.file), absolute(file), page.dpi, { ...wish, quality: QUALITY });
    return { file, kind: made.kind, widthPx: made.widthPx, heightPx: made.heightPx, dpi: made.dpi, bytes: made.bytes, ...wish };
  };

  const kept = (componentKey: string): PageRow[] => rows.pages(componentKey).filter((page) => !page.dropped);
  const papersOf = (componentKey: string, barcodePrefix?: string): Paper[] => {
    const pages = kept(componentKey);
    return (work?.split(pages, barcodePrefix) ?? [{ code: null, pages: [...pages.keys()] }]).map((group) => ({
      code: group.code,
      pageIds: group.pages.flatMap((index) => pages[index]?.id ?? []),
    }));
  };
  const tellOrder = (componentKeys: readonly string[]): void => {
    for (const key of new Set(componentKeys)) deps.tell(key, { kind: 'order', pageIds: rows.pages(key).map((page) => page.id) });
  };

  return {
    async look(pageId, bilevel) {
      const page = rows.page(pageId);
      if (!page || !work) return;
      try {
        const seen = await work.look(absolute(page.file), page.dpi);
        const copy = bilevel ? await makeCopy(page, { deskew: false, crop: false, bilevel }) : null;
        store.transaction(() => {
          rows.setSeen(pageId, seen);
          if (copy) rows.setBetter(pageId, copy);
        });
        deps.tellPage(pageId, true);
      } catch (error) {
        // A machine without the image part scans all the same; only the hints are missing.
        if (!(error instanceof Error && (error.name === 'PageWorkMissingError' || error.name === 'PageWorkError'))) throw error;
      }
    },
    async improve(commandId, pageId, wish) {
      const page = rows.page(pageId);
      if (!page) return noPage();
      const wished = wish.deskew || wish.crop || wish.bilevel;
      if (wished && !work) return noWork();
      let copy: BetterCopy | null = null;
      try {
        if (wished) copy = await makeCopy(page, wish);
      } catch (error) {
        return error instanceof Error && error.name === 'PageWorkMissingError' ? noWork() : failed();
      }
      const before = page.better;
      store.command(commandId, 'scanner.improve', () => {
        rows.setBetter(pageId, copy);
        store.emit('scanner', 'page', { pageId });
        return true;
      });
      if (before && before.file !== copy?.file) await rm(absolute(before.file), { force: true });
      return deps.tellPage(pageId);
    },
    split: papersOf,
    part(commandId, componentKey, to, barcodePrefix) {
      const answer = store.command<Parted>(commandId, 'scanner.part', () => {
        const papers = papersOf(componentKey, barcodePrefix);
        const inPaper = new Set(papers.flatMap((paper) => paper.pageIds));
        const ids = kept(componentKey).map((page) => page.id);
        const dropped = ids.filter((id) => !inPaper.has(id));
        const given = papers.slice(1, to.length + 1).map((paper, index) => ({ componentKey: to[index] as string, pageIds: paper.pageIds }));
        for (const id of dropped) rows.setDropped(id, true);
        for (const one of given) rows.assign(one.pageIds, one.componentKey);
        const tail = ids.slice(ids.indexOf(papers[0]?.pageIds.at(-1) ?? '') + 1);
        store.emit('scanner', 'order', { pageIds: tail });
        return { papers: papers.length, given, dropped, tail };
      });
      for (const id of [...answer.dropped, ...answer.given.flatMap((one) => one.pageIds)]) deps.tellPage(id);
      tellOrder([componentKey, ...answer.given.map((one) => one.componentKey)]);
      return answer;
    },
    assign(commandId, pageIds, componentKey) {
      const draft = (key: string) => key.slice(0, key.indexOf('/'));
      const answer = store.command<string[] | Refusal>(commandId, 'scanner.assign', () => {
        const pages = pageIds.map((id) => rows.page(id));
        if (pages.some((page) => !page || draft(page.componentKey) !== draft(componentKey))) return noPage();
        rows.assign(pageIds, componentKey);
        store.emit('scanner', 'order', { pageIds: [...pageIds] });
        return [...new Set(pages.map((page) => (page as PageRow).componentKey))];
      });
      if (!Array.isArray(answer)) return answer;
      for (const id of pageIds) deps.tellPage(id);
      tellOrder([...answer, componentKey]);
      return rows.pages(componentKey);
    },
  };
}
