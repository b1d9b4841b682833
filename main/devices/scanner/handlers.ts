import { implement } from '@orpc/server';
import { statSync } from 'node:fs';
import type { z } from 'zod';
import type { fileLink } from '../../contract/base.ts';
import type { CallContext } from '../../contract/context.ts';
import { isRefusal } from '../../contract/refusal.ts';
import { SEPARATOR_CODE, scannerContract, type scanPage, type scanSession, type scannerInfo } from '../../contract/scanner.ts';
import { noWork } from './better-pages.ts';
import { componentKey, type Scanning } from './index.ts';
import type { PageRow, SessionRow } from './pages.ts';
import type { KnownScanner } from './registry.ts';
import { troubleOf, type PileEvent } from './sessions.ts';

/** Makes a short-lived link to a file for one caller; the server's tickets do it. */
export type FileLinker = (
  file: { path: string; name: string; type: string; size: number },
  context: CallContext,
) => z.infer<typeof fileLink>;

/** A component below 200 dpi would be refused by the provincial systems; lower resolutions are not offered. */
const MIN_DPI = 200;
const MAX_DPI = 600;

const info = (known: KnownScanner): z.infer<typeof scannerInfo> => ({
  id: known.scanner.id,
  name: known.scanner.name,
  kind: known.scanner.kind,
  state: known.state,
  trouble: troubleOf(known.reason),
  feederLoaded: known.feederLoaded,
  since: known.since,
  lastSeen: known.lastSeen,
  sources: (known.capabilities?.sources ?? []).map((s) => ({
    ...s,
    colours: [...s.colours],
    dpis: s.dpis.filter((dpi) => dpi >= MIN_DPI && dpi <= MAX_DPI),
  })),
});

export function scannerHandlers(scanning: Scanning, linkFile: FileLinker) {
  const os = implement(scannerContract).$context<CallContext>();
  const { sessions } = scanning;

  const session = (row: SessionRow): z.infer<typeof scanSession> => ({
    sessionId: row.id,
    scannerId: row.scannerId,
    scannerName: row.scannerName,
    ...row.options,
    state: row.state,
    pages: sessions.countPages(row.id),
    trouble: troubleOf(row.reason),
    startedAt: row.startedAt,
    endedAt: row.endedAt,
  });
  /** Positions are dense 1, 2, 3 … on the wire, whatever the table holds. */
  const page = (row: PageRow, position: number, context: CallContext): z.infer<typeof scanPage> => ({
    pageId: row.id,
    sessionId: row.sessionId,
    position,
    quarterTurns: row.quarterTurns,
    dropped: row.dropped,
    blank: row.blank,
    skewDegrees: row.skewDegrees,
    codes: [...row.codes],
    separator: row.codes.includes(SEPARATOR_CODE),
    improved: row.better && { deskew: row.better.deskew, crop: row.better.crop, bilevel: row.better.bilevel, bytes: row.better.bytes },
    widthPx: row.better?.widthPx ?? row.widthPx,
    heightPx: row.better?.heightPx ?? row.heightPx,
    dpi: row.better?.dpi ?? row.dpi,
    addedAt: row.addedAt,
    image: linkFile({ ...sessions.pictureOf(row), name: `trang-${position}.jpg`, type: 'image/jpeg' }, context),
  });
  const placeOf = (row: PageRow): number => sessions.pile(row.componentKey).pages.findIndex((p) => p.id === row.id) + 1;
  const one = (row: PageRow, context: CallContext) => page(row, placeOf(row), context);
  const pile = (key: string, context: CallContext) => {
    const { session: newest, pages } = sessions.pile(key);
    return { session: newest ? session(newest) : null, pages: pages.map((row, i) => page(row, i + 1, context)) };
  };

  return os.router({
    list: os.list.handler(async ({ input }) => {
      await (input.refresh ? scanning.discover() : undefined);
      return scanning.scanners().map(info);
    }),
    start: os.start.handler(({ input, errors }) => {
      const { commandId, draftId, component, scannerId, ...options } = input;
      const answer = sessions.start({
        commandId,
        componentKey: componentKey(draftId, component),
        ...(scannerId ? { scannerId } : {}),
        options,
      });
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return session(answer);
    }),
    cancel: os.cancel.handler(({ input, errors }) => {
      const answer = sessions.cancel(input.commandId, input.sessionId);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return session(answer);
    }),
    pages: os.pages.handler(({ input, context }) => pile(componentKey(input.draftId, input.component), context)),
    watch: os.watch.handler(async function* ({ input, context, signal }) {
      const key = componentKey(input.draftId, input.component);
      const events = pileEvents(scanning, key, signal);
      try {
        let seq = 0;
        yield { type: 'snapshot' as const, seq, snapshot: pile(key, context) };
        for (;;) {
          const event = await events.next();
          if (!event) return;
          // It went to another paper while the event waited for the screen; the new order comes behind it.
          if (event.kind === 'page' && placeOf(event.page) === 0) continue;
          seq += 1;
          if (event.kind === 'session')
            yield { type: 'event' as const, seq, event: { kind: 'session' as const, session: session(event.session) } };
          else if (event.kind === 'page')
            yield { type: 'event' as const, seq, event: { kind: 'page' as const, page: one(event.page, context) } };
          else yield { type: 'event' as const, seq, event: { kind: 'order' as const, pageIds: [...event.pageIds] } };
        }
      } finally {
        events.close();
      }
    }),
    drop: os.drop.handler(({ input, context, errors }) => {
      const answer = sessions.drop(input.commandId, input.pageId, true);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return one(answer, context);
    }),
    restore: os.restore.handler(({ input, context, errors }) => {
      const answer = sessions.drop(input.commandId, input.pageId, false);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return one(answer, context);
    }),
    rotate: os.rotate.handler(({ input, context, errors }) => {
      const answer = sessions.rotate(input.commandId, input.pageId, input.by);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return one(answer, context);
    }),
    improve: os.improve.handler(async ({ input, context, errors }) => {
      const { commandId, pageId, ...wish } = input;
      const answer = await sessions.improve(commandId, pageId, wish);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return one(answer, context);
    }),
    split: os.split.handler(({ input }) =>
      sessions
        .split(componentKey(input.draftId, input.component), input.barcodePrefix)
        .map((paper) => ({ code: paper.code, pageIds: [...paper.pageIds] })),
    ),
    part: os.part.handler(({ input }) => {
      const { commandId, draftId, component, to, barcodePrefix } = input;
      const keys = to.map((one) => componentKey(draftId, one));
      const answer = sessions.part(commandId, componentKey(draftId, component), keys, barcodePrefix);
      return {
        papers: answer.papers,
        given: answer.given.map((one) => ({ component: one.componentKey.slice(draftId.length + 1), pageIds: [...one.pageIds] })),
        dropped: [...answer.dropped],
        tail: [...answer.tail],
      };
    }),
    separatorSheet: os.separatorSheet.handler(({ context, errors }) => {
      const file = scanning.separatorSheet();
      if (file === null) throw errors.REFUSED({ data: noWork() });
      return linkFile({ path: file, name: 'to-ngan-cach.pdf', type: 'application/pdf', size: statSync(file).size }, context);
    }),
    assign: os.assign.handler(({ input, context, errors }) => {
      const key = componentKey(input.draftId, input.component);
      const answer = sessions.assign(input.commandId, input.pageIds, key);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return pile(key, context);
    }),
    move: os.move.handler(({ input, context, errors }) => {
      const answer = sessions.move(input.commandId, input.pageId, input.before);
      if (isRefusal(answer)) throw errors.REFUSED({ data: answer });
      return answer.map((row, i) => page(row, i + 1, context));
    }),
  });
}

/** Events of one component from now on, kept until they are asked for; undefined once the screen has gone. */
function pileEvents(
  scanning: Scanning,
  key: string,
  signal: AbortSignal | undefined,
): { next(): Promise<PileEvent | undefined>; close(): void } {
  const waiting: PileEvent[] = [];
  let wake: () => void = () => undefined;
  const off = scanning.sessions.listen(key, (event) => {
    waiting.push(event);
    wake();
  });
  const stop = () => wake();
  signal?.addEventListener('abort', stop);
  return {
    async next() {
      if (waiting.length === 0 && signal?.aborted !== true) await new Promise<void>((resolve) => (wake = resolve));
      return signal?.aborted === true ? undefined : waiting.shift();
    },
    close() {
      off();
      signal?.removeEventListener('abort', stop);
      wake();
    },
  };
}
