import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

/** `npm run soak -- NAME [--count N] [--seed N] [--json] [...]`: a fault run at full size; exits non-zero on any violation. */
export interface SoakOptions {
  readonly count?: number;
  readonly seed?: number;
  readonly json: boolean;
  readonly args: readonly string[];
}
export type Soak = (options: SoakOptions) => Promise<{ exitCode: number; result: object }>;

const here = import.meta.dirname;
const names = readdirSync(here)
  .filter((file) => file.endsWith('.soak.ts'))
  .map((file) => file.slice(0, -'.soak.ts'.length))
  .sort();
const [name, ...args] = process.argv.slice(2);
const file = path.join(here, `${name}.soak.ts`);
const { values } = parseArgs({
  args,
  strict: false,
  options: { count: { type: 'string' }, seed: { type: 'string' }, json: { type: 'boolean' } },
});
const whole = (text: unknown) =>
  text === undefined ? undefined : typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : Number.NaN;
const count = whole(values['count']);
const seed = whole(values['seed']);
// A run of nothing would pass.
if (!name || !names.includes(name) || !existsSync(file) || Number.isNaN(count) || count === 0 || Number.isNaN(seed)) {
  process.stderr.write(`npm run soak -- NAME [--count N] [--seed N] [--json]\nNAME: ${names.join(', ')}\n`);
  process.exit(64);
}
const { run } = (await import(file)) as { run: Soak };
try {
  const { exitCode, result } = await run({
    json: values['json'] === true,
    args,
    ...(count === undefined ? {} : { count }),
    ...(seed === undefined ? {} : { seed }),
  });
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exit(exitCode);
} catch (error) {
  process.stderr.write(`${name} broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(2);
}
