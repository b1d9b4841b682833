import { copyFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { migrations, postgresQueueStore, sqliteQueueStore, type QueueStore, type Site } from '../../../main/queue/index.ts';
import { openStore, type Clock, type Store } from '../../../main/store/index.ts';
import type { RealPostgres } from './postgres.ts';

/** The real store under test, with the accidents that can happen to it. */
export interface Hall {
  /** The hub that serves this device; undefined while it is down. */
  hub(device: string): QueueStore | undefined;
  readonly hubs: readonly (QueueStore | undefined)[];
  /** So many requests may be at the hubs at once; more where an answer has a way to go. */
  readonly together: number;
  /** One hub is gone at once: what it had not committed is lost. `whole`: the database with it. */
  crash(whole: boolean): Promise<void>;
  recover(): Promise<void>;
  backup?(): Promise<void>;
  /** Puts the last backup back in place of the database. False when there is none. */
  restore?(): Promise<boolean>;
  close(): Promise<void>;
}

export async function sqliteHall(dir: string, site: Site, clock: Clock): Promise<Hall> {
  const file = path.join(dir, 'queue.sqlite');
  const saved = path.join(dir, 'backup.sqlite');
  let store: Store | undefined;
  let port: QueueStore | undefined;
  let hasBackup = false;
  const open = () => {
    store = openStore({ file, clock, migrations });
    // these crashes are not power cuts: the operating system keeps what was written, so there is no need to wait for the disk
    store.db.pragma('synchronous = OFF');
    port = sqliteQueueStore({ store, site });
  };
  const drop = () => {
    // closing the database under the hub is as near to a power cut as one process can get: its queue of commands is lost
    store?.close();
    store = undefined;
    port = undefined;
  };
  open();
  return {
    together: 24,
    hub: () => port,
    get hubs() {
      return [port];
    },
    async crash() {
      drop();
    },
    async recover() {
      if (!port) open();
    },
    async backup() {
      await store?.backup(saved);
      hasBackup = store !== undefined;
    },
    async restore() {
      if (!hasBackup) return false;
      drop();
      for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
      copyFileSync(saved, file);
      hasBackup = false;
      open();
      return true;
    },
    async close() {
      await port?.close();
      drop();
    },
  };
}

/** Two hubs on one server. */
export async function postgresHall(server: RealPostgres, site: Site, clock: Clock): Promise<Hall> {
  const open = () => postgresQueueStore({ url: server.url, site, clock, patienceMs: 200, onError: () => {} });
  const hubs: (QueueStore | undefined)[] = [await open(), await open()];
  let down = false;
  let turn = 0;
  return {
    together: 80,
    hubs,
    hub: (device) => hubs[(device.charCodeAt(device.length - 1) + device.length) % hubs.length],
    async crash(whole) {
      if (whole) {
        await server.kill();
        down = true;
        return;
      }
      turn = (turn + 1) % hubs.length;
      const gone = hubs[turn];
      hubs[turn] = undefined;
      await gone?.close();
    },
    async recover() {
      if (down) await server.start();
      down = false;
      for (const [i, hub] of hubs.entries()) {
        if (hub) await hub.refresh();
        else hubs[i] = await open();
      }
    },
    async close() {
      for (const hub of hubs) await hub?.close();
    },
  };
}
