import { loadNative, type NativeSane } from '../../../native/index.ts';
import { calls, request, type Answer } from './native-protocol.ts';

/**
 * Entry of the child process that owns libsane, or WIA under Windows. A driver that crashes takes this process down and nothing else; one that
 * hangs is killed by the counter. Speaks `native-protocol.ts` over the process channel and ends when the channel closes.
 */
const parentPort = (
  process as {
    parentPort?: { postMessage(message: unknown): void; on(event: 'message', listener: (event: { data: unknown }) => void): void };
  }
).parentPort;
const tell = (message: Answer): void => void (parentPort ? parentPort.postMessage(message) : process.send?.(message));

const scanners = (): NativeSane => {
  const native = loadNative(process.env['QUAY_NATIVE_ADDON'] || undefined);
  const driver = native.sane ?? native.wia;
  if (!driver) throw new Error('scanner drivers are not built for this system');
  return driver;
};

async function run(name: keyof typeof calls, args: unknown[]): Promise<unknown> {
  const driver = scanners();
  switch (name) {
    case 'devices':
      return driver.devices();
    case 'open':
      return driver.open(...calls.open.input.parse(args));
    case 'options':
      return driver.options();
    case 'set':
      return driver.set(...calls.set.input.parse(args));
    case 'page':
      return driver.page(...calls.page.input.parse(args));
    case 'end':
      return driver.end();
    case 'close':
      return driver.close();
  }
}

function hear(data: unknown): void {
  const message = request.parse(data);
  if (message.type === 'pulse') return tell({ type: 'pulse', moved: scanners().pulse() });
  if (message.type === 'cancel') return scanners().cancel();
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
