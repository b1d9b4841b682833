import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { configFaults, type Fault } from './check.ts';

const limitMb = z.number().min(1).max(200);

/** `config.json` in the data folder. Without it the station is in training mode, with virtual neighbours. */
export const stationConfig = z.object({
  training: z.boolean().default(true),
  /** The counter at this machine. */
  counterId: z.string().default('3'),
  /** PKCS#11 modules beyond the known names. */
  pkcs11Modules: z.array(z.string()).default([]),
  devices: z.array(z.record(z.string(), z.unknown())).default([]),
  scanners: z.array(z.object({ id: z.string(), name: z.string(), url: z.url() })).default([]),
  /** What the provincial system takes of one scanned paper, in megabytes (10^6 bytes); most portals stop at 19 or 20. */
  documentLimitMb: limitMb.default(19),
  /** Procedures whose portal takes less, or more: procedure code to megabytes. */
  documentLimitsMb: z.record(z.string().min(1).max(40), limitMb).default({}),
  province: z.record(z.string(), z.unknown()).optional(),
  site: z.record(z.string(), z.unknown()).optional(),
  /** For a hall that outgrows one machine: several hubs share its queue in PostgreSQL. Without it the queue is in the station's own database. */
  hall: z
    .object({
      /** `postgres://user:password@host:5432/database`; the settings file is readable by its owner alone. */
      postgres: z.url({ protocol: /^postgres(ql)?$/ }),
      /** Names this hub in the hall's log; default the machine's name. */
      hub: z.string().min(1).max(60).optional(),
      /** How long a press waits for a database that is away, before it is refused in words. */
      patienceSeconds: z.number().min(1).max(60).default(8),
    })
    .optional(),
});
export type StationConfig = z.infer<typeof stationConfig>;

/** Bytes that one scanned paper of a dossier may have; `procedure` is its code, null before one is chosen. */
export const documentLimit = (config: Pick<StationConfig, 'documentLimitMb' | 'documentLimitsMb'>, procedure: string | null): number =>
  ((procedure === null ? undefined : config.documentLimitsMb[procedure]) ?? config.documentLimitMb) * 1e6;

export class ConfigError extends Error {
  readonly vi: string;
  constructor(file: string, faults: readonly Fault[]) {
    const [vi, en] = [faults.map((fault) => fault.vi).join('; '), faults.map((fault) => fault.en).join('; ')];
    super(`The station's settings ${file} are not valid at: ${en}. Correct them, or move the file away to start in training mode.`);
    this.vi = `Cấu hình ${file} không đúng ở: ${vi}. Hãy sửa lại, hoặc dời tệp đi để chạy chế độ tập huấn.`;
  }
}

export function readConfig(dataDir: string): StationConfig {
  const file = path.join(dataDir, 'config.json');
  if (!existsSync(file)) return stationConfig.parse({});
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : 'JSON';
    throw new ConfigError(file, [{ vi: `cú pháp JSON (${why})`, en: `its JSON (${why})` }]);
  }
  const faults = configFaults(raw, stationConfig);
  if (faults.length > 0) throw new ConfigError(file, faults);
  return stationConfig.parse(raw);
}
