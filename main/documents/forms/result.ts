import { mm, type Area } from '../paper.ts';
import { heading, openForm, type Blanks, type FormDossier, type Letterhead } from './frame.ts';

export interface ResultDraft {
  /** Name of the result: "Trích lục thay đổi, cải chính hộ tịch". */
  readonly name: string;
  /** Number in the book; empty: number and date stay blank until the clerk writes them. */
  readonly number: string;
  readonly signer: string;
  readonly signerTitle: string;
  readonly statements: readonly (readonly [label: string, value: string])[];
}

/**
 * A result to be signed: A4, NĐ 30/2020 layout, with an empty place between title and name for the signature. The bytes
 * that come out are not touched again by this room; signing appends to them.
 * @returns where the signature may stand, and what is left blank for the clerk, for the signing room
 */
export async function resultForm(
  head: Letterhead,
  d: FormDossier,
  draft: ResultDraft,
  at: number,
): Promise<{ bytes: Uint8Array; signature: Area; blanks: Blanks | null }> {
  let blanks: Blanks | null = null;
  const paper = await openForm(
    { ...head, centre: head.committee, committee: '' },
    {
      paper: 'A4',
      title: draft.name,
      number: draft.number,
      at,
      size: 13,
      ...(draft.number.trim() === '' ? { blank: (found: Blanks) => (blanks = found) } : {}),
    },
  );
  heading(paper, draft.name.toLocaleUpperCase('vi'));
  paper.text(`Căn cứ hồ sơ số ${d.code} và dữ liệu đã được kiểm tra, ${head.committee} xác nhận:`, {
    indent: mm(10),
    align: 'justify',
    after: 6,
  });
  for (const [label, value] of draft.statements)
    if (value.trim() !== '')
      paper.text([{ text: `${label}:` }, { text: value, face: 'bold' }], { indent: mm(10), align: 'justify', after: 5 });
  paper.text('Văn bản này được cấp theo yêu cầu của người có tên trên và có giá trị kể từ ngày ký.', {
    indent: mm(10),
    align: 'justify',
    after: 8,
  });
  const room = mm(32);
  paper.need(room + 5 * 16);
  const width = paper.inner * 0.54;
  const x = paper.left + paper.inner * 0.46;
  const line = (text: string) => ({ text, style: { face: 'bold' as const, align: 'center' as const, after: 0 } });
  paper.columns([
    {
      share: 46,
      lines: [
        { text: 'Nơi nhận:', style: { face: 'boldItalic', size: 11, after: 0 } },
        { text: '- Như trên;', style: { size: 11, after: 0 } },
        { text: '- Lưu: VT, hồ sơ.', style: { size: 11, after: 0 } },
      ],
    },
    { share: 54, lines: draft.signerTitle.split('\n').map((part) => line(part.toLocaleUpperCase('vi'))) },
  ]);
  paper.gap(4);
  const signature: Area = { page: paper.pdf.getPageCount() - 1, x, y: paper.y - room, width, height: room };
  paper.gap(room + 4);
  paper.columns([
    { share: 46, lines: [] },
    { share: 54, lines: [line(draft.signer)] },
  ]);
  return { bytes: await paper.finish(), signature, blanks };
}
