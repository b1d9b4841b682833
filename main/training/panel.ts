import { implement } from '@orpc/server';
import type { CallContext } from '../contract/context.ts';
import { isRefusal, refuse, type Refusal } from '../contract/refusal.ts';
import { trainingContract, type NeighbourView } from '../contract/training.ts';
import { heard } from '../devices/index.ts';
import type { Store } from '../store/index.ts';

/** One row of the panel: `counter.ts` hands in a table of these. */
export interface Neighbour {
  readonly id: string;
  readonly nameVi: string;
  readonly nameEn: string;
  /** The switches as they stand now. */
  switches(): readonly { readonly key: string; readonly vi: string; readonly en: string; readonly on: boolean }[];
  set(key: string, on: boolean): void;
  readonly actions?: readonly { readonly key: string; readonly vi: string; readonly en: string }[];
  act?(key: string): void;
  /** Papers in its tray, newest last. */
  papers?(): readonly { readonly png: () => Buffer; readonly text: readonly string[] }[];
  shows?(): string | null;
  /** Tells when something above changed by itself (a paper came out). */
  onChange?(listener: () => void): () => void;
}

export type TrainingPanel = ReturnType<typeof createTrainingPanel>;

/** The panel where an officer, or a test, makes trouble on purpose. */
export function createTrainingPanel(neighbours: readonly Neighbour[]) {
  const listeners = new Set<(view: NeighbourView) => void>();
  const view = (n: Neighbour): NeighbourView => ({
    id: n.id,
    nameVi: n.nameVi,
    nameEn: n.nameEn,
    switches: n.switches().map((s) => ({ ...s })),
    actions: (n.actions ?? []).map((a) => ({ ...a })),
    papers: n.papers?.().length ?? 0,
    shows: n.shows?.() ?? null,
  });
  const tell = (n: Neighbour): NeighbourView => {
    const now = view(n);
    for (const listener of listeners) listener(now);
    return now;
  };
  const offs = neighbours.map((n) => n.onChange?.(() => void tell(n)) ?? (() => undefined));
  const find = (id: string) => neighbours.find((n) => n.id === id);
  const missing = (): Refusal =>
    refuse(
      'no-such-neighbour',
      'Phòng tập huấn không có thiết bị này. Hãy chọn một thiết bị trong danh sách.',
      'The training room has no such device. Choose one from the list.',
    );

  return {
    list: () => neighbours.map(view),
    setSwitch(id: string, key: string, on: boolean): NeighbourView | Refusal {
      const found = find(id);
      if (!found || !found.switches().some((s) => s.key === key)) return missing();
      found.set(key, on);
      return tell(found);
    },
    act(id: string, key: string): NeighbourView | Refusal {
      const found = find(id);
      if (!found?.act || !found.actions?.some((a) => a.key === key)) return missing();
      found.act(key);
      return tell(found);
    },
    papers(id: string, limit: number): { png: string; text: string[] }[] {
      const papers = find(id)?.papers?.() ?? [];
      return papers
        .slice(-limit)
        .reverse()
        .map((paper) => ({ png: paper.png().toString('base64'), text: [...paper.text] }));
    },
    onChange(listener: (view: NeighbourView) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      for (const off of offs) off();
      listeners.clear();
    },
  };
}

/**
 * The training slice of the router.
 * @param panel undefined on a live station: every call is refused
 */
export function trainingHandlers(panel: TrainingPanel | undefined, store: Store) {
  const os = implement(trainingContract).$context<CallContext>();
  const notTraining = (): Refusal =>
    refuse(
      'not-training',
      'Máy này đang làm việc thật, không phải tập huấn. Hãy mở chế độ tập huấn để dùng bảng này.',
      'This station is live, not in training. Open training mode to use this panel.',
    );
  return os.router({
    live: os.live.handler(async function* ({ signal, errors }) {
      if (!panel) throw errors.REFUSED({ data: notTraining() });
      let seq = 0;
      const changes = heard<NeighbourView>((listener) => panel.onChange(listener), signal);
      const first = changes.next();
      try {
        yield { type: 'snapshot' as const, seq, snapshot: panel.list() };
        for (let next = await first; !next.done; next = await changes.next()) {
          seq += 1;
          yield { type: 'event' as const, seq, event: next.value };
        }
      } finally {
        void changes.return();
      }
    }),
    setSwitch: os.setSwitch.handler(({ input, errors }) => {
      const result = panel
        ? store.command(input.commandId, 'training.setSwitch', () => panel.setSwitch(input.id, input.key, input.on))
        : notTraining();
      if (isRefusal(result)) throw errors.REFUSED({ data: result });
      return result;
    }),
    act: os.act.handler(({ input, errors }) => {
      const result = panel ? store.command(input.commandId, 'training.act', () => panel.act(input.id, input.key)) : notTraining();
      if (isRefusal(result)) throw errors.REFUSED({ data: result });
      return result;
    }),
    papers: os.papers.handler(({ input, errors }) => {
      if (!panel) throw errors.REFUSED({ data: notTraining() });
      return panel.papers(input.id, input.limit);
    }),
  });
}
