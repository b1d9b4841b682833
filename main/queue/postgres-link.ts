import postgres from 'postgres';

function connect(url: string, onclose: () => void) {
  return postgres(url, {
    max: 1,
    connect_timeout: 5,
    max_lifetime: null,
    backoff: () => 0.05,
    onnotice: () => {},
    onclose,
    connection: {
      application_name: 'quay-queue',
      // every query here goes by a key, but plans are kept from when the tables were empty: never read a whole table
      enable_seqscan: 'off',
      enable_hashjoin: 'off',
      enable_mergejoin: 'off',
      // a hub that dies in mid-transaction must not hold the hall for long
      idle_in_transaction_session_timeout: 5000,
      statement_timeout: 15_000,
    },
    types: { number: { to: 20, from: [20], parse: Number, serialize: String } },
  });
}
export type Sql = ReturnType<typeof connect>;

interface Connection {
  readonly sql: Sql;
  broken: boolean;
  /** How each piece of work that is under way learns that the connection closed. */
  readonly running: Set<(error: Error) => void>;
}

/**
 * One connection, thrown away as soon as it breaks. postgres.js 3.4.9 must not be asked to write on a connection that has
 * lost its server: it throws where nobody can catch it, or never sends again (its issues 1066, 1154, 1208). So after a
 * close or an error this makes a new client instead of trusting the old one to come back.
 */
export class Link {
  private readonly url: string;
  private current: Connection | undefined;

  constructor(url: string) {
    this.url = url;
  }

  /**
   * Runs `work` on the connection, or fails when the connection closes: queries that the library still holds back at that
   * moment would wait for ever. On any error the connection is dropped; the server rolls back what was open.
   */
  async use<T>(work: (sql: Sql) => PromiseLike<T>): Promise<T> {
    const link = this.connected();
    // no `Promise.race` with a promise that lives as long as the connection: it would keep every answer as long
    let lost: (error: Error) => void = () => {};
    try {
      return await new Promise<T>((resolve, reject) => {
        lost = reject;
        link.running.add(lost);
        work(link.sql).then(resolve, reject);
      });
    } catch (error) {
      if (this.current === link) this.drop();
      throw error;
    } finally {
      link.running.delete(lost);
    }
  }

  private connected(): Connection {
    if (this.current && !this.current.broken) return this.current;
    const running = new Set<(error: Error) => void>();
    const sql = connect(this.url, () => {
      made.broken = true;
      const error = Object.assign(new Error('the database connection closed'), { code: 'CONNECTION_CLOSED' });
      for (const lost of running) lost(error);
    });
    const made: Connection = { sql, broken: false, running };
    this.current = made;
    return made;
  }

  private drop(): void {
    const gone = this.current;
    this.current = undefined;
    gone?.sql.end({ timeout: 0 }).catch(() => {});
  }

  async close(): Promise<void> {
    const gone = this.current;
    this.current = undefined;
    if (gone && !gone.broken) await gone.sql.end({ timeout: 2 });
  }
}
