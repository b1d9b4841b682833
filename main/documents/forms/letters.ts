import type { Paper } from '../paper.ts';
import { longTime, shortTime } from '../words.ts';
import { field, heading, openForm, person, signatures, type FormDossier, type Letterhead } from './frame.ts';

export interface SupplementLetter {
  readonly number: string;
  readonly items: readonly string[];
  readonly reason: string;
  readonly basis: string;
  readonly guidance: string;
  readonly stage: string;
  readonly approver: string;
  readonly expiresAt: number | null;
}

function subject(paper: Paper, d: FormDossier): void {
  person(paper, 'Tiếp nhận hồ sơ của', d.applicant);
  if (d.owner) field(paper, 'Chủ hồ sơ', d.owner.name);
  field(paper, 'Nội dung yêu cầu giải quyết', d.request);
  field(paper, 'Thủ tục', `${d.procedureCode} ${d.procedure}`);
}

const contact = (paper: Paper, head: Letterhead, d: FormDossier): void =>
  paper.text(`Nếu còn vướng mắc, Ông (Bà) liên hệ ${d.officer}, điện thoại ${head.hotline}, hoặc xem ${head.lookupUrl}.`, {
    face: 'italic',
    after: 0,
  });

/** Mẫu 02: everything that is missing, at once, with the reason, its basis and how to mend it. */
export async function supplementForm(head: Letterhead, d: FormDossier, letter: SupplementLetter, at: number): Promise<Uint8Array> {
  const paper = await openForm(head, {
    paper: 'A5',
    title: 'Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ',
    form: 'Mẫu số 02',
    number: letter.number,
    at,
  });
  heading(paper, 'PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ', d.code === '' ? undefined : `Mã hồ sơ: ${d.code}`);
  subject(paper, d);
  paper.text('Đề nghị Ông (Bà) bổ sung, hoàn thiện các nội dung sau:', { after: 2 });
  letter.items.forEach((item, i) => paper.text(`${i + 1}. ${item}`, { indent: 10, after: 1.5 }));
  field(paper, 'Lý do', letter.reason);
  field(paper, 'Căn cứ', letter.basis);
  field(paper, 'Hướng dẫn', letter.guidance);
  field(paper, 'Giai đoạn', letter.approver ? `${letter.stage}; người duyệt: ${letter.approver}` : letter.stage);
  if (letter.expiresAt !== null) field(paper, 'Đề nghị bổ sung trước', longTime(letter.expiresAt));
  contact(paper, head, d);
  signatures(paper, [
    { role: 'NGƯỜI NỘP HỒ SƠ', name: d.applicant.name },
    { role: 'NGƯỜI HƯỚNG DẪN', name: d.officer },
  ]);
  return paper.finish();
}

/** Mẫu 03: the reason in the words of the law, never a technical code. */
export async function refusalForm(
  head: Letterhead,
  d: FormDossier,
  letter: { number: string; reason: string; basis: string },
  at: number,
): Promise<Uint8Array> {
  const paper = await openForm(head, {
    paper: 'A5',
    title: 'Phiếu từ chối tiếp nhận, giải quyết hồ sơ',
    form: 'Mẫu số 03',
    number: letter.number,
    at,
  });
  heading(paper, 'PHIẾU TỪ CHỐI TIẾP NHẬN,\nGIẢI QUYẾT HỒ SƠ', d.code === '' ? undefined : `Mã hồ sơ: ${d.code}`);
  subject(paper, d);
  paper.text(`Qua xem xét, ${head.centre} thông báo không tiếp nhận, giải quyết hồ sơ này.`, { align: 'justify', after: 2 });
  field(paper, 'Lý do', letter.reason);
  field(paper, 'Căn cứ', letter.basis);
  contact(paper, head, d);
  signatures(paper, [
    { role: 'NGƯỜI NỘP HỒ SƠ', name: d.applicant.name },
    { role: 'NGƯỜI TIẾP NHẬN HỒ SƠ', name: d.officer },
  ]);
  return paper.finish();
}

/** Mẫu 04: apology and extension; the old date, the reason, the new date, who answers for it. */
export async function apologyForm(
  head: Letterhead,
  d: FormDossier,
  letter: { number: string; reason: string; promisedAt: number; newDueAt: number; signer: string },
  at: number,
): Promise<Uint8Array> {
  const paper = await openForm(head, {
    paper: 'A5',
    title: 'Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết',
    form: 'Mẫu số 04',
    number: letter.number,
    at,
  });
  heading(paper, 'VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN\nTHỜI GIAN GIẢI QUYẾT', `Mã hồ sơ: ${d.code}`);
  paper.text([{ text: 'Kính gửi: Ông (Bà)' }, { text: d.owner?.name ?? d.applicant.name, face: 'bold' }], { align: 'center', after: 4 });
  paper.text(
    `${head.centre} đã tiếp nhận hồ sơ của Ông (Bà) lúc ${longTime(d.receivedAt)}, nội dung: ${d.request}; hẹn trả kết quả lúc ${longTime(letter.promisedAt)}.`,
    { align: 'justify', indent: 20, after: 3 },
  );
  paper.text([{ text: 'Đến nay hồ sơ chưa giải quyết xong. Lý do:' }, { text: letter.reason, face: 'bold' }], {
    align: 'justify',
    indent: 20,
    after: 3,
  });
  paper.text('Sự chậm trễ này đã gây phiền hà, tốn kém thời gian và công sức của Ông (Bà). Chúng tôi xin lỗi Ông (Bà).', {
    align: 'justify',
    indent: 20,
    after: 3,
  });
  paper.text([{ text: 'Thời gian trả kết quả mới:' }, { text: shortTime(letter.newDueAt), face: 'bold' }, { text: '(gia hạn một lần).' }], {
    indent: 20,
    after: 3,
  });
  paper.text('Mong Ông (Bà) thông cảm.', { indent: 20, after: 2 });
  signatures(paper, [
    { role: '', hint: '' },
    { role: 'THỦ TRƯỞNG ĐƠN VỊ', hint: '(Ký, ghi rõ họ tên và đóng dấu)', name: letter.signer },
  ]);
  return paper.finish();
}

/** Mẫu 05: who asked to stop, at which stage, what happens to the money. */
export async function discontinuationForm(
  head: Letterhead,
  d: FormDossier,
  letter: { number: string; reason: string; basis: string; stage: string; money: string },
  at: number,
): Promise<Uint8Array> {
  const paper = await openForm(head, {
    paper: 'A5',
    title: 'Thông báo dừng giải quyết hồ sơ',
    form: 'Mẫu số 05',
    number: letter.number,
    at,
  });
  heading(paper, 'THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ', `Mã hồ sơ: ${d.code}`);
  subject(paper, d);
  field(paper, 'Thời gian tiếp nhận', longTime(d.receivedAt));
  paper.text(`${head.centre} thông báo dừng giải quyết hồ sơ này.`, { after: 2 });
  field(paper, 'Lý do', letter.reason);
  field(paper, 'Căn cứ', letter.basis);
  field(paper, 'Giai đoạn giải quyết', letter.stage);
  field(paper, 'Phí, lệ phí', letter.money);
  contact(paper, head, d);
  signatures(paper, [
    { role: 'NGƯỜI NỘP HỒ SƠ', name: d.applicant.name },
    { role: 'THỦ TRƯỞNG ĐƠN VỊ', hint: '(Ký, ghi rõ họ tên và đóng dấu)' },
  ]);
  return paper.finish();
}
