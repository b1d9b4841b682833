import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { closeVerifier, verify, type Verification, type VerifyOptions } from '../signing/verify/index.ts';

export interface CliIo {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
  /** Where the command was typed (INIT_CWD under npm): relative paths are read from there. */
  cwd: string;
}

export const VERIFY_USAGE = 'usage: quay verify [--trust DIR] [--at ISO] [--offline] [--json] FILE...\n';

const USAGE = 64;

/**
 * `quay verify`: one line per file, in the order given.
 * @returns 0 when every signature passed, 2 when one is indeterminate or a file is unsigned, 1 when one failed or a file is
 * unreadable (1 beats 2), 64 on wrong usage
 */
export async function verifyCommand(argv: string[], io: CliIo): Promise<number> {
  const wrong = (reason: string): number => {
    io.stderr.write(`${reason}\n${VERIFY_USAGE}`);
    return USAGE;
  };
  let parsed;
  try {
    parsed = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        trust: { type: 'string' },
        at: { type: 'string' },
        offline: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    return wrong(error instanceof Error ? error.message : 'wrong usage');
  }
  const { values, positionals } = parsed;
  if (values.help === true) {
    io.stdout.write(VERIFY_USAGE);
    return 0;
  }
  if (positionals.length === 0) return wrong('no file given');
  const at = values.at === undefined ? undefined : isoTime(values.at);
  if (at !== undefined && Number.isNaN(at)) return wrong('--at needs a time as in 2026-11-21T08:00:00Z');
  const trustDir = values.trust === undefined ? undefined : path.resolve(io.cwd, values.trust);
  if (trustDir !== undefined && (await stat(trustDir).catch(() => undefined))?.isDirectory() !== true)
    return wrong('--trust is no directory');
  if (trustDir !== undefined && !(await readable(trustDir))) return wrong('--trust cannot be read');
  let code = 0;
  try {
    const judged = async (file: string, options: VerifyOptions): Promise<Verification> => {
      try {
        return { ...(await verify(path.resolve(io.cwd, file), options)), file };
      } catch (error) {
        // A machine without processes or descriptors to spare: the other files still get their line.
        const [vi, en] = ['Không kiểm tra được tệp này.', 'The file could not be checked.'];
        return { file, verdict: 'TOTAL-FAILED', signatures: [], reason: `unreadable: ${en} (${String(error)})`, vi, en };
      }
    };
    for (const file of positionals) {
      const named = await judged(file, {
        ...(trustDir === undefined ? {} : { trustDir }),
        ...(at === undefined ? {} : { at }),
        offline: values.offline === true,
      });
      io.stdout.write(`${values.json === true ? JSON.stringify(forMachines(named)) : forPeople(named)}\n`);
      if (named.verdict === 'TOTAL-FAILED') code = 1;
      else if (named.verdict !== 'TOTAL-PASSED' && code === 0) code = 2;
    }
  } finally {
    await closeVerifier();
  }
  return code;
}

const readable = async (dir: string): Promise<boolean> =>
  access(dir, constants.R_OK | constants.X_OK).then(
    () => true,
    () => false,
  );

/** ISO 8601 with a date; a time without a zone is taken as UTC. NaN for anything else. */
function isoTime(text: string): number {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(text)) return Number.NaN;
  return Date.parse(/T.*(Z|[+-]\d{2}:?\d{2})$/.test(text) || !text.includes('T') ? text : `${text}Z`);
}

function forMachines(answer: Verification): Record<string, unknown> {
  return {
    file: answer.file,
    verdict: answer.verdict,
    signatures: answer.signatures.map(({ details, ...signature }) => ({ ...signature, details })),
    ...(answer.reason === undefined ? {} : { reason: answer.reason }),
    ...(answer.notes === undefined ? {} : { notes: answer.notes }),
  };
}

/** One line: verdict, file, and the sentence that decides, in Vietnamese and English. */
function forPeople(answer: Verification): string {
  const decisive = answer.signatures.find((signature) => signature.verdict === answer.verdict);
  const sub = decisive?.subIndication == null ? '' : ` (${decisive.subIndication})`;
  const sentences = `${answer.vi ?? decisive?.vi ?? ''} / ${answer.en ?? decisive?.en ?? ''}`;
  const signers = answer.signatures.map((signature) => signature.signer ?? signature.field).join(', ');
  // The name of a file must not end the line, nor steer the terminal.
  const name = answer.file.replace(/[\p{Cc}\p{Cf}]/gu, '?');
  return `${answer.verdict}${sub}  ${name}  ${sentences}${signers === '' ? '' : `  [${signers}]`}`;
}
