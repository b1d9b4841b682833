/** How this desk scans: colour unless somebody chose otherwise, one side of the sheet unless somebody chose both. */
export interface ScanChoice {
  readonly colour: 'colour' | 'gray' | 'bw';
  readonly duplex: boolean;
}

const KEY = 'quay.scan.choice';
const USUAL: ScanChoice = { colour: 'colour', duplex: false };

export function scanChoice(): ScanChoice {
  try {
    const { colour, duplex } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<ScanChoice>;
    return { colour: colour === 'gray' || colour === 'bw' ? colour : USUAL.colour, duplex: duplex === true };
  } catch {
    return USUAL;
  }
}

export const chooseScan = (choice: ScanChoice): void => localStorage.setItem(KEY, JSON.stringify(choice));
