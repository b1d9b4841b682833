import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DeviceConfig, ScanEvent } from '../../../main/contract/devices.ts';
import { createDevices, migrations, type Devices } from '../../../main/devices/index.ts';
import { findDevices } from '../../../main/devices/find.ts';
import { sampleTicket, ticketPaper } from '../../../main/documents/ticket/index.ts';
import { openStore, systemClock } from '../../../main/store/index.ts';
import { createTrainingPrinter } from '../../../main/training/escpos/index.ts';
import { SAMPLE_CARDS } from '../../../main/training/reader/index.ts';
import { makeGadget, runPrinterGadget, runSerialGadget } from './gadget.ts';
import { plugUhidReader } from './uhid.ts';

/** Runs inside the guest. Every line that starts with LAB is read by the host. */
const say = (line: string) => console.log(`LAB ${line}`);

async function check(name: string, work: () => Promise<void>): Promise<void> {
  const began = performance.now();
  try {
    await work();
    say(`pass ${name} (${Math.round(performance.now() - began)} ms)`);
  } catch (error) {
    say(`fail ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
const until = async (what: () => boolean, message: () => string, ms = 40_000) => {
  const end = performance.now() + ms;
  while (!what()) {
    if (performance.now() > end) throw new Error(message());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
const expect = (holds: boolean, message: string) => {
  if (!holds) throw new Error(message);
};

const usb = createTrainingPrinter();
const acm = createTrainingPrinter();
const printerGadget = makeGadget({
  name: 'printer',
  udc: 0,
  vendor: '0x04b8',
  product: '0x0e15',
  maker: 'EPSON',
  model: 'TM-T82 lab',
  serial: 'LAB-USB-1',
  fn: 'printer.0',
  attributes: { pnp_string: 'MFG:EPSON;MDL:TM-T82 lab;CMD:ESC/POS;CLS:PRINTER;' },
});
const acmGadget = makeGadget({
  name: 'acm',
  udc: 1,
  vendor: '0x1d90',
  product: '0x2060',
  maker: 'Citizen',
  model: 'CT-S lab',
  serial: 'LAB-ACM-1',
  fn: 'acm.0',
});
printerGadget.plug();
acmGadget.plug();
await runPrinterGadget('/dev/g_printer0', usb);
runSerialGadget('/dev/ttyGS0', acm);
let reader = await plugUhidReader('LAB-HID-1');

const store = openStore({ file: path.join(mkdtempSync(path.join(tmpdir(), 'lab-')), 'quay.sqlite'), clock: systemClock, migrations });
const config: DeviceConfig[] = [
  {
    id: 'usb',
    kind: 'ticket-printer',
    name: 'USB',
    profile: 'training',
    address: { via: 'usb-printer', path: '/dev/usb/lp0', serialNumber: 'LAB-USB-1' },
  },
  {
    id: 'acm',
    kind: 'ticket-printer',
    name: 'ACM',
    profile: 'training',
    address: { via: 'serial', path: '/dev/ttyACM0', baud: 115_200, flow: 'none' },
  },
  {
    id: 'adapter',
    kind: 'ticket-printer',
    name: 'USB-serial',
    profile: 'training',
    textMode: 'tcvn3',
    address: { via: 'serial', path: '/dev/ttyUSB0', baud: 115_200, flow: 'none' },
  },
  { id: 'hid', kind: 'reader', name: 'HID', address: { via: 'hid', vendorId: 0x0c2e, productId: 0x0b81, serialNumber: 'LAB-HID-1' } },
];
const devices: Devices = createDevices({
  store,
  clock: systemClock,
  training: true,
  ticketPaper,
  config,
  heartbeatMs: 500,
  printerTimes: { heartbeatMs: 500, replyMs: 3000, retryMs: 100, confirmMs: 30_000, patienceMs: 30_000 },
});
const scans: ScanEvent[] = [];
devices.onScan((event) => scans.push(event));
const health = (id: string) => devices.health().find((h) => h.id === id)!;
const reach = (id: string, what: string) =>
  until(
    () => health(id).state === what || health(id).reasons.join() === what,
    () => `${id} is ${health(id).state} (${health(id).reasons.join()}), not ${what}`,
  );
let serial = 0;
const print = async (id: string) => {
  serial += 1;
  const key = `${id}-${serial}`;
  devices.printer(id)!.print(ticketPaper(sampleTicket({ number: `B ${String(serial).padStart(3, '0')}` })), { key, title: key });
  const job = await devices.settled(key);
  expect(job.state === 'confirmed', `the job is ${job.state} (${job.reason ?? ''})`);
};

await check('finds the USB printer and the HID reader', async () => {
  await until(
    () => true,
    () => '',
  );
  const found = await findDevices({ network: async () => [] });
  const usbPrinter = found.find((f) => f.address.via === 'usb-printer');
  expect(usbPrinter?.name === 'EPSON TM-T82 lab', `the printer is ${JSON.stringify(usbPrinter ?? null)}`);
  expect(usbPrinter?.address.via === 'usb-printer' && usbPrinter.address.serialNumber === 'LAB-USB-1', 'its serial number is not known');
  expect(
    found.some((f) => f.kind === 'reader' && f.address.via === 'hid' && f.address.serialNumber === 'LAB-HID-1'),
    'the reader is not found',
  );
});

for (const [id, model, gadget] of [
  ['usb', usb, printerGadget],
  ['acm', acm, acmGadget],
] as const) {
  const label = id === 'usb' ? 'USB printer class' : 'CDC-ACM printer';
  await check(`${label}: ready by its own answers`, () => reach(id, 'ready'));
  await check(`${label}: prints a ticket and hears the answer after the cut`, async () => {
    await print(id);
    const slip = model.slips.at(-1);
    expect(slip?.cut === true && slip.qr[0] === sampleTicket().qr, 'the paper is not the ticket');
    expect(model.unknown.length === 0, `bytes it did not understand: ${model.unknown.join(' ')}`);
  });
  await check(`${label}: paper out is noticed, and paper in`, async () => {
    model.set({ paperOut: true });
    await reach(id, 'paper-out');
    model.set({ paperOut: false });
    await reach(id, 'ready');
  });
  await check(`${label}: unplugged is noticed`, async () => {
    gadget.unplug();
    await reach(id, 'absent');
  });
  await check(`${label}: plugged in again it prints without a click`, async () => {
    gadget.plug();
    await reach(id, 'ready');
    const before = model.slips.length;
    await print(id);
    expect(model.slips.length === before + 1, `${model.slips.length - before} slips instead of one`);
  });
}

await check('HID reader: reads a card, Vietnamese intact', async () => {
  await reach('hid', 'ready');
  await reader.scan(SAMPLE_CARDS.huong);
  await until(
    () => scans.length === 1,
    () => 'nothing was read',
  );
  const { scan } = scans[0]!;
  expect(
    scan.kind === 'id-card' &&
      scan.card.fullName === 'Trần Thị Mỹ Hường' &&
      scan.card.address !== null &&
      scan.card.address.startsWith('Ấp Bình Thượng 2'),
    `read ${scan.kind}`,
  );
});
await check('HID reader: unplugged is noticed', async () => {
  await reader.unplug();
  await reach('hid', 'absent');
});
await check('HID reader: plugged in again it reads without a click', async () => {
  reader = await plugUhidReader('LAB-HID-1');
  await reach('hid', 'ready');
  const before = scans.length;
  await reader.scan(SAMPLE_CARDS.an);
  await until(
    () => scans.length > before,
    () => 'nothing was read',
  );
});

await check('USB serial adapter: prints on the printer behind it', async () => {
  await reach('adapter', 'ready');
  await print('adapter');
});
await check('USB serial adapter: paper out is noticed, and paper in', async () => {
  say('ask paper-out');
  await reach('adapter', 'paper-out');
  say('ask paper-in');
  await reach('adapter', 'ready');
});
await check('USB serial adapter: unplugged is noticed', async () => {
  say('ask unplug');
  await reach('adapter', 'absent');
});
await check('USB serial adapter: plugged in again it prints without a click', async () => {
  say('ask plug');
  await reach('adapter', 'ready');
  await print('adapter');
});

await devices.close();
// Nothing of the gadgets is taken down: closing f_printer's node after its cable was out brings this kernel down. The
// host ends the machine when it reads the next line.
say('done');
