import path from 'node:path';
import { isRefusal } from '../../main/contract/refusal.ts';
import { makeProxy } from '../fixtures/pkcs11-proxy/proxy.ts';
import { openRoom } from '../fixtures/signing/room.ts';
import type { Bench } from './run.ts';
import { rawSign, rounded, withToken } from './signing.ts';

const FILES = 20;
const DELAY_MS = 400;

/** Twenty files with a token that takes 400 ms per signature. `overTokenRatio`: all of it over the time in C_Sign alone. */
export const run: Bench = () =>
  withToken(async (dir, token) => {
    const proxy = makeProxy(dir, token);
    proxy.set({ sign_delay_ms: DELAY_MS });
    const rawMs = rawSign(proxy.module, proxy.env, token.pin, 5);
    const test = openRoom(path.join(dir, 'room'), { modules: [proxy.module], training: false, tokenProcess: { env: proxy.env } });
    try {
      const items = [];
      for (let i = 0; i < FILES; i++) items.push(await test.add(`file-${i}`));
      const started = await test.start(items, { pin: token.pin });
      if (isRefusal(started)) throw new Error(started.en);
      const start = performance.now();
      await test.until(({ batch }) => batch.state === 'done');
      const totalMs = performance.now() - start;
      await test.room.idle();
      const signed = test.room.newestBatch()?.files.filter((file) => file.state === 'signed').length ?? 0;
      if (signed !== FILES) throw new Error(`${FILES - signed} files were not signed`);
      return {
        files: FILES,
        totalMs: rounded(totalMs, 1),
        tokenMs: rounded(rawMs * FILES, 1),
        overTokenRatio: rounded(totalMs / (rawMs * FILES), 4),
      };
    } finally {
      await test.close();
    }
  });
