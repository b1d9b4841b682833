import { day, longTime, stamp } from '../words.ts';
import { field, heading, openForm, signatures, type FormDossier, type Letterhead } from './frame.ts';

export interface ControlStep {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly what: string;
  /** Trước hạn, đúng hạn, quá hạn; empty while it runs. */
  readonly result: string;
  readonly note: string;
}

/** Mẫu 06: the way of a dossier, one row for each hand-over, made from the history and never edited. */
export async function controlForm(head: Letterhead, d: FormDossier, steps: readonly ControlStep[], at: number): Promise<Uint8Array> {
  const paper = await openForm(head, { paper: 'A4', title: 'Phiếu kiểm soát quá trình giải quyết hồ sơ', form: 'Mẫu số 06', at, size: 11 });
  heading(paper, 'PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ', `Mã hồ sơ: ${d.code}`);
  field(paper, 'Chủ hồ sơ', d.owner?.name ?? d.applicant.name);
  field(paper, 'Thủ tục', `${d.procedureCode} ${d.procedure}`);
  field(paper, 'Cơ quan giải quyết', d.competentAgency);
  field(paper, 'Thời gian nhận hồ sơ', longTime(d.receivedAt));
  field(paper, 'Thời hạn giải quyết', d.limit);
  field(paper, 'Hẹn trả', d.dueAt === null ? undefined : longTime(d.dueAt));
  field(paper, 'Thành phần hồ sơ', d.components.map((c) => c.name).join('; '));
  paper.gap(3);
  paper.table(
    [
      { title: 'TÊN CƠ QUAN\n(1. Giao  2. Nhận)', share: 30 },
      { title: 'THỜI GIAN GIAO, NHẬN', share: 17, align: 'center' },
      { title: 'NỘI DUNG', share: 25 },
      { title: 'KẾT QUẢ', share: 13, align: 'center' },
      { title: 'GHI CHÚ', share: 15 },
    ],
    steps.map((s) => [`1. ${s.from}\n2. ${s.to}`, stamp(s.at), s.what, s.result, s.note]),
    { size: 10 },
  );
  return paper.finish();
}

export interface RegisterLine {
  readonly number: number;
  readonly code: string;
  readonly name: string;
  readonly address: string;
  readonly procedure: string;
  readonly receivedAt: number;
  readonly dueAt: number | null;
  readonly returnedAt: number | null;
  readonly receiver: string;
  readonly note: string;
}

/** Mẫu 07: the book of one year, numbered from 1, A4 across. */
export async function registerForm(
  head: Letterhead,
  book: { year: number; closed: boolean; lines: readonly RegisterLine[] },
  at: number,
): Promise<Uint8Array> {
  const paper = await openForm(head, {
    paper: 'A4-landscape',
    title: `Sổ theo dõi hồ sơ năm ${book.year}`,
    form: 'Mẫu số 07',
    at,
    size: 11,
  });
  heading(paper, 'SỔ THEO DÕI HỒ SƠ', `Năm ${book.year}`);
  paper.table(
    [
      { title: 'TT', share: 4, align: 'center' },
      { title: 'Mã hồ sơ', share: 17.5 },
      { title: 'Họ và tên', share: 14 },
      { title: 'Địa chỉ', share: 15 },
      { title: 'Thủ tục', share: 18 },
      { title: 'Nhận hồ sơ', share: 8, align: 'center' },
      { title: 'Hẹn trả', share: 8, align: 'center' },
      { title: 'Trả kết quả', share: 8, align: 'center' },
      { title: 'Người nhận', share: 11 },
      { title: 'Ghi chú', share: 8 },
    ],
    book.lines.map((l) => [
      String(l.number),
      l.code,
      l.name,
      l.address,
      l.procedure,
      stamp(l.receivedAt),
      l.dueAt === null ? '' : stamp(l.dueAt),
      l.returnedAt === null ? '' : stamp(l.returnedAt),
      l.receiver,
      l.note,
    ]),
    { size: 8.5 },
  );
  paper.text(`Cộng: ${book.lines.length} hồ sơ${book.closed ? `, sổ đã khóa ngày ${day(at)}` : ''}.`, { after: 2 });
  return paper.finish();
}

/** Giấy biên nhận trả kết quả, A5. */
export async function handoverForm(
  head: Letterhead,
  d: FormDossier,
  handover: {
    at: number;
    receiver: string;
    receiverIdNumber?: string | undefined;
    relation: string;
    by: string;
    results: readonly string[];
    originals: string;
  },
): Promise<Uint8Array> {
  const paper = await openForm(head, { paper: 'A5', title: 'Giấy biên nhận trả kết quả', at: handover.at });
  heading(paper, 'GIẤY BIÊN NHẬN TRẢ KẾT QUẢ', `Mã hồ sơ: ${d.code}`);
  field(paper, 'Thủ tục', `${d.procedureCode} ${d.procedure}`);
  field(paper, 'Chủ hồ sơ', d.owner?.name ?? d.applicant.name);
  field(paper, 'Người nhận', `${handover.receiver} (${handover.relation})`);
  field(paper, 'Số căn cước/định danh', handover.receiverIdNumber);
  field(paper, 'Kết quả', handover.results.join('; '));
  field(paper, 'Giấy tờ bản chính', handover.originals);
  field(paper, 'Thời gian trả', longTime(handover.at));
  signatures(paper, [
    { role: 'NGƯỜI NHẬN', name: handover.receiver },
    { role: 'NGƯỜI TRẢ KẾT QUẢ', name: handover.by },
  ]);
  return paper.finish();
}
