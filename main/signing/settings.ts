import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Store } from '../store/index.ts';
import type { VisibleForm } from './appearance/index.ts';
import type { Place } from './batch/journal.ts';
import type { Level } from './sign.ts';
import { trainingTokenOut } from './tokens/training.ts';

export interface KeptModule {
  readonly path: string;
  readonly sha256: string;
}

/** What an administrator or officer sets for this station. */
export interface SigningSettings {
  readonly level: Level;
  readonly tsaUrl: string | null;
  /** Ask no OCSP responder and fetch no list. */
  readonly offline: boolean;
  /** Modules that an officer pointed at, with the SHA-256 that was confirmed. */
  readonly modules: readonly KeptModule[];
  /** Every result goes to the clerk for number, date and seal after the leader. */
  readonly alwaysSeal: boolean;
  /** RSA with PSS where the token has it. */
  readonly pss: boolean;
  /** Where each form was last put. */
  readonly places: Readonly<Partial<Record<VisibleForm, Place>>>;
}

const DEFAULTS: SigningSettings = { level: 'B-B', tsaUrl: null, offline: false, modules: [], alwaysSeal: false, pss: false, places: {} };

export function readSettings(store: Store): SigningSettings {
  const stored = { ...DEFAULTS, ...store.get<Partial<SigningSettings>>('signing', 'settings') };
  // A path without the hash that somebody confirmed is of an older version: it must be pointed at again.
  return { ...stored, modules: stored.modules.filter((one) => typeof one === 'object') };
}

export function writeSettings(store: Store, change: Partial<SigningSettings>): SigningSettings {
  const next = { ...readSettings(store), ...change };
  store.set('signing', 'settings', next);
  return next;
}

const TRAINING = 'tap-huan';
/** Where the training panel says that the token of training is out. */
export const trainingSocket = (dataDir: string): string => trainingTokenOut(path.join(dataDir, TRAINING));

/** Folders of the room; made when missing. */
export function folders(dataDir: string): {
  readonly training: string;
  readonly signed: (day: string) => string;
  readonly clean: string;
  readonly trust: string;
  readonly pictures: string;
} {
  const make = (dir: string) => {
    mkdirSync(dir, { recursive: true });
    return dir;
  };
  return {
    training: path.join(dataDir, TRAINING),
    signed: (day) => make(path.join(dataDir, 'da-ky', day)),
    clean: make(path.join(dataDir, 'ban-sach')),
    trust: path.join(dataDir, 'tin-cay'),
    pictures: make(path.join(dataDir, 'hinh')),
  };
}
