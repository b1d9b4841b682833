import { createORPCClient, type ClientContext, type ClientLink } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import type { contract } from '../../main/contract/index.ts';

/**
 * One typed client for every screen, over whichever wire there is: a MessagePort that the Electron preload hands over
 * (`window.quay`), else a WebSocket to `/rpc` of the page's own origin. The wire may break and come back; the
 * client stays the same object.
 */
export type Client = ContractRouterClient<typeof contract>;

declare global {
  interface Window {
    /** Put there by the preload under Electron; absent in a browser. */
    readonly quay?: { requestPort(): void };
  }
}

/** No wire to the hub within the time a person waits. Nothing is known about the call's effect unless it carried a command id. */
export class NotConnected extends Error {
  override readonly name = 'NotConnected';
}

export type WireState = { readonly open: true } | { readonly open: false; readonly since: number };

interface Wire {
  readonly link: ClientLink<ClientContext>;
  readonly close: () => void;
}

const WAIT_FOR_WIRE_MS = 8_000;
const CALL_TIMEOUT_MS = 30_000;
/** Long work (scanning, signing) says so by `context: { patient: true }`. */
const PATIENT_TIMEOUT_MS = 600_000;
const BACK_OFF_MS = [100, 250, 500, 1_000, 2_000];

let wire: Wire | null = null;
let state: WireState = { open: false, since: Date.now() };
let attempt = 0;
let wires = 0;
let clockOffset = 0;
const listeners = new Set<() => void>();
const waiters = new Set<() => void>();

export const wireState = (): WireState => state;
/** Counts the wires of this page: something that began over one is not ended over the next. */
export const wireNumber = (): number => wires;
export function onWireState(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The hub's clock, as far as this screen has heard it; its own clock until then. */
export const serverNow = (): number => Date.now() + clockOffset;
/** Called with each `now` that an answer of the hub carries. */
export function heardServerTime(now: number): void {
  clockOffset = now - Date.now();
}

function opened(next: Wire): void {
  wire = next;
  wires += 1;
  attempt = 0;
  state = { open: true };
  for (const wake of waiters) wake();
  waiters.clear();
  for (const listener of listeners) listener();
}

function lost(which: Wire | null): void {
  if (which !== null && which !== wire) return;
  wire = null;
  if (state.open) state = { open: false, since: serverNow() };
  for (const listener of listeners) listener();
  const wait = BACK_OFF_MS[Math.min(attempt, BACK_OFF_MS.length - 1)] ?? 2_000;
  attempt += 1;
  // Up to half as much again, so that a hall of screens does not knock at the same instant.
  setTimeout(connect, wait * (1 + Math.random() / 2));
}

function connect(): void {
  if (window.quay) void connectPort(window.quay);
  else connectSocket();
}

/** A MessagePort cannot be a return value across the bridge: it comes with a message event of this very window. */
function portOf(bridge: NonNullable<Window['quay']>): Promise<MessagePort> {
  return new Promise((resolve, reject) => {
    const heard = (event: MessageEvent) => {
      const [port] = event.ports;
      if (event.source !== window || event.data !== 'quay:port' || !port) return;
      clearTimeout(patience);
      window.removeEventListener('message', heard);
      resolve(port);
    };
    const patience = setTimeout(() => {
      window.removeEventListener('message', heard);
      reject(new NotConnected('no port within 4 s'));
    }, 4_000);
    window.addEventListener('message', heard);
    bridge.requestPort();
  });
}

async function connectPort(bridge: NonNullable<Window['quay']>): Promise<void> {
  try {
    const port = await portOf(bridge);
    const mine: Wire = { link: new PortLink({ port }), close: () => port.close() };
    // A call on a closed MessagePort never settles by itself: the close event fails what is open, and `wire` is gone for what comes later.
    port.addEventListener('close', () => lost(mine));
    port.start();
    opened(mine);
  } catch {
    lost(null);
  }
}

function connectSocket(): void {
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/rpc`);
  socket.binaryType = 'arraybuffer';
  const mine: Wire = { link: new SocketLink({ websocket: socket }), close: () => socket.close() };
  let wasOpen = false;
  // A cable that is pulled while connecting gives no event for a minute or more.
  const patience = setTimeout(() => socket.close(), 4_000);
  socket.addEventListener('open', () => {
    wasOpen = true;
    clearTimeout(patience);
    opened(mine);
  });
  socket.addEventListener('close', () => {
    clearTimeout(patience);
    lost(wasOpen ? mine : null);
  });
}

/** Ends the wire as if it had broken; used when the hub has stopped answering on a socket that still looks open. */
export function dropWire(): void {
  const dead = wire;
  if (!dead) return;
  dead.close();
  // A half-open socket may take minutes to report its close; the screen may not.
  lost(dead);
}

async function openWire(signal: AbortSignal | undefined): Promise<Wire> {
  const deadline = Date.now() + WAIT_FOR_WIRE_MS;
  for (;;) {
    if (wire) return wire;
    const left = deadline - Date.now();
    if (left <= 0 || signal?.aborted) throw new NotConnected('no connection to the hub');
    await new Promise<void>((resolve) => {
      waiters.add(resolve);
      setTimeout(resolve, left);
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}

const carriesCommandId = (input: unknown): boolean => typeof input === 'object' && input !== null && 'commandId' in input;
const isAnswer = (error: unknown): boolean => error instanceof Error && error.name !== 'AbortError' && 'code' in error;

async function withTimeout<T>(work: Promise<T>, ms: number, over: Wire): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new NotConnected('the hub did not answer in time'));
      if (over === wire) dropWire();
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** One call over one wire. Giving up is told to the hub only while that wire lives: a farewell over a dead one is an error of its own. */
function callOver(over: Wire, ...[path, input, options]: Parameters<ClientLink<ClientContext>['call']>): Promise<unknown> {
  const { signal } = options;
  if (!signal) return over.link.call(path, input, options);
  const inner = new AbortController();
  const givenUp = new Promise<never>((_, reject) => {
    signal.addEventListener(
      'abort',
      () => {
        if (over === wire) inner.abort();
        reject(new DOMException('given up', 'AbortError'));
      },
      { once: true },
    );
  });
  givenUp.catch(() => {});
  return Promise.race([over.link.call(path, input, { ...options, signal: inner.signal }), givenUp]);
}

/**
 * Sends a call over the wire of the moment. When the wire breaks under a command, the same command (same id, so one
 * effect) is sent once more over the next wire; anything else is handed to the caller as `NotConnected`.
 */
const link: ClientLink<ClientContext> = {
  async call(path, input, options) {
    const timeout = options.context?.['patient'] === true ? PATIENT_TIMEOUT_MS : CALL_TIMEOUT_MS;
    for (let tries = 0; ; tries += 1) {
      const over = await openWire(options.signal);
      try {
        return await withTimeout(callOver(over, path, input, options), timeout, over);
      } catch (error) {
        if (options.signal?.aborted || isAnswer(error)) throw error;
        if (tries >= 2 || !carriesCommandId(input)) {
          throw error instanceof NotConnected ? error : new NotConnected('the connection to the hub broke', { cause: error });
        }
      }
    }
  },
};

export const client: Client = createORPCClient(link);

/** Opens the wire and keeps it open for the life of the page. */
export function startClient(): void {
  connect();
}
