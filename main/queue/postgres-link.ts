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
      // every query here goes by a key, but plans are kept from when the tables were empty: never scan
      enable_seqscan: 'off',
      // a hub that dies in mid-transaction must not hold the hall for long
      idle_in_transaction_session_timeout: 5000,
      statement_timeout: 15_000,
    },
    types: { number: { to: 20, from: [20], parse: Number, serialize: String } },
  });
}
export type Sql = ReturnType<typeof connect>;

/**
 * One connection, thrown away as soon as it breaks. postgres.js 3.4.9 must not be asked to write on a connection that has
 * lost its server: it throws where nobody can catch it, or never sends again (its issues 1066, 1154, 1208). So after a
 * close or an error this makes a new client instead of trusting the old one to come back.
 */
export class Link {
  private readonly url: string;
  private current: { sql: Sql; broken: boolean } | undefined;

  constructor(url: string) {
    this.url = url;
  }

  get sql(): Sql {
    if (!this.current || this.current.broken) {
      const made = { broken: false } as { sql: Sql; broken: boolean };
      made.sql = connect(this.url, () => (made.broken = true));
      this.current = made;
    }
    return this.current.sql;
  }

  /** After an error. The server rolls back what was open when the connection goes. */
  drop(): void {
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
