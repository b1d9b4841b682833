export { createQueue, type Queue, type QueueDeps, type QueueEvent } from './queue.ts';
export { queueHandlers } from './handlers.ts';
export type { PrintTicket } from './printing.ts';
export { migrations, sqliteQueueStore } from './store-sqlite.ts';
export { postgresQueueStore, type PostgresOptions, type PostgresQueueStore } from './store-postgres.ts';
export { HallAway, type Outcome, type QueueStore } from './port.ts';
export { checkSite, SiteError, siteSchema, trainingSite, type Site, type SiteInput } from './site.ts';
export { appointmentCode, type Appointment } from './appointment.ts';
