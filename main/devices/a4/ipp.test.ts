import fc from 'fast-check';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, chmodSync, existsSync, mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PDFDocument, StandardFonts } from 'pdf-lib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { part } from '../../../tests/parts.ts';
import { openStore, systemClock, type Store } from '../../store/index.ts';
import { createA4Printer, createJobs, ippBackend, migrations, type A4Printer } from '../index.ts';
import { decodeIpp, encodeIpp, IPP_TAG, ippAttribute, ippValues } from './ipp-message.ts';
import { reasonsOf } from './ipp.ts';

const parts = [part('ippeveprinter'), part('avahi-daemon'), part('dbus-daemon')].every(Boolean);

describe('IPP messages', () => {
  it('come back as they went out', () => {
    const word = fc.string({ unit: 'grapheme', maxLength: 30 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.stringMatching(/^[a-z-]{1,20}$/u), fc.array(word, { minLength: 1, maxLength: 4 })), { maxLength: 6 }),
        fc.uint8Array({ maxLength: 50 }),
        (attributes, data) => {
          const message = {
            code: 2,
            requestId: 7,
            groups: [{ tag: 1, attributes: attributes.map(([name, values]) => ippAttribute(IPP_TAG.keyword, name, ...values)) }],
            data,
          };
          const back = decodeIpp(encodeIpp(message));
          expect(back.groups).toEqual(message.groups);
          expect(Buffer.from(back.data).equals(Buffer.from(data))).toBe(true);
        },
      ),
    );
  });
  it('say when they end in the middle', () => {
    const whole = encodeIpp({
      code: 2,
      requestId: 1,
      groups: [{ tag: 1, attributes: [ippAttribute(IPP_TAG.integer, 'job-id', 42), ippAttribute(IPP_TAG.boolean, 'ok', true)] }],
      data: new Uint8Array(0),
    });
    expect(ippValues(decodeIpp(whole), 'job-id')).toEqual([42]);
    for (let length = 8; length < whole.length; length += 1) expect(() => decodeIpp(whole.subarray(0, length))).toThrow(RangeError);
  });
  it('give reasons whatever their suffix', () => {
    expect(reasonsOf(['media-empty-warning', 'media-low-report', 'none'])).toEqual(['paper-out', 'paper-low']);
    expect(reasonsOf(['media-jam-error', 'door-open', 'paused'])).toEqual(['jam', 'cover-open', 'offline']);
  });
});

/** avahi-daemon keeps its files under /run, which only root may write. */
function isRoot(): boolean {
  if (process.getuid?.() === 0) return true;
  if (process.env['CI'] === 'true') throw new Error('ippeveprinter needs root here: avahi-daemon writes under /run');
  console.warn('skipped: ippeveprinter needs root, because avahi-daemon writes under /run');
  return false;
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
const until = async (what: () => boolean | Promise<boolean>, message: string) => {
  for (let i = 0; i < 1500; i += 1) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(message);
};

/** Processes of one test, ended by their own ids in the opposite order. */
function crew() {
  const children: ChildProcess[] = [];
  return {
    start(command: string, args: string[], env: NodeJS.ProcessEnv) {
      const child = spawn(command, args, { stdio: 'ignore', env });
      child.on('error', () => undefined);
      children.push(child);
      return child;
    },
    async end() {
      for (const child of children.reverse()) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
        await ended;
        clearTimeout(timer);
      }
    },
  };
}

describe.skipIf(!parts || !isRoot())('ippeveprinter, a real IPP printer', () => {
  let dir: string;
  let store: Store;
  let printer: A4Printer | undefined;
  let processes: ReturnType<typeof crew>;
  let url: string;

  beforeEach(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'quay-ipp-'));
    store = openStore({ file: path.join(dir, 'quay.db'), clock: systemClock, migrations });
    processes = crew();
    // A bus and an avahi of our own: ippeveprinter will not start without DNS-SD, and the machine's own stays untouched.
    const bus = path.join(dir, 'bus');
    const busConfig = path.join(dir, 'bus.conf');
    writeFileSync(
      busConfig,
      `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=${bus}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/><allow user="*"/></policy></busconfig>`,
    );
    const env = { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${bus}` };
    processes.start('dbus-daemon', ['--nofork', '--nopidfile', `--config-file=${busConfig}`], env);
    await until(() => existsSync(bus), 'dbus-daemon did not start');
    const avahiConfig = path.join(dir, 'avahi.conf');
    writeFileSync(
      avahiConfig,
      '[server]\nuse-ipv6=no\nallow-interfaces=lo\n[wide-area]\nenable-wide-area=no\n[publish]\n[reflector]\n[rlimits]\n',
    );
    const avahi = processes.start('avahi-daemon', ['--no-drop-root', '--no-chroot', '--no-rlimits', '--file', avahiConfig], env);
    // The command printers run for each job: keeps the document; says that paper is out for as long as a file says so.
    const command = path.join(dir, 'print.sh');
    const out = path.join(dir, 'printed');
    writeFileSync(
      command,
      `#!/bin/sh
if [ -e "${dir}/empty" ]; then echo "STATE: +media-empty-error" >&2; while [ -e "${dir}/empty" ]; do sleep 0.1; done; echo "STATE: -media-empty-error" >&2; fi
cp "$1" "${out}.part" && mv "${out}.part" "${out}-$IPP_JOB_ID.pdf"
`,
    );
    chmodSync(command, 0o755);
    mkdirSync(path.join(dir, 'spool'));
    const port = await freePort();
    url = `ipp://127.0.0.1:${port}/ipp/print`;
    const start = () =>
      processes.start(
        'ippeveprinter',
        [
          '-p',
          String(port),
          '-n',
          'localhost',
          '-d',
          path.join(dir, 'spool'),
          '-c',
          command,
          '-f',
          'application/pdf',
          '-m',
          'Quay Test',
          '-r',
          '_print',
          `Quay ${port}`,
        ],
        env,
      );
    let child = start();
    const backend = ippBackend(url);
    await until(
      async () => {
        if (child.exitCode !== null) child = start(); // avahi was not on the bus yet
        return backend.status().then(
          () => true,
          () => false,
        );
      },
      `ippeveprinter did not answer (avahi ${avahi.exitCode ?? 'runs'})`,
    );
  });
  afterEach(async () => {
    await printer?.close();
    printer = undefined;
    await processes.end();
    store.close();
    rmSync(dir, { recursive: true });
  });

  const pdf = async (): Promise<string> => {
    const document = await PDFDocument.create();
    document.addPage([595, 842]).drawText('Giay tiep nhan', { x: 50, y: 780, font: await document.embedFont(StandardFonts.Helvetica) });
    const file = path.join(dir, 'giay-hen.pdf');
    writeFileSync(file, await document.save());
    return file;
  };
  const printed = () => readdirSync(dir).filter((name) => /^printed-\d+\.pdf$/u.test(name));

  it('gets the very bytes and confirms; out of paper is told, and the document comes out when paper is in', async () => {
    printer = createA4Printer({
      id: 'in-a4',
      name: 'Máy in A4',
      backend: ippBackend(url),
      jobs: createJobs(store),
      clock: systemClock,
      times: { heartbeatMs: 100, lookMs: 50, deadlineMs: 20_000 },
    });
    const device = printer;
    const file = await pdf();
    device.print(file, { key: 'r1', title: 'Giấy tiếp nhận' });
    expect((await device.settled('r1')).state).toBe('confirmed');
    expect(printed()).toHaveLength(1);
    expect(readFileSync(path.join(dir, printed()[0]!)).equals(readFileSync(file))).toBe(true);

    writeFileSync(path.join(dir, 'empty'), '');
    device.print(file, { key: 'r2', title: 'Giấy tiếp nhận' });
    await until(() => device.health.current().reasons.includes('paper-out'), 'no word about the empty tray');
    expect(device.health.current()).toMatchObject({ state: 'error', vi: 'Máy in A4: hết giấy.' });
    rmSync(path.join(dir, 'empty'));
    expect((await device.settled('r2')).state).toBe('confirmed');
    expect(printed()).toHaveLength(2);
    await until(() => device.health.current().state === 'ready', 'the printer did not become ready again');
  });
});
