import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** `npm run bench -- NAME [--json] [...]`: prints figures; the last line is one JSON object. Benches never pass or fail. */
export interface BenchOptions {
  readonly json: boolean;
  readonly args: readonly string[];
}
export type Bench = (options: BenchOptions) => Promise<Record<string, number | string>>;

const here = import.meta.dirname;
const names = readdirSync(here)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.slice(0, -'.bench.ts'.length))
  .sort();
const [name, ...rest] = process.argv.slice(2);
const file = path.join(here, `${name}.bench.ts`);
if (!name || !names.includes(name) || !existsSync(file)) {
  const asked = name === '--help';
  const wrong = asked || !name || name.startsWith('-') ? '' : `There is no bench "${name}".\n`;
  (asked ? process.stdout : process.stderr).write(`${wrong}npm run bench -- NAME [--json]\nNAME: ${names.join(', ')}\n`);
  process.exit(asked ? 0 : 64);
}
const json = rest.includes('--json');
const { run } = (await import(file)) as { run: Bench };
try {
  const figures = await run({ json, args: rest.filter((argument) => argument !== '--json') });
  if (!json) for (const [key, value] of Object.entries(figures)) process.stdout.write(`${key.padEnd(28)} ${value}\n`);
  process.stdout.write(`${JSON.stringify({ bench: name, ...figures })}\n`);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${name} could not be measured: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}
