import pkcs11js from 'pkcs11js';
import { calls, request, type Answer, type Output } from '../scanner/native-protocol.ts';

/**
 * The process that looks whether a token is plugged in: one PKCS#11 module, and no session, so that the process that signs is
 * never in its way. The module may crash or hang here as it likes. Speaks `native-protocol.ts`.
 */
const parentPort = (
  process as {
    parentPort?: { postMessage(message: unknown): void; on(event: 'message', listener: (event: { data: unknown }) => void): void };
  }
).parentPort;
const tell = (message: Answer): void => void (parentPort ? parentPort.postMessage(message) : process.send?.(message));

/** Some drivers crash when C_Initialize follows the load at once (fortify#231). */
const SETTLE_MS = 50;
const trimmed = (text: string): string => text.replace(/[\0 ]+$/gu, '').trim();

let open: { readonly file: string; readonly api: pkcs11js.PKCS11 } | undefined;

async function moduleOf(file: string): Promise<pkcs11js.PKCS11> {
  if (open?.file === file) return open.api;
  const api = new pkcs11js.PKCS11();
  api.load(file);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  initialise(api);
  open = { file, api };
  return api;
}

function initialise(api: pkcs11js.PKCS11): void {
  try {
    api.C_Initialize();
  } catch (error) {
    if (!String(error).includes('CKR_CRYPTOKI_ALREADY_INITIALIZED')) throw error;
  }
}

function look(api: pkcs11js.PKCS11): Output<'present'> {
  return api.C_GetSlotList(true).flatMap((slot) => {
    try {
      const { flags, serialNumber, label } = api.C_GetTokenInfo(slot);
      if ((flags & pkcs11js.CKF_TOKEN_INITIALIZED) === 0) return [];
      return [{ serial: trimmed(serialNumber), label: trimmed(label), locked: (flags & pkcs11js.CKF_USER_PIN_LOCKED) !== 0 }];
    } catch (error) {
      // Pulled between the two questions.
      if (/TOKEN_NOT_PRESENT|TOKEN_NOT_RECOGNIZED|DEVICE_REMOVED|SLOT_ID_INVALID/u.test(String(error))) return [];
      throw error;
    }
  });
}

async function present(file: string): Promise<Output<'present'>> {
  const api = await moduleOf(file);
  try {
    return look(api);
  } catch {
    // Some modules come to themselves only after a new start.
    api.C_Finalize();
    initialise(api);
    return look(api);
  }
}

let pulses = 0;
let turn: Promise<void> = Promise.resolve();
function hear(data: unknown): void {
  const message = request.parse(data);
  // A module that hangs holds this thread, and no pulse is answered: that is what the counter's watchdog waits for.
  if (message.type === 'pulse') return tell({ type: 'pulse', moved: (pulses += 1) });
  if (message.type === 'cancel') return;
  const { id, args } = message;
  turn = turn
    .then(() => present(...calls.present.input.parse(args)))
    .then(
      (value) => tell({ type: 'answer', id, value }),
      (error: unknown) => tell({ type: 'failure', id, message: error instanceof Error ? error.message : 'failed' }),
    );
}

if (parentPort) parentPort.on('message', (event) => hear(event.data));
else process.on('message', hear);
process.on('disconnect', () => process.exit(0));
