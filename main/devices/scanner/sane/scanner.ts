import path from 'node:path';
import { rm } from 'node:fs/promises';
import type { DriverProcess } from '../native-process.ts';
import { pageFileName } from '../page-file.ts';
import {
  ScanTrouble,
  type Capabilities,
  type ScanOptions,
  type ScanReason,
  type ScannedPage,
  type Scanner,
  type ScannerFinder,
} from '../types.ts';
import { saneCapabilities, saneSettings } from './options.ts';

/** SANE_Status (SANE standard, table 1) as reasons. Input/output errors are what a pulled cable looks like. */
const REASONS: Readonly<Record<number, ScanReason>> = {
  1: 'unsupported',
  2: 'interrupted',
  3: 'busy',
  4: 'unsupported',
  5: 'protocol',
  6: 'jam',
  7: 'feeder-empty',
  8: 'cover-open',
  9: 'offline',
  10: 'protocol',
  11: 'access-denied',
};
const ENOSPC = 28;
const EDQUOT = 122;
const QUALITY = 80;
/** Devices that our own drivers reach better, and cameras. */
const NOT_OURS = /^(airscan|escl|v4l):/;
const LIST_AGAIN_MS = 15_000;

/** The addon's words (see `native/index.ts`) as trouble that an officer can act on. */
export function saneTrouble(error: unknown): ScanTrouble {
  if (error instanceof ScanTrouble) return error;
  const words = error instanceof Error ? error.message : '';
  const status = /^SANE (\d+)/.exec(words)?.[1];
  const errno = Number(/^ERRNO (\d+)/.exec(words)?.[1]);
  if (status !== undefined) return new ScanTrouble(REASONS[Number(status)] ?? 'protocol', words, { cause: error });
  if (words.startsWith('UNSUPPORTED')) return new ScanTrouble('unsupported', words, { cause: error });
  if (errno === ENOSPC || errno === EDQUOT) return new ScanTrouble('disk-full', words, { cause: error });
  if (/not installed|not built|lacks/.test(words)) return new ScanTrouble('driver-missing', words, { cause: error });
  return new ScanTrouble('protocol', words, { cause: error });
}

export interface SaneOptions {
  readonly driver: DriverProcess;
  /** Settings of one device beyond the usual, such as `swdeskew`; made after all others. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** `wia` under Windows, where the addon speaks SANE's words for WIA. */
  readonly kind?: 'sane' | 'wia';
  /** JPEG quality of the pages, 1 to 100. */
  readonly quality?: number;
  /** Pause between two listings of devices when nobody scans; the list is how an unplugged device is noticed. */
  readonly listAgainMs?: number;
}

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly type: string;
}

const slug = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

/**
 * Scanners of libsane, through one driver process that does one thing after another. USB bus and device numbers change at
 * each plugging, so a device is known by its backend and model.
 */
export function saneScanners(options: SaneOptions): ScannerFinder {
  const { driver, kind = 'sane' } = options;
  let turn: Promise<unknown> = Promise.resolve();
  let scanning = false;
  let listing: { at: number; devices: readonly Listed[] } | undefined;

  /** libsane holds one device at a time and the order of calls matters: one user after the other. */
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work, work);
    turn = mine.catch(() => undefined);
    return mine;
  };
  const list = async (): Promise<readonly Listed[]> => {
    if (listing && performance.now() - listing.at < (options.listAgainMs ?? LIST_AGAIN_MS)) return listing.devices;
    const seen = new Map<string, number>();
    const devices = (await driver.call('devices', []))
      .filter((d) => !NOT_OURS.test(d.name))
      .map((d): Listed => {
        // Windows numbers its devices for good.
        const base = kind === 'wia' ? `wia:${slug(d.name)}` : `sane:${d.name.split(':')[0]}:${slug(`${d.vendor} ${d.model}`)}`;
        const count = (seen.get(base) ?? 0) + 1;
        seen.set(base, count);
        return { id: count === 1 ? base : `${base}#${count}`, name: d.name, title: `${d.vendor} ${d.model}`.trim(), type: d.type };
      });
    listing = { at: performance.now(), devices };
    return devices;
  };
  const current = async (id: string): Promise<Listed> => {
    const device = (await list()).find((d) => d.id === id);
    if (!device) throw new ScanTrouble('offline', 'not in the list of devices');
    return device;
  };
  const withTrouble = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw saneTrouble(error);
    }
  };

  async function* scan(id: string, scanOptions: ScanOptions, dir: string, signal: AbortSignal): AsyncGenerator<ScannedPage> {
    let release: () => void = () => undefined;
    const before = turn;
    turn = new Promise<void>((resolve) => (release = resolve));
    await before;
    scanning = true;
    try {
      signal.throwIfAborted();
      await withTrouble(async () => {
        await driver.call('open', [(await current(id)).name]);
        for (const setting of saneSettings(await driver.call('options', []), scanOptions)) await driver.call('set', [...setting]);
        for (const setting of Object.entries(options.settings ?? {})) await driver.call('set', setting);
      });
      for (let number = 1; ; number += 1) {
        const file = path.join(dir, pageFileName(number));
        try {
          const { bytes } = await driver.call('page', [file, options.quality ?? QUALITY, scanOptions.dpi], signal);
          yield { file, type: 'image/jpeg', bytes, number };
        } catch (error) {
          await rm(`${file}.part`, { force: true });
          signal.throwIfAborted();
          const trouble = saneTrouble(error);
          if (trouble.reason === 'feeder-empty' && number > 1) return;
          throw trouble;
        }
        signal.throwIfAborted();
        if (scanOptions.source === 'flatbed') return;
      }
    } finally {
      // The device is let go in the background: a hanging driver must not keep the session open.
      void driver
        .call('end', [])
        .then(() => driver.call('close', []))
        .catch(() => undefined)
        .finally(() => {
          scanning = false;
          release();
        });
    }
  }

  const scanner = (listed: Listed): Scanner => ({
    id: listed.id,
    name: listed.title,
    kind,
    capabilities: (): Promise<Capabilities> =>
      alone(() =>
        withTrouble(async () => {
          const device = await current(listed.id);
          await driver.call('open', [device.name]);
          try {
            return saneCapabilities(device.title, device.type, await driver.call('options', []));
          } finally {
            await driver.call('close', []);
          }
        }),
      ),
    status: () => {
      if (driver.state() === 'down') return Promise.reject(new ScanTrouble('driver-crashed', 'waiting before the next start'));
      // libsane does one thing at a time: while one of its devices scans, none of them is free.
      if (scanning) return Promise.resolve({ state: 'busy', reason: 'busy' });
      return alone(() =>
        withTrouble(async () => {
          await current(listed.id);
          return { state: 'ready' as const };
        }),
      );
    },
    scan: (scanOptions, dir, signal) => scan(listed.id, scanOptions, dir, signal),
  });

  return {
    async *find(signal) {
      const devices = await alone(() => withTrouble(list));
      for (const device of devices) {
        if (signal.aborted) return;
        yield scanner(device);
      }
    },
  };
}
