import { fileURLToPath } from 'node:url';
import type { Clock } from '../../store/index.ts';
import type { ProvinceConfig } from '../config.ts';
import type { Transport } from '../transport.ts';
import type { Adapter, AdapterDeps } from './adapter.ts';

/** What a step on the wire does, for the sentences of a dossier's way. */
export type StepKind = 'code' | 'file' | 'dossier' | 'progress' | 'status' | 'ask';

export interface Opening extends AdapterDeps {
  readonly config: ProvinceConfig;
  /** The mapping that comes along, or the province's own. */
  readonly mappingFile: string;
  readonly transport: Transport;
  readonly clock: Clock;
  /** Account from the safe; null when nobody has signed in yet. */
  readonly credentials: () => Promise<{ user: string; secret: string } | null>;
}

/** What a folder beside this one offers to the room: everything about one kind of provincial interface. */
export interface BackEnd {
  /** As the configuration names it. */
  readonly name: string;
  /** The mapping that comes along. */
  readonly mappingFile: string;
  /** Steps that an officer is told of, by the name under which they stand in the evidence. */
  readonly steps: Readonly<Record<string, StepKind>>;
  /** @throws MappingError when the mapping file has a mistake */
  open(opening: Opening): Adapter;
}

/** A file of `resources/province/`. */
export const provinceResource = (name: string): string => fileURLToPath(new URL(`../../../resources/province/${name}`, import.meta.url));
