import { loadNative, type Native, type NativeSane, type NativeSpooler } from '../../../native/index.ts';
import { calls, request, type Answer } from './native-protocol.ts';

/**
 * Entry of the child process that owns libsane, or WIA or the spooler under Windows. A driver that crashes takes this process down and nothing else; one that
 * hangs is killed by the counter. Speaks `native-protocol.ts` over the process channel and ends when the channel closes.
 */
const parentPort = (
  process as {
    parentPort?: { postMessage(message: unknown): void; on(event: 'message', listener: (event: { data: unknown }) => void): void };
  }
).parentPort;
const tell = (message: Answer): void => void (parentPort ? parentPort.postMessage(message) : process.send?.(message));

const native = (): Native => loadNative(process.env['QUAY_NATIVE_ADDON'] || undefined);
const scanners = (): NativeSane => {
  const driver = native().sane ?? native().wia;
  if (!driver) throw new Error('scanner drivers are not built for this system');
  return driver;
};
const spooler = (): NativeSpooler => {
  const driver = native().spooler;
  if (!driver) throw new Error('the spooler is not built for this system');
  return driver;
};

async function run(name: keyof typeof calls, args: unknown[]): Promise<unknown> {
  switch (name) {
    case 'devices':
      return scanners().devices();
    case 'open':
      return scanners().open(...calls.open.input.parse(args));
    case 'options':
      return scanners().options();
    case 'set':
      return scanners().set(...calls.set.input.parse(args));
    case 'page':
      return scanners().page(...calls.page.input.parse(args));
    case 'end':
      return scanners().end();
    case 'close':
      return scanners().close();
    case 'printers':
      return spooler().printers();
    case 'queueState':
      return spooler().state(...calls.queueState.input.parse(args));
    case 'print': {
      const [queue, title, bytes] = calls.print.input.parse(args);
      return spooler().print(queue, title, Buffer.from(bytes, 'base64'));
    }
    case 'job':
      return spooler().job(...calls.job.input.parse(args));
    case 'present':
      throw new Error('tokens are looked for in a process of their own');
  }
}

/** The pulse of a process that works on nothing. */
const STILL = -1;
/** Where the addon is missing, the call itself says so; a pulse that throws would look like a crash of the driver. */
function pulse(): number {
  try {
    return native().pulse();
  } catch {
    return STILL;
  }
}
function cancel(): void {
  try {
    scanners().cancel();
  } catch {
    // Nothing runs that could be cancelled.
  }
}

function hear(data: unknown): void {
  const message = request.parse(data);
  if (message.type === 'pulse') return tell({ type: 'pulse', moved: pulse() });
  if (message.type === 'cancel') return cancel();
  run(message.name, message.args).then(
    (value) => tell({ type: 'answer', id: message.id, value }),
    (error: unknown) =>
      tell({
        type: 'failure',
        id: message.id,
        message: error instanceof Error ? `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}` : 'failed',
      }),
  );
}

if (parentPort) parentPort.on('message', (event) => hear(event.data));
else process.on('message', hear);
// The counter went away, in whatever manner: nobody is left to scan for.
process.on('disconnect', () => process.exit(0));
