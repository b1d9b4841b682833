export { openStore, readSetting, type Statement, type Store, type StoredEvent } from './store.ts';
export { NewerDatabaseError, checkMigrations, type Migration } from './migrations.ts';
export { businessDay, fromVietnam, manualClock, systemClock, vietnamIso, VIETNAM_OFFSET_MS, type Clock } from './clock.ts';
