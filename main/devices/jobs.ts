import type { DeviceReason, PrintJob } from '../contract/devices.ts';
import type { Migration, Store } from '../store/index.ts';

export const migrations: Migration[] = [
  {
    room: 'devices',
    number: 1,
    name: 'print jobs',
    sql: `
      create table device_job (
        key text primary key,
        device_id text not null,
        kind text not null check (kind in ('ticket', 'slip', 'a4', 'test')),
        title text not null,
        state text not null check (state in ('queued', 'sent', 'confirmed', 'unknown', 'failed')),
        reason text,
        bytes integer not null default 0,
        created_at integer not null,
        sent_at integer,
        done_at integer
      ) strict, without rowid;
      create index device_job_open on device_job (state) where state in ('queued', 'sent');
      create index device_job_at on device_job (created_at);
    `,
  },
];

interface Row {
  key: string;
  device_id: string;
  kind: PrintJob['kind'];
  title: string;
  state: PrintJob['state'];
  reason: DeviceReason | null;
  bytes: number;
  created_at: number;
  sent_at: number | null;
  done_at: number | null;
}

const toJob = (r: Row): PrintJob => ({
  key: r.key,
  deviceId: r.device_id,
  kind: r.kind,
  title: r.title,
  state: r.state,
  reason: r.reason,
  bytes: r.bytes,
  createdAt: r.created_at,
  sentAt: r.sent_at,
  doneAt: r.done_at,
});

export type Jobs = ReturnType<typeof createJobs>;

/**
 * Print jobs by key. A key stands for one piece of paper: asking again gives the same job and prints nothing. What was
 * open when the counter ended is settled at the next start (sent: may be on paper, so unknown; queued: nothing left the
 * house, so failed) and never sent by itself. Each change is an event `devices/job` for the other rooms.
 */
export function createJobs(store: Store) {
  const find = store.db.prepare('select * from device_job where key = ?');
  const insert = store.db.prepare('insert into device_job (key, device_id, kind, title, state, created_at) values (?, ?, ?, ?, ?, ?)');
  const update = store.db.prepare(
    'update device_job set state = ?, reason = ?, bytes = ?, sent_at = coalesce(sent_at, ?), done_at = ? where key = ?',
  );
  const newest = store.db.prepare('select * from device_job order by created_at desc, key limit ?');
  const open = store.db.prepare(`select * from device_job where state in ('queued', 'sent')`);

  const get = (key: string): PrintJob | undefined => {
    const row = find.get(key) as Row | undefined;
    return row && toJob(row);
  };
  const tell = (job: PrintJob) =>
    void store.emit('devices', 'job', { key: job.key, kind: job.kind, title: job.title, state: job.state, reason: job.reason });

  const change = (key: string, state: PrintJob['state'], reason: DeviceReason | null = null, bytes?: number): PrintJob =>
    store.transaction(() => {
      const before = get(key);
      if (!before) throw new Error('no such print job');
      const now = store.clock.now();
      update.run(
        state,
        reason,
        bytes ?? before.bytes,
        state === 'sent' ? now : null,
        state === 'queued' || state === 'sent' ? null : now,
        key,
      );
      const after = get(key)!;
      tell(after);
      return after;
    });

  const waiting = new Map<string, ((job: PrintJob) => void)[]>();
  const settle = (key: string, state: 'confirmed' | 'unknown' | 'failed', reason: DeviceReason | null = null): void => {
    const job = change(key, state, reason);
    for (const resolve of waiting.get(key) ?? []) resolve(job);
    waiting.delete(key);
  };

  for (const row of open.all() as Row[]) change(row.key, row.state === 'sent' ? 'unknown' : 'failed', 'timeout');

  return {
    get,
    change,
    /** Several changes with one wait for the disk. */
    together: <T>(work: () => T): T => store.transaction(work),
    /** @returns the job, and whether this call made it */
    begin(job: { key: string; deviceId: string; kind: PrintJob['kind']; title: string }): { job: PrintJob; isNew: boolean } {
      return store.transaction(() => {
        const before = get(job.key);
        if (before) return { job: before, isNew: false };
        insert.run(job.key, job.deviceId, job.kind, job.title, 'queued', store.clock.now());
        const made = get(job.key)!;
        tell(made);
        return { job: made, isNew: true };
      });
    },
    /** The end of a job, told to whoever waits for it. */
    settle,
    /** The job when it has ended; one that has ended already at once. */
    settled: (key: string): Promise<PrintJob> => {
      const job = get(key);
      if (!job) return Promise.reject(new Error('no such print job'));
      if (job.state !== 'queued' && job.state !== 'sent') return Promise.resolve(job);
      return new Promise((resolve) => waiting.set(key, [...(waiting.get(key) ?? []), resolve]));
    },
    newest: (limit: number) => (newest.all(limit) as Row[]).map(toJob),
  };
}
