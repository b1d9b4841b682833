import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Counter } from '../counter.ts';
import { TRAINING_PASSWORD } from '../counter/people.ts';
import { TRAINING_PIN } from '../signing/index.ts';
import { connectScreen, poll, until, type Client } from './clients.ts';

/** What each step reports: identifiers, never a citizen's name or number. */
export type StepResult = Record<string, string | number | boolean>;
export interface StoryOptions {
  readonly counter: Counter;
  /** Where what was made is written to. */
  readonly out: string;
  /** Bytes of a slip as they went to the printer. */
  readonly slipBytes: (key: string) => Uint8Array | undefined;
  readonly step: <T extends StepResult>(name: string, work: () => Promise<T>) => Promise<T>;
  /** The token that signs; by default the key of training. */
  readonly token?: { readonly label: string; readonly pin: string };
}

const PROCEDURE = '1.001193';
const id = () => randomUUID();

/** One citizen, from the ticket to the handed-over, delivered, signed result: through the contract alone, as screens do it. */
export async function playStory(options: StoryOptions): Promise<void> {
  const { counter, out, step } = options;
  const { neighbours } = counter;
  if (!neighbours) throw new Error('the story is played in training mode');
  mkdirSync(out, { recursive: true });
  const screens = await Promise.all([
    connectScreen(counter, { role: 'kiosk', name: 'Ki-ốt 1' }),
    connectScreen(counter, { role: 'board', name: 'Bảng sảnh' }),
    connectScreen(counter, { role: 'station', name: 'Quầy 3', counterId: '3' }),
    connectScreen(counter, { role: 'station', name: 'Quầy 4', counterId: '4' }),
    connectScreen(counter, { role: 'feedback', name: 'Đánh giá quầy 3', counterId: '3' }),
  ]);
  const [kiosk, board, desk, other, pad] = screens.map((screen) => screen.client) as [Client, Client, Client, Client, Client];
  try {
    const { ticketId } = await step('kiosk', () => takeTickets(kiosk, options));
    await step('reprint', () => failAndReprint(kiosk, neighbours));
    await step('call', () => callTwoAtOnce(desk, other, board, ticketId));
    const { dossierId } = await step('identity', () => readCard(desk, neighbours, ticketId));
    await step('scan', () => scanPapers(desk, dossierId));
    const { code } = await step('accept', () => accept(desk, dossierId, options));
    await step('deliver', () => delivered(desk, dossierId, code, neighbours));
    await step('draft', () => draftResult(desk, dossierId));
    await step('sign', () => sign(desk, dossierId, options));
    await step('hand-over', () => handOver(desk, pad, dossierId, code, options));
    await step('province', () => compare(code, dossierId, options));
  } finally {
    for (const screen of screens) screen.close();
  }
}

async function takeTickets(kiosk: Client, { out, slipBytes, counter }: StoryOptions) {
  const { groups } = await kiosk.queue.services();
  const group = groups.find((g) => g.series === 'B') ?? groups[0]!;
  const press = id();
  const ticket = await kiosk.queue.issue({ commandId: press, serviceId: group.id });
  // The same press again, as a nervous finger or a lost answer would: the same ticket.
  const again = await kiosk.queue.issue({ commandId: press, serviceId: group.id });
  if (again.ticketId !== ticket.ticketId) throw new Error('one press gave two tickets');
  const printed = await poll(
    async () => {
      const now = await kiosk.queue.ticket({ ticketId: ticket.ticketId });
      return now.print === 'printed' ? now : undefined;
    },
    20_000,
    'the ticket on paper',
  );
  const bytes = slipBytes(ticket.ticketId);
  if (!bytes) throw new Error('the slip left no bytes');
  writeFileSync(path.join(out, 'ticket.escpos'), bytes);
  counter.neighbours!.savePaper(path.join(out, 'ticket.png'));
  return { ticketId: ticket.ticketId, number: ticket.text, print: printed.print, bytes: bytes.length };
}

async function failAndReprint(kiosk: Client, neighbours: NonNullable<Counter['neighbours']>) {
  const { groups } = await kiosk.queue.services();
  const group = groups.find((g) => g.series === 'B') ?? groups[0]!;
  neighbours.printer.set({ unplugged: true });
  const ticket = await kiosk.queue.issue({ commandId: id(), serviceId: group.id });
  const failed = await poll(
    async () => {
      const now = await kiosk.queue.ticket({ ticketId: ticket.ticketId });
      return now.print === 'failed' || now.print === 'unknown' ? now : undefined;
    },
    40_000,
    'the failed print',
  );
  neighbours.printer.set({ unplugged: false });
  // The driver finds the printer again by its heartbeat; then the same number comes on paper, marked.
  const reprinted = await poll(
    async () => {
      const { print } = await kiosk.queue.reprint({ commandId: id(), ticketId: ticket.ticketId });
      return print === 'printed' ? print : undefined;
    },
    30_000,
    'the reprint',
  );
  return { number: ticket.text, before: failed.print, after: reprinted };
}

async function callTwoAtOnce(desk: Client, other: Client, board: Client, expected: string) {
  await desk.officers.signIn({ login: 'huyen', password: TRAINING_PASSWORD });
  await other.officers.signIn({ login: 'dung', password: TRAINING_PASSWORD });
  await desk.queue.takeCounter({ commandId: id(), counterId: '3' });
  const [mineNow, ...others] = (await desk.queue.counters()).sort((a) => (a.counterId === '3' ? -1 : 1));
  const second = others.find(
    (counter) => counter.serviceIds.some((service) => mineNow!.serviceIds.includes(service)) && counter.serviceIds.includes('ho-tich'),
  );
  if (!second) throw new Error('no second counter serves this group');
  await other.queue.takeCounter({ commandId: id(), counterId: second.counterId });
  const stream = await board.queue.live({});
  const seen = new Map<string, number>();
  const watching = until(
    stream,
    (message) => {
      if (message.type === 'event' && message.event.kind === 'call') seen.set(message.event.call.counterId, performance.now());
      return seen.size === 2 ? true : undefined;
    },
    10_000,
    'both calls on the board',
  );
  watching.catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 50)); // the snapshot first
  const pressed = performance.now();
  const [mine, theirs] = await Promise.all([desk.queue.callNext({ commandId: id() }), other.queue.callNext({ commandId: id() })]);
  await watching;
  const called = [mine.ticket?.ticketId, theirs.ticket?.ticketId];
  if (!called[0] || !called[1] || called[0] === called[1]) throw new Error('two counters did not get two tickets');
  // The story goes on at counter 3 with the first citizen, whoever called him.
  if (called[0] !== expected) {
    await other.queue.park({ commandId: id(), reason: 'nhường quầy 3' });
    await desk.queue.callTicket({ commandId: id(), ticketId: expected });
  } else await other.queue.finish({ commandId: id() });
  await desk.queue.start({ commandId: id() });
  return {
    counter3: mine.ticket!.text,
    [`counter${second.counterId}`]: theirs.ticket!.text,
    boardMs: Math.round(Math.max(...seen.values()) - pressed),
  };
}

async function readCard(desk: Client, neighbours: NonNullable<Counter['neighbours']>, ticketId: string) {
  const stream = await desk.devices.scans();
  const heard: { kind: string }[] = [];
  const card = until(
    stream,
    ({ scan }) => {
      heard.push({ kind: scan.kind });
      return scan.kind === 'id-card' ? scan.card : undefined;
    },
    10_000,
    'the ID card',
  );
  card.catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 100));
  neighbours.reader.scan('001090012345|012345678|Nguyễn'); // torn: a sentence, no form
  await new Promise((resolve) => setTimeout(resolve, 100));
  neighbours.reader.scanCard('an');
  const read = await card;
  const ticket = await desk.queue.ticket({ ticketId });
  const draft = await desk.dossiers.open({ commandId: id(), ticket: { id: ticketId, number: ticket.text } });
  const filled = await desk.dossiers.scanCard({
    commandId: id(),
    dossierId: draft.id,
    card: {
      idNumber: read.idNumber,
      fullName: read.fullName,
      birthDate: read.birthDate,
      sex: read.sex === 'male' ? 'Nam' : 'Nữ',
      address: read.address ?? '',
      ...(read.oldIdNumber ? { oldIdNumber: read.oldIdNumber } : {}),
      ...(read.issueDate ? { idIssuedOn: read.issueDate } : {}),
    },
  });
  if (filled.applicant.fullName?.value !== read.fullName) throw new Error('the card did not fill the applicant');
  const found = await desk.catalogue.search({ text: 'dang ky khai sinh', limit: 10 });
  if (!found.items.some((item) => item.code === PROCEDURE)) throw new Error('the procedure was not found without diacritics');
  await desk.dossiers.chooseProcedure({ commandId: id(), dossierId: draft.id, code: PROCEDURE });
  return { dossierId: draft.id, tornCode: heard.filter((scan) => scan.kind === 'broken').length, procedure: PROCEDURE };
}

async function scanPapers(desk: Client, dossierId: string) {
  const draft = await desk.dossiers.get({ dossierId });
  const component = draft.components.find((c) => c.required && c.state === 'absent') ?? draft.components[0]!;
  await desk.scanner.start({ commandId: id(), draftId: dossierId, component: component.key, source: 'feeder', dpi: 200, colour: 'colour' });
  const pile = await poll(
    async () => {
      const now = await desk.scanner.pages({ draftId: dossierId, component: component.key });
      return now.session && now.session.state !== 'scanning' ? now : undefined;
    },
    30_000,
    'the pages from the feeder',
  );
  if (pile.pages.length !== 4) throw new Error(`the feeder gave ${pile.pages.length} pages instead of 4 (${pile.session?.state})`);
  // The third sheet is a blank back: out. The last one lay upside down: turned, without touching the picture.
  await desk.scanner.drop({ commandId: id(), pageId: pile.pages[2]!.pageId });
  await desk.scanner.rotate({ commandId: id(), pageId: pile.pages[3]!.pageId, by: 2 });
  const kept = (await desk.scanner.pages({ draftId: dossierId, component: component.key })).pages.filter((page) => !page.dropped);
  await desk.dossiers.setPages({ commandId: id(), dossierId, key: component.key, pageIds: kept.map((page) => page.pageId) });
  // Of the other papers some stand in a national database and are not asked for; the rest was seen and handed back.
  const { cases } = await desk.catalogue.procedure({ code: PROCEDURE });
  const known = new Set(
    cases
      .flatMap((c) => c.components)
      .filter((c) => c.database !== undefined)
      .map((c) => c.key),
  );
  for (const rest of draft.components) {
    if (rest.key === component.key || !rest.required) continue;
    if (known.has(rest.key)) await desk.dossiers.setComponent({ commandId: id(), dossierId, key: rest.key, state: 'in-database' });
    else await desk.dossiers.setComponent({ commandId: id(), dossierId, key: rest.key, state: 'complete', originals: 1 });
  }
  return { pages: pile.pages.length, kept: kept.length, dpi: Math.min(...kept.map((page) => page.dpi)) };
}

async function accept(desk: Client, dossierId: string, { out, counter }: StoryOptions) {
  let draft = await desk.dossiers.get({ dossierId });
  for (const field of ['phone'] as const)
    await desk.dossiers.setField({ commandId: id(), dossierId, party: 'applicant', field, value: '0905118264' });
  if (draft.fees && draft.fees.due > 0) await desk.dossiers.pay({ commandId: id(), dossierId, method: 'cash', amount: draft.fees.due });
  draft = await desk.dossiers.get({ dossierId });
  if (draft.obstacles.length > 0) throw new Error(`not acceptable: ${draft.obstacles.map((o) => o.vi).join('; ')}`);
  const { dossier, receipt } = await desk.dossiers.accept({ commandId: id(), dossierId, wantsReceipt: true, duplicatesSeen: true });
  if (!receipt) throw new Error('no receipt was made');
  const documents = dossier.documents;
  await save(desk, counter, dossierId, receipt.id, path.join(out, 'receipt.pdf'));
  const component = documents.find((document) => document.kind === 'component');
  if (component) await save(desk, counter, dossierId, component.id, path.join(out, 'component.pdf'));
  else {
    const file = dossier.components.find((c) => c.file)?.file;
    if (!file) throw new Error('no component was made');
    await save(desk, counter, dossierId, file.id, path.join(out, 'component.pdf'));
  }
  return { code: dossier.title, official: dossier.dossierCode !== null, due: dossier.due?.text ?? '', receipt: receipt.id };
}

/** Fetches a document as a screen does: by a link from the contract, over HTTP with the desk's cookie. */
async function save(desk: Client, counter: Counter, dossierId: string, documentId: string, target: string): Promise<void> {
  const link = await desk.dossiers.document({ dossierId, documentId });
  const opened = counter.files.open(link.url.slice('/file/'.length));
  if (!opened) throw new Error(`the file of ${documentId} could not be opened`);
  copyFileSync(opened.file, target);
}

async function delivered(desk: Client, dossierId: string, code: string, neighbours: NonNullable<Counter['neighbours']>) {
  const acknowledged = await poll(
    async () => {
      const now = await desk.dossiers.get({ dossierId });
      return now.axes.sync === 'acknowledged' || now.axes.sync === 'reconciled' ? now : undefined;
    },
    30_000,
    'the acknowledgement of the province',
  );
  const held = neighbours.province.holdings().filter((dossier) => dossier.code === acknowledged.dossierCode);
  if (held.length !== 1) throw new Error(`the province holds ${held.length} dossiers with the code ${code}`);
  return { code: acknowledged.dossierCode ?? '', files: held[0]!.files.length, sync: acknowledged.axes.sync };
}

async function draftResult(desk: Client, dossierId: string) {
  await desk.dossiers.forward({ commandId: id(), dossierId });
  const drafted = await desk.dossiers.draftResult({
    commandId: id(),
    dossierId,
    number: '128/2026',
    signer: 'Nguyễn Thanh Bình',
    signerTitle: 'PHÓ CHỦ TỊCH',
  });
  return { documents: drafted.documents.length, business: drafted.axes.business };
}

async function sign(desk: Client, dossierId: string, { token, out }: StoryOptions) {
  const snapshot = await until(
    await desk.signing.watch(),
    (message) => (message.type === 'snapshot' ? message.snapshot : undefined),
    10_000,
    'the worklist',
  );
  const item = snapshot.worklist.find((w) => w.dossierId === dossierId);
  if (!item) throw new Error('the result is not on the worklist');
  const preview = await desk.signing.preview({ documentId: item.documentId });
  if (preview.refused) throw new Error(preview.refused.vi);
  const { tokens } = await desk.signing.tokens();
  const chosen = token ? tokens.find((t) => t.label === token.label) : tokens.find((t) => t.training);
  const certificate = chosen?.certificates.find((c) => c.refused === null);
  if (!chosen || !certificate) throw new Error('no token with a usable certificate');
  const pin = token?.pin ?? TRAINING_PIN;
  const batch = await desk.signing.start({
    commandId: id(),
    module: chosen.module,
    tokenSerial: chosen.serial,
    certificateId: certificate.id,
    pin,
    items: [{ documentId: item.documentId, sha256: preview.sha256, placement: preview.placement }],
  });
  const done = await poll(
    async () => {
      const now = (
        await until(
          await desk.signing.watch(),
          (message) => (message.type === 'snapshot' ? message.snapshot : undefined),
          10_000,
          'the batch',
        )
      ).batch;
      if (now?.id === batch.id && now.state === 'paused') throw new Error(now.why?.vi ?? 'the batch paused');
      return now?.id === batch.id && ['done', 'stopped', 'cancelled'].includes(now.state) ? now : undefined;
    },
    60_000,
    'the signature',
  );
  if (done.counts.signed !== 1) throw new Error(`nothing was signed: ${done.files[0]?.reason?.vi ?? done.why?.vi ?? done.state}`);
  await desk.signing.signedFile({ documentId: item.documentId });
  void out;
  return { level: done.level, training: chosen.training, key: certificate.key, documentId: item.documentId };
}

async function handOver(desk: Client, pad: Client, dossierId: string, code: string, { out, counter }: StoryOptions) {
  const ready = await poll(
    async () => {
      const now = await desk.dossiers.get({ dossierId });
      return now.documents.some((document) => document.kind === 'result-signed') && now.axes.business === 'finished' ? now : undefined;
    },
    30_000,
    'the signed result in the dossier',
  );
  const signed = ready.documents.find((document) => document.kind === 'result-signed')!;
  await save(desk, counter, dossierId, signed.id, path.join(out, 'result-signed.pdf'));
  const handed = await desk.dossiers.handOver({
    commandId: id(),
    dossierId,
    receiver: ready.applicant.fullName?.value ?? 'người nộp',
    relation: 'người nộp',
  });
  await desk.queue.linkDossier({ commandId: id(), ticketId: ready.ticket!.id, dossierCode: code });
  const finished = await desk.queue.finish({ commandId: id() });
  await pad.queue.rate({ commandId: id(), ticketId: ready.ticket!.id, score: 5 });
  const { rating } = await desk.dossiers.get({ dossierId });
  if (!rating) throw new Error('the rating of the visit did not reach its dossier');
  return {
    status: handed.statusCode,
    bytes: readFileSync(path.join(out, 'result-signed.pdf')).length,
    ticket: finished.ticket?.state ?? 'done',
    stars: rating.stars,
  };
}

async function compare(code: string, dossierId: string, { out, counter }: StoryOptions) {
  const { neighbours } = counter;
  const held = await poll(
    async () => {
      const mine = neighbours!.province.holdings().filter((dossier) => dossier.code === code);
      if (mine.length > 1) throw new Error(`the province holds the dossier ${mine.length} times`);
      return mine[0]?.status === 10 ? mine[0] : undefined;
    },
    30_000,
    'status 10 at the province',
  );
  neighbours!.province.exportTo(path.join(out, 'province'));
  const { createHash } = await import('node:crypto');
  const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
  const component = sha256(path.join(out, 'component.pdf'));
  const result = sha256(path.join(out, 'result-signed.pdf'));
  if (!held.files.some((file) => file.sha256 === component)) throw new Error('the province holds another component than the counter');
  if (!held.results.some((file) => file.sha256 === result)) throw new Error('the province holds another result than the counter');
  return { dossiers: neighbours!.province.count(), dossierId, componentSha256: component, resultSha256: result };
}
