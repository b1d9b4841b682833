import { mm } from '../paper.ts';
import { longTime, stamp } from '../words.ts';
import { count, field, openForm, person, signatures, type FormDossier, type Letterhead } from './frame.ts';

/**
 * Mẫu 01, TT 03/2025/TT-VPCP: Giấy tiếp nhận hồ sơ và hẹn trả kết quả, A5. The QR in the upper left carries the dossier code
 * and nothing else, so that any scanner of the counter opens the dossier and nobody reads a name from it.
 */
export async function receiptForm(head: Letterhead, d: FormDossier, at: number): Promise<Uint8Array> {
  const paper = await openForm(head, { paper: 'A5', title: 'Giấy tiếp nhận hồ sơ và hẹn trả kết quả', form: 'Mẫu số 01', at, size: 9.5 });
  const side = mm(21);
  const top = paper.y + 12;
  paper.qr(d.code, paper.left - mm(2), top, side);
  const indent = side + mm(1);
  paper.columns([
    { share: indent, lines: [] },
    {
      share: paper.inner - indent,
      lines: [
        { text: 'GIẤY TIẾP NHẬN HỒ SƠ\nVÀ HẸN TRẢ KẾT QUẢ', style: { face: 'bold', align: 'center', size: paper.size + 2, after: 2 } },
        {
          text: [{ text: d.provisional ? 'Số tạm:' : 'Mã hồ sơ:' }, { text: d.code, face: 'bold' }],
          style: { align: 'center', size: paper.size + 1, after: 0 },
        },
        ...(d.earlierCode
          ? [
              {
                text: `(thay số tạm ${d.earlierCode})`,
                style: { align: 'center' as const, face: 'italic' as const, size: paper.size - 1, after: 0 },
              },
            ]
          : []),
      ],
    },
  ]);
  paper.y = Math.min(paper.y, top - side) - 2;
  if (d.provisional)
    paper.text('Số tạm: hệ thống tỉnh đang mất kết nối. Mã hồ sơ chính thức sẽ được nhắn cho Ông (Bà); số tạm vẫn dùng để tra cứu.', {
      face: 'boldItalic',
      size: paper.size - 0.5,
      after: 3,
    });
  field(paper, 'Đơn vị tiếp nhận', d.resultPlace);
  person(paper, `Tiếp nhận hồ sơ của Ông (Bà) (${d.channel})`, d.applicant);
  if (d.owner) {
    field(paper, 'Chủ hồ sơ', d.owner.name);
    field(paper, 'Địa chỉ chủ hồ sơ', d.owner.address);
    field(paper, 'Nộp thay theo', d.authority);
  }
  field(paper, 'Nội dung yêu cầu giải quyết', d.request);
  if (d.request === d.procedure) field(paper, 'Mã thủ tục', d.procedureCode);
  else field(paper, 'Thủ tục', `${d.procedureCode} ${d.procedure}`);
  paper.text('1. Thành phần hồ sơ nộp gồm:', { after: 2 });
  paper.table(
    [
      { title: 'TT', share: 6, align: 'center' },
      { title: 'Tên giấy tờ', share: 58 },
      { title: 'Bản\nchính', share: 11, align: 'center' },
      { title: 'Bản chứng\nthực', share: 15, align: 'center' },
      { title: 'Bản\nsao', share: 10, align: 'center' },
    ],
    d.components.map((c, i) => [
      String(i + 1),
      c.note ? [{ text: c.name }, { text: `(${c.note})`, face: 'italic' }] : c.name,
      count(c.originals),
      count(c.certified),
      count(c.copies),
    ]),
    { size: paper.size - 1 },
  );
  field(paper, '2. Số lượng hồ sơ', `${String(d.sets).padStart(2, '0')} bộ`);
  field(paper, '3. Thời gian giải quyết theo quy định', d.limit);
  field(paper, '4. Thời gian nhận hồ sơ', longTime(d.receivedAt));
  field(paper, '5. Thời gian trả kết quả', d.dueAt === null ? undefined : longTime(d.dueAt));
  field(paper, '6. Nhận kết quả tại', d.resultPlace);
  field(paper, '7. Phí, lệ phí', d.fees);
  paper.text(`Kết quả có thể trả sớm hơn. Tra cứu: ${head.lookupUrl}, điện thoại ${head.hotline}.`, {
    face: 'italic',
    size: paper.size - 1,
    after: 0,
  });
  signatures(
    paper,
    [
      { role: 'NGƯỜI NỘP HỒ SƠ', name: d.applicant.name },
      { role: 'NGƯỜI TIẾP NHẬN HỒ SƠ', name: d.officer },
    ],
    mm(11),
  );
  return paper.finish();
}

/** Codes that stand side by side at the foot of a receipt for a whole visit, A5. */
const PER_ROW = 4;

/**
 * One receipt for everything that a citizen handed in on one visit, as provincial systems print it (phieuTiepNhanNhieuHoSo); each
 * dossier keeps its own code, day and receipt. The code of each stands below, to be scanned like that of its own receipt.
 */
export async function visitReceiptForm(head: Letterhead, all: readonly FormDossier[], at: number): Promise<Uint8Array> {
  const paper = await openForm(head, { paper: 'A5', title: 'Giấy tiếp nhận hồ sơ và hẹn trả kết quả', form: 'Mẫu số 01', at, size: 9.5 });
  const [first] = all;
  paper.text('GIẤY TIẾP NHẬN HỒ SƠ\nVÀ HẸN TRẢ KẾT QUẢ', { face: 'bold', align: 'center', size: paper.size + 2, after: 2 });
  paper.text(`(${all.length} hồ sơ nộp cùng lượt)`, { face: 'italic', align: 'center', after: 4 });
  if (!first) return paper.finish();
  field(paper, 'Đơn vị tiếp nhận', first.resultPlace);
  person(paper, `Tiếp nhận hồ sơ của Ông (Bà) (${first.channel})`, first.applicant);
  paper.table(
    [
      { title: 'TT', share: 6, align: 'center' },
      { title: 'Mã hồ sơ', share: 34 },
      { title: 'Thủ tục', share: 30 },
      { title: 'Hẹn trả', share: 15, align: 'center' },
      { title: 'Phí, lệ phí', share: 15, align: 'center' },
    ],
    all.map((d, i) => [
      String(i + 1),
      d.provisional ? `${d.code} (số tạm)` : d.code,
      d.request === d.procedure || d.request === '' ? d.procedure : `${d.procedure}: ${d.request}`,
      d.dueAt === null ? '' : stamp(d.dueAt),
      d.fees ?? '',
    ]),
    { size: paper.size - 1 },
  );
  field(paper, 'Thời gian nhận hồ sơ', longTime(Math.max(...all.map((d) => d.receivedAt))));
  paper.text('Giấy tờ của từng hồ sơ ghi ở giấy tiếp nhận riêng của hồ sơ đó, có thể xin in tại quầy.', {
    face: 'italic',
    size: paper.size - 1,
    after: 4,
  });
  const side = mm(20);
  const step = paper.inner / PER_ROW;
  for (let from = 0; from < all.length; from += PER_ROW) {
    const row = all.slice(from, from + PER_ROW);
    const top = paper.y;
    row.forEach((d, i) => paper.qr(d.code, paper.left + i * step, top, side));
    paper.y = top - side - 2;
    paper.columns(
      Array.from({ length: PER_ROW }, (_, i) => ({
        share: step,
        lines: row[i] ? [{ text: `${from + i + 1}. ${row[i].code}`, style: { size: paper.size - 3, after: 0 } }] : [],
      })),
    );
    paper.y -= 4;
  }
  signatures(
    paper,
    [
      { role: 'NGƯỜI NỘP HỒ SƠ', name: first.applicant.name },
      { role: 'NGƯỜI TIẾP NHẬN HỒ SƠ', name: first.officer },
    ],
    mm(11),
  );
  return paper.finish();
}
