import type { IdCard, ScanEvent, ScanWarning } from '../../../main/contract/devices.ts';
import type { CardFields } from '../../../main/contract/dossiers.ts';
import { client } from '../../shared/client.ts';

/** A card as the dossier room takes it: only what the card really says, and what is doubtful about it. */
export function cardFieldsOf(card: IdCard, degraded: boolean, warnings: readonly ScanWarning[]): CardFields {
  return {
    idNumber: card.idNumber,
    ...(card.oldIdNumber !== null && /^\d{9}$/.test(card.oldIdNumber) ? { oldIdNumber: card.oldIdNumber } : {}),
    fullName: card.fullName,
    birthDate: card.birthDate,
    sex: card.sex === 'male' ? 'Nam' : 'Nữ',
    address: card.address ?? '',
    ...(card.issueDate === null ? {} : { idIssuedOn: card.issueDate }),
    degraded,
    doubts: warnings.map(({ field, vi, en }) => ({ field: field === 'issueDate' ? 'idIssuedOn' : field, vi, en })),
  };
}

/** Follows the codes read at this desk, for ever, reopening after a break. Scans of a break are gone: the person scans again. */
export async function followScans(signal: AbortSignal, onScan: (event: ScanEvent) => void): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const event of await client.devices.scans(undefined, { signal })) onScan(event);
    } catch {
      // The wire's state is shown by the strip; here only: try again.
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
