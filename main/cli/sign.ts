import { stat } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { signFiles, type CommandLevel, type SignCommand, type SignLine } from '../signing/index.ts';
import type { VisibleForm } from '../signing/index.ts';
import type { CliIo } from './verify.ts';

export interface SignIo extends CliIo {
  /** The PIN comes from here, its first line. */
  stdin: AsyncIterable<Uint8Array | string>;
}

export const SIGN_USAGE = `usage: quay sign --module SO --token LABEL [--certificate SERIAL] --pin-stdin [--level B-B|B-T|B-LT|B-LTA]
  [--tsa URL] [--trust DIR] [--form personal|seal|attachment|copy|none] [--page N --at X,Y] [--pss] --out DIR [--json] FILE...
`;

const USAGE = 64;
const LEVELS: readonly string[] = ['B-B', 'B-T', 'B-LT', 'B-LTA'];
const FORMS: readonly string[] = ['personal', 'seal', 'attachment', 'copy', 'none'];

class WrongUsage extends Error {}

/**
 * `quay sign`: signs every file with one PIN, one line per file in the order given.
 * @returns 0 when all are signed, 3 when some were refused, 4 when the token stopped it, 5 on another failure; the highest wins.
 * 64 on wrong usage, with nothing done
 */
export async function signCommand(argv: string[], io: SignIo): Promise<number> {
  if (argv.includes('--help')) {
    io.stdout.write(SIGN_USAGE);
    return 0;
  }
  let command: Omit<SignCommand, 'pin'>;
  let json: boolean;
  try {
    ({ command, json } = await readArguments(argv, io.cwd));
  } catch (error) {
    if (!(error instanceof WrongUsage)) throw error;
    io.stderr.write(`${error.message}\n${SIGN_USAGE}`);
    return USAGE;
  }
  const pin = await firstLine(io.stdin);
  let code = 0;
  await signFiles({ ...command, pin }, (line, rank) => {
    code = Math.max(code, rank);
    io.stdout.write(`${json ? JSON.stringify(line) : forPeople(line)}\n`);
  });
  return code;
}

async function readArguments(argv: string[], cwd: string): Promise<{ command: Omit<SignCommand, 'pin'>; json: boolean }> {
  const { values, positionals } = parse(argv);
  const { module, token, out, tsa, trust, form = 'none' } = values;
  const level = values.level ?? 'B-B';
  if (module === undefined || module === '') throw new WrongUsage('--module is missing');
  if (token === undefined || token === '') throw new WrongUsage('--token is missing');
  if (out === undefined || out === '') throw new WrongUsage('--out is missing');
  if (values['pin-stdin'] !== true)
    throw new WrongUsage('--pin-stdin is missing: the PIN is read from standard input and from nowhere else');
  if (!LEVELS.includes(level)) throw new WrongUsage(`--level must be one of ${LEVELS.join(', ')}`);
  if (!FORMS.includes(form)) throw new WrongUsage(`--form must be one of ${FORMS.join(', ')}`);
  if (level !== 'B-B' && tsa === undefined) throw new WrongUsage(`--level ${level} needs --tsa URL`);
  if (tsa !== undefined && !/^https?:\/\/\S+$/i.test(tsa)) throw new WrongUsage('--tsa must be an http or https address');
  if ((values.page === undefined) !== (values.at === undefined)) throw new WrongUsage('--page and --at belong together');
  if (values.page !== undefined && form === 'none') throw new WrongUsage('--page and --at need a visible --form');
  if (positionals.length === 0) throw new WrongUsage('no file given');
  const certificate = values.certificate
    ?.replace(/[:\s]/g, '')
    .toUpperCase()
    .replace(/^0+(?=.)/, '');
  if (certificate !== undefined && !/^[0-9A-F]+$/.test(certificate))
    throw new WrongUsage('--certificate must be a serial number in hexadecimal');
  const trustDir = trust === undefined ? null : path.resolve(cwd, trust);
  if (trustDir !== null && (await stat(trustDir).catch(() => null))?.isDirectory() !== true)
    throw new WrongUsage('--trust is no directory');
  const outDir = path.resolve(cwd, out);
  const there = await stat(outDir).catch(() => null);
  if (there && !there.isDirectory()) throw new WrongUsage('--out is no directory');
  const command = {
    module: path.resolve(cwd, module),
    tokenLabel: token,
    certificate: certificate ?? null,
    level: level as CommandLevel,
    tsa: tsa ?? null,
    trustDir,
    form: form as VisibleForm,
    pss: values.pss === true,
    place: readPlace(values.page, values.at),
    outDir,
    files: positionals.map((given) => ({ given, file: path.resolve(cwd, given) })),
  };
  return { command, json: values.json === true };
}

function parse(argv: string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        module: text,
        token: text,
        certificate: text,
        'pin-stdin': { type: 'boolean' },
        pss: { type: 'boolean' },
        level: text,
        tsa: text,
        trust: text,
        form: text,
        page: text,
        at: text,
        out: text,
        json: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new WrongUsage(error instanceof Error ? error.message : 'wrong usage');
  }
}

/** Page counted from 1; X and Y of the lower left corner, in points. */
function readPlace(page: string | undefined, at: string | undefined): SignCommand['place'] {
  if (page === undefined || at === undefined) return null;
  const point = /^(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)$/.exec(at);
  if (!/^[1-9]\d{0,5}$/.test(page)) throw new WrongUsage('--page must be a page number, from 1');
  if (!point) throw new WrongUsage('--at must be X,Y in points from the lower left corner of the page');
  return { page: Number(page) - 1, x: Number(point[1]), y: Number(point[2]) };
}

const MOST_PIN = 1024;

/** The first line without its end. What follows is not read for anything. */
async function firstLine(stdin: AsyncIterable<Uint8Array | string>): Promise<string> {
  let text = '';
  for await (const chunk of stdin) {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    if (text.includes('\n') || text.length > MOST_PIN) break;
  }
  return (text.split('\n')[0] ?? '').replace(/\r$/, '');
}

function forPeople(line: SignLine): string {
  const outcome = { signed: 'Đã ký', refused: 'Không ký', failed: 'Lỗi' }[line.outcome];
  const rest = line.outcome === 'signed' ? `${line.level ?? ''}  ${line.output ?? ''}` : `${line.vi ?? ''} / ${line.en ?? ''}`;
  return `${outcome}  ${line.file}  ${rest}`;
}
