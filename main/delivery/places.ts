/** The unit of this counter, as the catalogue has it. */
export interface OwnPlace {
  /** Code and name of the commune or ward, "24160", "phường An Bình". */
  readonly unitCode: string;
  readonly unitName: string;
  readonly provinceCode?: string | undefined;
  /** "tỉnh Đắk Lắk" */
  readonly provinceName: string;
}

const plain = (text: string) => text.normalize('NFC').trim().toLowerCase().replace(/\s+/g, ' ');
const bare = (text: string) => plain(text).replace(/^(tỉnh|thành phố|tp\.?) /, '');

/**
 * National codes of an address that lies in our own province and commune; null for any other place, because a wrong code is worse
 * than none. Pure.
 */
export function placeCodes(address: string, place: OwnPlace): { provinceCode: string | null; communeCode: string | null } {
  const parts = address.split(',').map(plain);
  const here = place.provinceCode !== undefined && bare(parts.at(-1) ?? '') === bare(place.provinceName);
  return {
    provinceCode: here ? (place.provinceCode ?? null) : null,
    communeCode: here && parts.at(-2) === plain(place.unitName) ? place.unitCode : null,
  };
}
