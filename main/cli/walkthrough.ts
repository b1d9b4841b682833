import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openCounter } from '../counter.ts';
import { makeFolder } from '../counter/start.ts';
import { playStory, type StepResult } from './story.ts';

/**
 * `npm run walkthrough -- --out DIR`: the whole job, from the ticket to the delivered, signed result, in a training
 * counter of its own. Writes `summary.json` and what was made to DIR. Exit 1 when a step failed.
 */
const NAMES: Record<string, string> = {
  kiosk: 'Ki-ốt: lấy số, in phiếu',
  reprint: 'Máy in mất kết nối, in lại cùng số',
  call: 'Hai quầy cùng bấm F2, bảng hiển thị',
  identity: 'Đọc thẻ căn cước, chọn thủ tục',
  scan: 'Quét bốn trang, bỏ một',
  accept: 'Tiếp nhận, hẹn trả, giấy tiếp nhận',
  deliver: 'Gửi lên tỉnh, tỉnh xác nhận',
  draft: 'Dự thảo kết quả',
  sign: 'Ký số',
  'hand-over': 'Trả kết quả, đánh giá',
  province: 'Đối chiếu với tỉnh',
};

/** A refusal's own sentence says more than its code. */
function inWords(error: unknown): string {
  const data = (error as { data?: { vi?: string } } | undefined)?.data;
  return data?.vi ?? (error instanceof Error ? error.message : String(error));
}

export interface Summary {
  readonly ok: boolean;
  readonly seconds: number;
  readonly steps: { name: string; ms: number; ok: boolean; error?: string; result?: StepResult }[];
}

/** Plays the story and writes what it made to `out`. */
export async function walk(options: {
  out: string;
  say?: (line: string) => void;
  pkcs11Modules?: readonly string[];
  token?: { label: string; pin: string };
}): Promise<Summary> {
  const say = options.say ?? (() => undefined);
  mkdirSync(options.out, { recursive: true });
  const dataDir = mkdtempSync(path.join(tmpdir(), 'quay-walkthrough-'));
  const slips = new Map<string, Uint8Array[]>();
  const steps: Summary['steps'] = [];
  const began = performance.now();
  let failed: unknown;
  try {
    const counter = await openCounter({
      dataDir,
      port: 0,
      lan: false,
      ...(options.pkcs11Modules ? { pkcs11Modules: options.pkcs11Modules } : {}),
      onPrintBytes: (key, bytes) => void slips.set(key, [...(slips.get(key) ?? []), bytes]),
    });
    try {
      await playStory({
        counter,
        out: options.out,
        slipBytes: (key) => (slips.has(key) ? Buffer.concat(slips.get(key)!) : undefined),
        ...(options.token ? { token: options.token } : {}),
        async step(name, work) {
          const from = performance.now();
          try {
            const result = await work();
            const ms = Math.round(performance.now() - from);
            steps.push({ name, ms, ok: true, result });
            say(
              `✓ ${NAMES[name] ?? name}  (${ms} ms)  ${Object.entries(result)
                .map(([key, value]) => `${key}=${value}`)
                .join(' ')}`,
            );
            return result;
          } catch (error) {
            const ms = Math.round(performance.now() - from);
            const sentence = inWords(error);
            steps.push({ name, ms, ok: false, error: sentence });
            say(`✗ ${NAMES[name] ?? name}  (${ms} ms)  ${sentence}`);
            throw error;
          }
        },
      });
    } finally {
      await counter.close();
    }
  } catch (error) {
    failed = error;
    // The log says more than a sentence on the screen may; it goes with the folder.
    const log = path.join(dataDir, 'logs/quay.log');
    if (existsSync(log)) say(readFileSync(log, 'utf8').trim());
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
  const summary: Summary = { ok: failed === undefined, seconds: Math.round((performance.now() - began) / 100) / 10, steps };
  writeFileSync(path.join(options.out, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  if (failed !== undefined && steps.every((step) => step.ok)) throw failed;
  return summary;
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv.includes('--help')) {
    process.stdout.write('npm run walkthrough -- --out DIR\n');
    process.exit(0);
  }
  let out: string | undefined;
  let wrong = 'Thiếu --out THƯ_MỤC. / --out DIR is missing.';
  try {
    out = parseArgs({ options: { out: { type: 'string' } } }).values.out;
  } catch (error) {
    wrong = (error as Error).message;
  }
  if (!out) {
    process.stderr.write(`${wrong}\nnpm run walkthrough -- --out DIR\n`);
    process.exit(64);
  }
  const target = path.resolve(process.env['INIT_CWD'] ?? process.cwd(), out);
  try {
    makeFolder(target);
  } catch {
    process.stderr.write(`Không ghi được vào thư mục ${target}. Hãy chọn thư mục khác: npm run walkthrough -- --out THƯ_MỤC\n`);
    process.stderr.write(`Cannot write to the folder ${target}. Choose another: npm run walkthrough -- --out DIR\n`);
    process.exit(1);
  }
  const summary = await walk({ out: target, say: (line) => void process.stdout.write(`${line}\n`) });
  process.stdout.write(`${summary.ok ? 'Xong' : 'Dừng'} sau ${summary.seconds} giây; kết quả ở ${target}\n`);
  process.exit(summary.ok ? 0 : 1);
}
