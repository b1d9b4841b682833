import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { openBrowser, openDesk, type Screen } from './browser.ts';
import { startCounter, type Client, type Started } from './counter.ts';

/** An invented citizen, as her ID card says. */
export const CARD = {
  idNumber: '001191024680',
  fullName: 'Nguyễn Thị Thùy Dương',
  birthDate: '1991-08-14',
  sex: 'Nữ' as const,
  address: 'Tổ dân phố 4, phường An Bình, Đắk Lắk',
  degraded: false,
};

/** An officer at counter 4, who works through the contract beside the desk in the browser. */
export async function signInColleague(started: Started): Promise<Client> {
  const colleague = await started.client('station', '4');
  await colleague.officers.signIn({ login: 'dung', password: 'tap-huan' });
  return colleague;
}

/** A dossier of that citizen with its procedure chosen, not yet accepted; its id. */
export async function draftOne(desk: Client): Promise<string> {
  const { id } = await desk.dossiers.open({ commandId: randomUUID(), ticket: null });
  await desk.dossiers.scanCard({ commandId: randomUUID(), dossierId: id, card: CARD });
  await desk.dossiers.chooseProcedure({ commandId: randomUUID(), dossierId: id, code: '1.004859' });
  return id;
}

/** The same dossier complete and accepted; `code` is the number on its receipt. */
export async function acceptOne(desk: Client): Promise<{ id: string; code: string }> {
  const id = await draftOne(desk);
  const on = () => ({ commandId: randomUUID(), dossierId: id });
  for (const { key, state } of (await desk.dossiers.get({ dossierId: id })).components)
    if (state === 'absent') await desk.dossiers.setComponent({ ...on(), key, state: 'complete', originals: 1 });
  const { dossier } = await desk.dossiers.accept({ ...on(), duplicatesSeen: true });
  return { id, code: dossier.title };
}

export interface DeskAndColleague {
  readonly started: Started;
  readonly browser: Browser;
  /** The desk of Quân in the browser. */
  readonly desk: Screen;
  readonly colleague: Client;
  close(): Promise<void>;
}

/** A counter with one desk in a browser and a colleague who works beside it. */
export async function openDeskAndColleague(): Promise<DeskAndColleague> {
  const started = await startCounter();
  const browser = await openBrowser();
  const close = async () => {
    await browser.close();
    await started.close();
  };
  try {
    const desk = await openDesk(browser, started, 'quan');
    return { started, browser, desk, colleague: await signInColleague(started), close };
  } catch (error) {
    await close();
    throw error;
  }
}
