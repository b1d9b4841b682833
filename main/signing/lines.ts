import type { Level } from './sign.ts';

/** What is printed for one file. */
export interface SignLine {
  readonly file: string;
  readonly outcome: 'signed' | 'refused' | 'failed';
  /** A word for programs; null when it is signed. */
  readonly reason: string | null;
  /** The level that was reached. */
  readonly level: Level | null;
  /** Path of the signed copy. */
  readonly output: string | null;
  readonly vi?: string;
  readonly en?: string;
}

export interface Ending {
  readonly line: SignLine;
  readonly rank: number;
}

/** Endings come in any order; each line is told as soon as those before it are. */
export class Lines {
  private readonly tell: (line: SignLine, rank: number) => void;
  private readonly slots: { ending: Ending | null }[] = [];
  private readonly open = new Set<Promise<void>>();

  constructor(tell: (line: SignLine, rank: number) => void) {
    this.tell = tell;
  }

  add(ending: Ending | Promise<Ending>): void {
    const slot: { ending: Ending | null } = { ending: null };
    this.slots.push(slot);
    const work = Promise.resolve(ending).then((end) => {
      slot.ending = end;
      this.open.delete(work);
      for (let first = this.slots[0]?.ending; first; first = this.slots[0]?.ending) {
        this.slots.shift();
        this.tell(first.line, first.rank);
      }
    });
    this.open.add(work);
  }

  /** Until so many are on their way. */
  async atMost(count: number): Promise<void> {
    while (this.open.size > count) await Promise.race(this.open);
  }
}
