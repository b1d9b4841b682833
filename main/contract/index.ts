import { catalogueContract } from './catalogue.ts';
import { deliveryContract } from './delivery.ts';
import { devicesContract } from './devices.ts';
import { documentsContract } from './documents.ts';
import { dossiersContract } from './dossiers.ts';
import { officersContract } from './officers.ts';
import { queueContract } from './queue.ts';
import { reportsContract } from './reports.ts';
import { scannerContract } from './scanner.ts';
import { signingContract } from './signing.ts';
import { systemContract } from './system.ts';
import { trainingContract } from './training.ts';

/** Everything a screen may ask, hear and be refused. */
export const contract = {
  system: systemContract,
  officers: officersContract,
  queue: queueContract,
  catalogue: catalogueContract,
  dossiers: dossiersContract,
  documents: documentsContract,
  scanner: scannerContract,
  signing: signingContract,
  delivery: deliveryContract,
  devices: devicesContract,
  training: trainingContract,
  reports: reportsContract,
};
