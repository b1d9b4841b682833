import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DeviceConfig } from '../contract/devices.ts';
import { encodePng } from '../devices/index.ts';
import type { Clock } from '../store/index.ts';
import { startEsclServer } from '../training/escl/index.ts';
import { createTrainingPrinter, servePrinter } from '../training/escpos/index.ts';
import { serveA4Printer } from '../training/ipp/index.ts';
import { TRAINING_SECRET, TRAINING_USER, createProvince } from '../training/province/index.ts';
import { serveReader } from '../training/reader/index.ts';

/** The sheets that lie in the training scanner's feeder: a declaration, a birth notice, a blank back, a residence paper. */
const PAPERS = ['to-khai-khai-sinh.jpg', 'giay-chung-sinh.jpg', 'mat-sau-trang.jpg', 'xac-nhan-cu-tru.jpg'];

/**
 * The virtual neighbours of training mode. They speak the real protocols on loopback sockets, so that the production
 * drivers are rehearsed, not replaced.
 */
export async function openNeighbours(options: { dir: string; resources: string; clock: Clock; provincePort?: number }) {
  const { dir, resources, clock } = options;
  const printer = await servePrinter(createTrainingPrinter());
  const a4 = await serveA4Printer({ dir: path.join(dir, 'a4-paper') });
  const reader = await serveReader();
  const scanner = await startEsclServer({ sheets: PAPERS.map((name) => ({ front: path.join(resources, 'papers', name) })), refill: true });
  const province = await createProvince({ port: options.provincePort ?? 0, dir: path.join(dir, 'province'), clock });

  const devices: DeviceConfig[] = [
    {
      id: 'ticket-printer',
      kind: 'ticket-printer',
      name: 'Máy in phiếu (tập huấn)',
      address: { via: 'tcp', host: '127.0.0.1', port: printer.port },
    },
    { id: 'a4-printer', kind: 'a4-printer', name: 'Máy in A4 (tập huấn)', address: { via: 'ipp', url: a4.url } },
    { id: 'card-reader', kind: 'reader', name: 'Đầu đọc mã (tập huấn)', address: { via: 'tcp', host: '127.0.0.1', port: reader.port } },
  ];
  return {
    printer,
    a4,
    reader,
    scanner,
    province,
    devices,
    scanners: [{ id: 'training-scanner', name: 'Máy quét (tập huấn)', url: scanner.url }],
    provinceAccount: { user: TRAINING_USER, secret: TRAINING_SECRET },
    /** Writes the newest slip of the ticket printer as the picture of its paper. */
    savePaper(file: string): boolean {
      const slip = printer.printer.slips.at(-1);
      if (!slip) return false;
      writeFileSync(file, encodePng(slip.picture));
      return true;
    },
    async close() {
      await Promise.all([printer.close(), a4.close(), reader.close(), scanner.close(), province.close()]);
    },
  };
}
export type Neighbours = Awaited<ReturnType<typeof openNeighbours>>;
