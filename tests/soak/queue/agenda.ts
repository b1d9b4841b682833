interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void | Promise<void>;
}

/** Events by time; equal times in the order in which they were planned. */
export class Agenda {
  private readonly heap: Event[] = [];
  private orders = 0;

  add(at: number, run: Event['run']): void {
    const { heap } = this;
    heap.push({ at, order: (this.orders += 1), run });
    for (let i = heap.length - 1; i > 0;) {
      const up = (i - 1) >> 1;
      if (!before(heap[i]!, heap[up]!)) break;
      [heap[i], heap[up]] = [heap[up]!, heap[i]!];
      i = up;
    }
  }

  take(): Event | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    heap[0] = last;
    for (let i = 0; ;) {
      const left = 2 * i + 1;
      if (left >= heap.length) break;
      const down = left + 1 < heap.length && before(heap[left + 1]!, heap[left]!) ? left + 1 : left;
      if (!before(heap[down]!, heap[i]!)) break;
      [heap[i], heap[down]] = [heap[down]!, heap[i]!];
      i = down;
    }
    return first;
  }
}
const before = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
