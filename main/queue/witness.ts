import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { HallState } from './state.ts';
import type { SeriesPiece } from './types.ts';

const mark = z.object({ last: z.number(), lease: z.number() });
const witnessSchema = z.object({ seq: z.number(), hash: z.string(), day: z.string(), marks: z.record(z.string(), mark) });
type Witnessed = z.infer<typeof witnessSchema>;

/**
 * A small file beside the database that remembers how far the numbers went. When a backup is put back, the database has
 * forgotten tickets that citizens hold in their hands; the file has not, and numbers go on after it. It is written after
 * each commit without waiting for the disk: it needs to survive a restored database, not a power cut at the same moment.
 */
export class Witness {
  private readonly file: string;
  private handle: number | undefined;
  private written = 0;

  constructor(file: string) {
    this.file = file;
  }

  /** What numbers must start after, if the database is older than the file; undefined when all is well. */
  missing(state: HallState): Witnessed | undefined {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch {
      return undefined;
    }
    let seen: Witnessed;
    try {
      seen = witnessSchema.parse(JSON.parse(text));
    } catch {
      return undefined; // cut off in mid-write by a power cut: the database itself is whole then
    }
    // the same length with another last hash is another history: a backup that has already gone on by itself
    return seen.seq > state.seq || (seen.seq === state.seq && seen.hash !== state.hash) ? seen : undefined;
  }

  note(state: HallState, seriesIds: Iterable<string>): void {
    const marks: Witnessed['marks'] = {};
    const { day } = state.hall;
    for (const id of seriesIds) {
      const piece: SeriesPiece = state.series(id);
      if (piece.day !== day) continue;
      marks[id] = { last: Math.max(piece.last, piece.floor), lease: Math.max(piece.leaseFloor, 0, ...piece.leased.map((b) => b.to)) };
    }
    if (this.handle === undefined) {
      mkdirSync(path.dirname(this.file), { recursive: true });
      this.handle = openSync(this.file, 'w');
    }
    const text = Buffer.from(JSON.stringify({ seq: state.seq, hash: state.hash, day, marks } satisfies Witnessed));
    writeSync(this.handle, text, 0, text.length, 0);
    if (text.length < this.written) ftruncateSync(this.handle, text.length);
    this.written = text.length;
  }

  close(): void {
    if (this.handle !== undefined) closeSync(this.handle);
    this.handle = undefined;
  }
}
