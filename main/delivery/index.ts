/** Face of the room: what others may use. See README. */
export { placeCodes } from './places.ts';
export { createDelivery, type Acknowledged, type Delivery, type DeliveryDeps } from './delivery.ts';
export { ContentError, type Enqueued } from './intake.ts';
export { migrations } from './migrations.ts';
export {
  canonicalDossier,
  canonicalStatus,
  type CanonicalDossier,
  type CanonicalDossierInput,
  type CanonicalFile,
  type CanonicalPerson,
  type CanonicalStatus,
  type CanonicalStatusInput,
  type StatusCode,
} from './canonical.ts';
export { provinceConfig, type ProvinceConfig, type ProvinceConfigInput } from './config.ts';
export { fileSecrets, memorySecrets, SecretsError, type Secrets } from './secrets.ts';
export { SECRET_PASSWORD, SECRET_USER } from './adapters/index.ts';
export type { OutboxRow, OutboxSummary } from './view.ts';
export type { Transport, WireReply, WireRequest } from './transport.ts';
export { seededRandom, systemTimers, type Random, type Timers } from './backoff.ts';
export { deliveryHandlers, type DeliveryHandlerDeps } from './handlers.ts';
export type { RemoteNews, ReturnedFile } from './remote.ts';
