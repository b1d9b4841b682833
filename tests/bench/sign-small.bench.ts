import path from 'node:path';
import { isRefusal } from '../../main/contract/refusal.ts';
import { openRoom } from '../fixtures/signing/room.ts';
import type { Bench } from './run.ts';
import { rawSign, rounded, withToken } from './signing.ts';

const FILES = 300;

/**
 * One-page files through the whole path (journal, visible block, PAdES B-B, fsync, re-check, rename, evidence) with a SoftHSM RSA-2048
 * key in its own process. `overRawMs`: per file over the bare C_Sign of the same run.
 */
export const run: Bench = () =>
  withToken(async (dir, token) => {
    const before = rawSign(token.module, token.env, token.pin, 500);
    const test = openRoom(path.join(dir, 'room'), { modules: [token.module], training: false, tokenProcess: { env: token.env } });
    try {
      const batch = async (name: string, count: number) => {
        const items = [];
        for (let i = 0; i < count; i++) items.push(await test.add(`${name}-${i}`));
        const started = await test.start(items, { pin: token.pin });
        if (isRefusal(started)) throw new Error(started.en);
        const cpu = process.cpuUsage();
        const start = performance.now();
        await test.room.idle();
        const used = process.cpuUsage(cpu);
        return { wall: (performance.now() - start) / count, cpu: (used.user + used.system) / 1000 / count };
      };
      await batch('warm', 20);
      const { wall: perFileMs, cpu } = await batch('file', FILES);
      const signed = test.room.newestBatch()?.files.filter((file) => file.state === 'signed').length ?? 0;
      if (signed !== FILES) throw new Error(`${FILES - signed} files were not signed`);
      const rawMs = (before + rawSign(token.module, token.env, token.pin, 500)) / 2;
      return {
        files: FILES,
        perFileMs: rounded(perFileMs),
        rawMs: rounded(rawMs),
        overRawMs: rounded(perFileMs - rawMs),
        cpuMs: rounded(cpu),
      };
    } finally {
      await test.close();
    }
  });
