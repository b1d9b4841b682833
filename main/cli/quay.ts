import { officerCommand } from './officer.ts';
import { signCommand } from './sign.ts';
import { verifyCommand } from './verify.ts';

/** `npm run --silent quay -- sign|verify|officer …`. Paths are read from where the command was typed. */
const COMMANDS = { sign: signCommand, verify: verifyCommand, officer: officerCommand } as const;
const [name, ...args] = process.argv.slice(2);
if (name === undefined || !Object.hasOwn(COMMANDS, name)) {
  process.stderr.write(
    'npm run --silent quay -- sign --help\nnpm run --silent quay -- verify --help\nnpm run --silent quay -- officer --help\n',
  );
  process.exit(name === '--help' || name === 'help' ? 0 : 64);
}
process.exitCode = await COMMANDS[name as keyof typeof COMMANDS](args, {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.env['INIT_CWD'] ?? process.cwd(),
});
