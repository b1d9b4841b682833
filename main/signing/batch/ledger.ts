import { syncFolders } from '../append/index.ts';
import type { BatchFile, Journal, Owed, SignedRecord } from './journal.ts';

interface Entry {
  readonly file: BatchFile;
  readonly record: SignedRecord;
  readonly owes: Owed | null;
}

const MOST = 32;
const WAIT_MS = 100;

/**
 * Writes finished files into the journal in small groups, because one durable commit per file would cost more than the signature. A
 * kill before the commit loses nothing: a file that has its final name was re-verified, and the next start finds it.
 */
export class Ledger {
  private readonly journal: Journal;
  private readonly written: () => void;
  private waiting: Entry[] = [];
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();

  /** @param written hears that a group was committed */
  constructor(journal: Journal, written: () => void) {
    this.journal = journal;
    this.written = written;
  }

  /** @param onError hears what a later group could not write */
  add(entry: Entry, onError: (error: unknown) => void): void {
    this.waiting.push(entry);
    if (this.waiting.length >= MOST) this.flush().catch(onError);
    else this.timer ??= setTimeout(() => void this.flush().catch(onError), WAIT_MS);
  }

  /**
   * Everything added so far is in the journal, and the names of the files are durable.
   * @param last goes into the journal in the same commit: each is a wait for the disk
   */
  flush(last?: () => void): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const group = this.waiting;
    this.waiting = [];
    if (group.length > 0 || last) {
      this.writing = this.writing.then(async () => {
        await syncFolders(group.map((entry) => entry.file.output));
        this.journal.together(() => {
          if (group.length > 0) this.journal.filesSigned(group);
          last?.();
        });
        if (group.length > 0) this.written();
      });
    }
    return this.writing;
  }
}
