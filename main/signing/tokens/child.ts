/**
 * The process that holds one PKCS#11 module. It is started per batch or per look at the tokens and ends after it, so that
 * a driver that crashes or hangs costs this process only, and the PIN is gone with it. It writes nothing anywhere.
 */
import { TokenFault, TokenModule, toFault } from './session.ts';
import type { ChildAnswer, ChildMessage, ChildRequest } from './protocol.ts';

interface Port {
  on(event: 'message', listener: (message: unknown) => void): unknown;
  postMessage?(message: unknown): void;
}

// Under Electron the process is a utilityProcess with a parentPort; under Node it was forked.
const parentPort = (process as unknown as { parentPort?: Port }).parentPort;
const post = (answer: ChildAnswer): void => {
  if (parentPort?.postMessage) parentPort.postMessage(answer);
  else process.send?.(answer);
};

const module = new TokenModule();
let queue: Promise<void> = Promise.resolve();

async function answer(request: ChildRequest): Promise<unknown> {
  switch (request.do) {
    case 'load':
      return module.load(request.module, request.settleMs);
    case 'tokens':
      return module.tokens();
    case 'flags':
      return module.flags(request.serial);
    case 'login':
      return module.login(request.serial, request.pin);
    case 'reattach':
      return module.reattach(request.serial);
    case 'select':
      return module.select(request.serial, request.keyId);
    case 'sign':
      return module.sign(request.serial, request.hash, Buffer.from(request.digest), Buffer.from(request.data), request.pss);
    case 'drop':
      return null;
    case 'finish':
      return module.finish();
  }
}

/** Signatures asked for up to this one are not begun any more. */
let droppedUpTo = 0;

async function handle({ id, request }: ChildMessage): Promise<void> {
  try {
    if (request.do === 'sign' && id <= droppedUpTo) throw new TokenFault('cancelled', 'DROPPED');
    const ok = (await answer(request)) ?? null;
    // Packing an answer takes milliseconds in a process that was asleep: the token has its next request before that.
    if (request.do === 'sign') setImmediate(() => post({ id, ok }));
    else post({ id, ok });
  } catch (error) {
    const fault = error instanceof TokenFault ? error : toFault(error);
    // A module that does not load has no PKCS#11 code; its own words help the support line and hold no PIN.
    const text = request.do === 'load' && error instanceof Error ? error.message : fault.code;
    post({ id, error: { trouble: request.do === 'load' ? 'not-loaded' : fault.trouble, code: fault.code, text } });
  }
  if (request.do === 'finish') setImmediate(() => process.exit(0));
}

// One call at a time: two at once in a session answer CKR_OPERATION_ACTIVE.
const receive = (message: unknown): void => {
  const data = parentPort ? (message as { data: ChildMessage }).data : (message as ChildMessage);
  if (data.request.do === 'drop') {
    droppedUpTo = data.id;
    void handle(data);
  } else queue = queue.then(() => handle(data));
};

if (parentPort) parentPort.on('message', receive);
else {
  process.on('message', receive);
  process.on('disconnect', () => process.exit(0));
}
