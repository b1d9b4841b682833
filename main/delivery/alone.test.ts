import net, { type AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { sampleDossier } from '../../tests/delivery/sample.ts';
import { setup } from '../../tests/delivery/setup.ts';
import { createTransport, type Transport } from './transport.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Numbers the requests it hears, and sends every answer once more a moment later on the same connection. */
async function stutterer(): Promise<string> {
  let heard = 0;
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => {
      heard += 1;
      const body = String(heard);
      const reply = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
      const say = () => socket.writable && socket.write(reply);
      // The repeat is there before the next answer.
      setTimeout(say, 60);
      setTimeout(say, 90);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe('an answer that comes twice', () => {
  it('answers nothing else when the request goes alone', async () => {
    const url = await stutterer();
    const wire = createTransport({ allowHosts: ['127.0.0.1'] });
    closing.push(() => wire.close());
    const answers: string[] = [];
    for (let i = 0; i < 4; i += 1) {
      answers.push((await wire.send({ method: 'GET', url, alone: true })).body.toString());
      await wait(5);
    }
    expect(answers).toEqual(['1', '2', '3', '4']);
  });

  it('cannot be taken for another one by an interface that names no request in its answers', async () => {
    const bench = await setup();
    closing.push(() => bench.close());
    const wire = createTransport({ allowHosts: ['127.0.0.1'] });
    closing.push(() => wire.close());
    const together: string[] = [];
    const transport: Transport = {
      send(request) {
        if (request.url.includes('dvcqg') && !request.alone) together.push(request.url);
        return wire.send(request);
      },
      close: () => wire.close(),
    };
    const { classicUrl: baseUrl, gatewayUrl } = bench.province;
    const delivery = bench.open({ adapter: 'classic', baseUrl, gatewayUrl }, { transport });
    bench.store.transaction(() => delivery.enqueue(sampleDossier('c1', [], { code: 'H15.50.05.13-261123-0042', provisionalCode: null })));
    await delivery.drained(20_000);
    expect(bench.province.effects().length).toBeGreaterThan(0);
    expect(together).toEqual([]);
  });
});
