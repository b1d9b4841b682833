import { mm, Paper, type Area, type PaperSize, type Text, type TextStyle } from '../paper.ts';
import { longDay } from '../words.ts';

/** Who writes: stands at the head of every form. */
export interface Letterhead {
  /** "Ủy ban nhân dân phường An Bình"; capitals are made where the paper wants them. */
  readonly committee: string;
  /** "Trung tâm Phục vụ hành chính công phường An Bình". */
  readonly centre: string;
  /** "An Bình", before the date. */
  readonly place: string;
  readonly hotline: string;
  readonly lookupUrl: string;
  /** Marks every page TẬP HUẤN. */
  readonly training: boolean;
}

export interface FormPerson {
  readonly name: string;
  readonly idNumber?: string | undefined;
  readonly address?: string | undefined;
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
}

/** The part of a dossier that papers speak of. Times are epoch ms. */
export interface FormDossier {
  readonly code: string;
  /** The code is `TAM-…`: said on the paper, with what will happen next. */
  readonly provisional: boolean;
  readonly earlierCode?: string | undefined;
  readonly procedure: string;
  readonly procedureCode: string;
  readonly request: string;
  readonly applicant: FormPerson;
  readonly owner?: FormPerson | undefined;
  readonly authority?: string | undefined;
  readonly channel: string;
  readonly sets: number;
  readonly components: readonly {
    readonly name: string;
    readonly originals: number;
    readonly certified: number;
    readonly copies: number;
    readonly note?: string | undefined;
  }[];
  readonly limit: string;
  readonly receivedAt: number;
  readonly dueAt: number | null;
  readonly fees?: string | undefined;
  readonly competentAgency: string;
  readonly officer: string;
  readonly resultPlace: string;
}

const STATE = 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM';
const MOTTO = 'Độc lập - Tự do - Hạnh phúc';

/** In millimetres; the left edge is where a file is bound. */
const MARGINS: Record<PaperSize, { top: number; right: number; bottom: number; left: number }> = {
  A5: { top: 8, right: 11, bottom: 9, left: 14 },
  A4: { top: 20, right: 18, bottom: 20, left: 28 },
  'A4-landscape': { top: 14, right: 14, bottom: 14, left: 20 },
};

/** Where number and date are to be written later, on the first page, in points from the lower left corner. */
export interface Blanks {
  readonly number: Omit<Area, 'page'>;
  readonly date: Omit<Area, 'page'>;
  readonly place: string;
}

export interface FrameOptions {
  readonly paper: PaperSize;
  readonly title: string;
  /** Small line above everything: "Mẫu số 01". */
  readonly form?: string;
  readonly number?: string;
  /** Number and date stay blank for the clerk; hears where, with the words that stand before the date. */
  readonly blank?: (blanks: Blanks) => void;
  readonly at: number;
  readonly size?: number;
}

/** Opens a paper with agency, state name and motto, form number, place and date. */
export async function openForm(head: Letterhead, options: FrameOptions): Promise<Paper> {
  const small = options.paper === 'A5';
  const size = options.size ?? (small ? 10 : 13);
  const paper = await Paper.open({
    paper: options.paper,
    margins: MARGINS[options.paper],
    size,
    training: head.training,
    title: options.title,
    at: options.at,
  });
  if (options.form) paper.text(options.form, { size: size - 2, face: 'italic', align: 'right', after: 1 });
  const [agencyShare, stateShare] = small ? [42, 58] : [46, 54];
  const agencyWidth = (paper.inner * agencyShare) / 100;
  const stateWidth = paper.inner - agencyWidth;
  const center = (face: TextStyle['face'], over = size - 1): TextStyle => ({
    align: 'center',
    size: over,
    after: 0,
    ...(face ? { face } : {}),
  });
  // The name of the state stands on one line, whatever the paper (NĐ 30/2020, Phụ lục I).
  const stateSize = Math.min(size - 1, stateWidth / paper.faces.bold.widthOfTextAtSize(STATE, 1) - 0.05);
  const agency = (text: string, face: 'regular' | 'bold') => ({
    text: balanced(paper, text.toLocaleUpperCase('vi'), face, stateSize, agencyWidth),
    style: center(face, stateSize),
  });
  const from = paper.y;
  paper.columns([
    { share: agencyShare, lines: [...(head.committee === '' ? [] : [agency(head.committee, 'regular')]), agency(head.centre, 'bold')] },
    {
      share: stateShare,
      lines: [
        { text: STATE, style: center('bold', stateSize) },
        { text: MOTTO, style: center('bold', size) },
      ],
    },
  ]);
  // Below the motto a rule as long as the motto, below the agency a third of its column.
  const motto = paper.faces.bold.widthOfTextAtSize(MOTTO, size);
  const end = paper.y;
  paper.y = from - paper.measure(STATE, center('bold', stateSize), stateWidth) - paper.measure(MOTTO, center('bold', size), stateWidth) - 1;
  paper.rule(motto, paper.left + agencyWidth + (stateWidth - motto) / 2);
  paper.y = end - 1.5;
  paper.rule(agencyWidth / 3, paper.left + agencyWidth / 3);
  paper.gap(4);
  const top = paper.y;
  const blank = options.blank !== undefined;
  const line = (text: string, face: 'regular' | 'italic') => ({ text: blank ? ' ' : text, style: center(face) });
  paper.columns([
    { share: agencyShare, lines: options.number === undefined ? [] : [line(`Số: ${options.number}`, 'regular')] },
    { share: stateShare, lines: [line(`${head.place}, ${longDay(options.at)}`, 'italic')] },
  ]);
  if (options.blank) {
    const [y, height] = [paper.y - 2, top - paper.y + 4];
    options.blank({
      number: { x: paper.left, y, width: agencyWidth, height },
      date: { x: paper.left + agencyWidth, y, width: stateWidth, height },
      place: head.place,
    });
  }
  paper.gap(6);
  return paper;
}

/** Broken near its middle when it needs two lines, so that no single word hangs below. */
function balanced(paper: Paper, text: string, face: 'regular' | 'bold', size: number, width: number): string {
  if (text.includes('\n') || paper.faces[face].widthOfTextAtSize(text, size) <= width) return text;
  const middle = text.length / 2;
  const spaces = [...text.matchAll(/ /g)].map((m) => m.index);
  const best = spaces.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
  return best === undefined ? text : `${text.slice(0, best)}\n${text.slice(best + 1)}`;
}

export function heading(paper: Paper, title: string, below?: string): void {
  paper.text(title, { face: 'bold', align: 'center', size: paper.size + 2, after: 2 });
  if (below) paper.text(below, { align: 'center', face: 'bold', after: 3 });
  paper.gap(3);
}

/** "Địa chỉ: Tổ dân phố 4 …"; a value that is missing leaves no empty promise on the paper. */
export function field(paper: Paper, label: string, value: string | undefined): void {
  if (value === undefined || value.trim() === '') return;
  paper.text([{ text: `${label}:` }, { text: value, face: 'bold' }], { after: 0.8 });
}

export function person(paper: Paper, label: string, p: FormPerson): void {
  field(paper, label, p.name);
  field(paper, 'Số căn cước/định danh', p.idNumber);
  field(paper, 'Địa chỉ', p.address);
  if (p.phone && p.email) {
    const cell = (name: string, value: string): Text => [{ text: `${name}:` }, { text: value, face: 'bold' }];
    paper.columns([
      { share: 1, lines: [{ text: cell('Số điện thoại', p.phone), style: { after: 1.5 } }] },
      { share: 1, lines: [{ text: cell('Email', p.email), style: { after: 1.5 } }] },
    ]);
  } else {
    field(paper, 'Số điện thoại', p.phone);
    field(paper, 'Email', p.email);
  }
}

export interface Signer {
  readonly role: string;
  readonly hint?: string;
  readonly name?: string | undefined;
}

/** Roles beside each other, room to sign, names. Never torn over two pages. */
export function signatures(paper: Paper, signers: readonly Signer[], room = mm(16)): void {
  paper.gap(4);
  const size = paper.size;
  paper.need(size * 1.28 * 3 + room);
  paper.columns(
    signers.map((s) => ({
      share: 1,
      lines: [
        { text: s.role, style: { face: 'bold' as const, align: 'center' as const, after: 0 } },
        { text: s.hint ?? '(Ký và ghi rõ họ tên)', style: { face: 'italic' as const, align: 'center' as const, size: size - 1, after: 0 } },
      ],
    })),
  );
  paper.gap(room);
  paper.columns(
    signers.map((s) => ({
      share: 1,
      lines: [{ text: s.name ?? '', style: { face: 'bold' as const, align: 'center' as const, after: 0 } }],
    })),
  );
}

export const count = (n: number): string => (n > 0 ? String(n) : '');
