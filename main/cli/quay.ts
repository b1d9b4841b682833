import { backupCommand, restoreCommand } from './backup.ts';
import { officerCommand } from './officer.ts';
import { signCommand } from './sign.ts';
import { verifyCommand } from './verify.ts';

/** `npm run --silent quay -- sign|verify|officer|backup|restore …`. Paths are read from where the command was typed. */
const COMMANDS = {
  sign: signCommand,
  verify: verifyCommand,
  officer: officerCommand,
  backup: backupCommand,
  restore: restoreCommand,
} as const;
const [name, ...args] = process.argv.slice(2);
if (name === undefined || !Object.hasOwn(COMMANDS, name)) {
  const asked = name === '--help' || name === '-h' || name === 'help';
  const list = Object.keys(COMMANDS).map((command) => `npm run --silent quay -- ${command} --help\n`);
  const wrong = asked || name === undefined ? '' : `Không có lệnh "${name}". / There is no command "${name}".\n`;
  (asked ? process.stdout : process.stderr).write(`${wrong}${list.join('')}`);
  process.exit(asked ? 0 : 64);
}
process.exitCode = await COMMANDS[name as keyof typeof COMMANDS](args, {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.env['INIT_CWD'] ?? process.cwd(),
});
