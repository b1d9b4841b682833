import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../../../../main/queue/types.ts';

/** What a hub said; `refused` when it was a refusal. */
export type Reply = Answer & { refused?: string };

/**
 * A client that does not give up: it asks again with the same command id, at the next hub of its list, until it hears an answer.
 */
export class HubClient {
  private socket: Socket | undefined;
  private readonly waiting = new Map<number, (reply: Reply | undefined) => void>();
  private n = 0;
  private turn: number;
  private readonly ports: readonly number[];
  private readonly device: string;
  /** Answers heard more than once asked. */
  retries = 0;

  constructor(ports: readonly number[], device: string, first = 0) {
    this.ports = ports;
    this.device = device;
    this.turn = first;
  }

  /** @throws Error when no hub has answered for two minutes: nobody is left to race for */
  async ask(id: string, body: object): Promise<Reply> {
    const since = Date.now();
    for (;;) {
      const reply = await this.once(id, body);
      if (reply) return reply;
      this.retries += 1;
      if (Date.now() - since > 120_000) throw new Error('no hub answers');
      await sleep(50);
    }
  }

  /** One try: undefined when the hub is away. */
  async once(id: string, body: object): Promise<Reply | undefined> {
    const socket = await this.connected();
    if (!socket) return undefined;
    const n = (this.n += 1);
    return new Promise((resolve) => {
      this.waiting.set(n, resolve);
      socket.write(
        `${JSON.stringify({ n, command: { ...body, id, at: 0, actor: { deviceId: this.device, officerId: this.device, officerName: null } } })}\n`,
      );
    });
  }

  private async connected(): Promise<Socket | undefined> {
    if (this.socket) return this.socket;
    const port = this.ports[this.turn % this.ports.length]!;
    this.turn += 1;
    const socket = connect(port, '127.0.0.1');
    const open = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    if (!open) return undefined;
    this.socket = socket;
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.socket === socket) this.socket = undefined;
      for (const resolve of this.waiting.values()) resolve(undefined);
      this.waiting.clear();
    });
    const lines = createInterface({ input: socket });
    lines.on('error', () => {});
    lines.on('line', (line) => {
      const { n, answer } = JSON.parse(line) as { n: number; answer: Reply };
      this.waiting.get(n)?.(answer);
      this.waiting.delete(n);
    });
    return socket;
  }

  close(): void {
    this.socket?.destroy();
  }
}
