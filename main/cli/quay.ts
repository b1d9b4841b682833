/**
 * `npm run --silent quay -- sign|verify|officer|backup|restore …`. Paths are read from where the command was typed. Each command
 * loads what it needs and no more: a misspelt word is answered at once, and `verify` opens no rooms.
 */
const COMMANDS = {
  sign: async () => (await import('./sign.ts')).signCommand,
  verify: async () => (await import('./verify.ts')).verifyCommand,
  officer: async () => (await import('./officer.ts')).officerCommand,
  backup: async () => (await import('./backup.ts')).backupCommand,
  restore: async () => (await import('./backup.ts')).restoreCommand,
} as const;
const [name, ...args] = process.argv.slice(2);
if (name === undefined || !Object.hasOwn(COMMANDS, name)) {
  const asked = name === '--help' || name === '-h' || name === 'help';
  const list = Object.keys(COMMANDS).map((command) => `npm run --silent quay -- ${command} --help\n`);
  const wrong = asked || name === undefined ? '' : `Không có lệnh "${name}". / There is no command "${name}".\n`;
  (asked ? process.stdout : process.stderr).write(`${wrong}${list.join('')}`);
  process.exit(asked ? 0 : 64);
}
const command = await COMMANDS[name as keyof typeof COMMANDS]();
process.exitCode = await command(args, {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.env['INIT_CWD'] ?? process.cwd(),
});
