import type { ProcedureView } from '../contract/catalogue.ts';
import type { ComponentState, DossierComponent } from '../contract/dossiers.ts';

type Entry = ProcedureView['cases'][number]['components'][number];

/** What is stored of a component; words for the screen are made when it is shown. */
export interface KeptComponent {
  key: string;
  name: string;
  required: boolean;
  /** Set by the officer; null: follows from pages and catalogue. */
  set: ComponentState | null;
  originals: number;
  certified: number;
  copies: number;
  returned: boolean;
  database: string | null;
  onlyForRepresentative: boolean;
  form: string | null;
  note: string | null;
  pageIds: string[];
  /** Warnings of its pages, in page order: `''` for a good one. */
  pageNotes: string[];
  file: { id: string; path: string; name: string; size: number; sha256: string } | null;
  reusedFrom: string | null;
}

export function fromCatalogue(entry: Entry): KeptComponent {
  return {
    key: entry.key,
    name: entry.name,
    required: entry.required,
    set: null,
    originals: entry.originals,
    certified: entry.certified,
    copies: entry.copies,
    returned: entry.returned,
    database: entry.database ?? null,
    onlyForRepresentative: entry.onlyForRepresentative,
    form: entry.form ?? null,
    note: null,
    pageIds: [],
    pageNotes: [],
    file: null,
    reusedFrom: null,
  };
}

/** @param self the applicant is the owner */
export function stateOf(c: KeptComponent, self: boolean): ComponentState {
  if (c.onlyForRepresentative && self && c.pageIds.length === 0) return 'not-applicable';
  if (c.set === 'missing' || c.set === 'not-applicable') return c.set;
  if (c.reusedFrom !== null) return 'in-database';
  if (c.pageIds.length > 0) {
    if (c.set === 'scanning') return 'scanning';
    // A look and a decision by the officer outweigh what the picture check found.
    if (c.set === 'complete') return 'complete';
    return c.pageNotes.some((n) => n !== '') ? 'review' : 'complete';
  }
  if (c.set !== null) return c.set;
  return c.database === null ? 'absent' : 'in-database';
}

const LABEL: Record<ComponentState, string> = {
  absent: 'Chưa có',
  scanning: 'Đang quét',
  complete: 'Đủ',
  review: 'Nên xem',
  missing: 'Thiếu',
  'in-database': 'Có trong CSDL, không thu giấy',
  'not-applicable': 'Không áp dụng',
};

export function labelOf(c: KeptComponent, state: ComponentState, self: boolean): string {
  if (state === 'complete') return c.pageIds.length > 0 ? `Đủ, ${c.pageIds.length} trang` : 'Đủ, không quét';
  if (state === 'review') {
    const at = c.pageNotes.findIndex((n) => n !== '');
    return at < 0 ? 'Nên xem' : `Trang ${at + 1} ${(c.pageNotes[at] ?? '').replace(/^trang /iu, '')}`;
  }
  if (state === 'scanning') return c.pageIds.length > 0 ? `Đang quét trang ${c.pageIds.length}` : 'Đang quét';
  if (state === 'not-applicable' && c.onlyForRepresentative && self) return 'Không áp dụng: tự nộp';
  if (state === 'in-database' && c.reusedFrom !== null) return 'Có từ hồ sơ trước';
  return LABEL[state];
}

/** Does it stop the acceptance? */
export const stops = (c: KeptComponent, state: ComponentState): boolean =>
  c.required && (state === 'absent' || state === 'missing' || state === 'scanning');

export function componentView(c: KeptComponent, index: number, self: boolean): DossierComponent {
  const state = stateOf(c, self);
  const papers = [
    c.originals > 0 ? `Bản chính ${c.originals}` : '',
    c.certified > 0 ? `Bản chứng thực ${c.certified}` : '',
    c.copies > 0 ? `Bản sao ${c.copies}` : '',
  ].filter((p) => p !== '');
  const detail =
    state === 'in-database'
      ? (c.database ?? c.reusedFrom ?? '')
      : [papers.join(', '), c.returned ? 'trả lại sau khi đối chiếu' : ''].filter((p) => p !== '').join(', ');
  return {
    key: c.key,
    number: index + 1,
    name: c.name,
    required: c.required,
    state,
    label: labelOf(c, state, self),
    detail,
    originals: c.originals,
    certified: c.certified,
    copies: c.copies,
    ...(c.note === null ? {} : { note: c.note }),
    pageIds: c.pageIds,
    file: c.file === null ? null : { id: c.file.id, name: c.file.name, size: c.file.size, sha256: c.file.sha256 },
    ...(c.reusedFrom === null ? {} : { reusedFrom: c.reusedFrom }),
  };
}
