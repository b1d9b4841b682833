import type { DeviceReason } from '../../contract/devices.ts';

/** How far a document has come at the printer. `stopped`: it waits for a hand (paper), and goes on afterwards. */
export type A4Progress = 'waiting' | 'stopped' | 'done' | 'failed';

/**
 * A way to an A4 printer: IPP under plain Node, the system's printers under Electron (the shell hands its own in, with
 * `webContents.print`, a timeout and a check that the printer exists).
 */
export interface A4Backend {
  readonly description: string;
  /** @throws when the printer cannot be reached */
  status(): Promise<{ readonly reasons: readonly DeviceReason[]; readonly busy: boolean; readonly accepting: boolean }>;
  /** Hands the document over. @throws when it was not taken: then nothing will be printed */
  submit(pdf: Uint8Array, options: { copies: number; title: string }): Promise<{ progress(): Promise<A4Progress> }>;
}
