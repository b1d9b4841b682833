import { grayscale } from 'pdf-lib';
import { heading, openForm, type Letterhead } from './frame.ts';
import { mm, type Paper } from '../paper.ts';
import { longTime } from '../words.ts';

/** Every tone, the stacked marks, both cases of Đ, and the sign of the money: what a wrong font loses first. */
const SAMPLE = 'Đường Nguyễn Huệ, ấm áp, ỗ ữ ặ ỵ, Ợ Ỹ Ẳ Ẫ, đ Đ, 25.000 ₫';
const QR = 'QUAY-IN-THU';

/**
 * A page to look at: letters in four faces and small sizes, a ruler to measure, a grey ladder, a code to read, and a frame
 * along the margins that a receipt needs.
 */
export async function testPage(head: Letterhead, printer: string, at: number): Promise<Uint8Array> {
  const paper = await openForm(head, { paper: 'A4', title: 'Trang in thử', at });
  heading(paper, 'TRANG IN THỬ', printer);
  paper.text(`In lúc ${longTime(at)}. Tờ này không thuộc hồ sơ nào; xem xong có thể bỏ.`, { align: 'center', after: 10 });
  for (const face of ['regular', 'bold', 'italic', 'boldItalic'] as const) paper.text(SAMPLE, { face });
  for (const size of [8, 10, 16]) paper.text(`Cỡ ${size}: ${SAMPLE}`, { size });
  paper.gap(10);
  paper.text('1. Chữ có dấu phải đọc rõ ở mọi dòng trên.');
  paper.text('2. Thước dưới đây dài đúng 100 mm; nếu khác, hãy tắt "vừa khổ giấy" trong cài đặt máy in.');
  ruler(paper, 100);
  paper.text('3. Mười ô xám phải khác nhau; ô cuối đen hẳn.');
  ladder(paper);
  paper.text('4. Mã dưới đây phải đọc được bằng đầu đọc mã (QUAY-IN-THU).');
  paper.qr(QR, paper.left, paper.y, mm(30));
  paper.gap(mm(32));
  paper.text('5. Khung mảnh quanh trang phải đủ bốn cạnh.');
  paper.page.drawRectangle({
    x: mm(8),
    y: mm(8),
    width: paper.width - mm(16),
    height: paper.height - mm(16),
    borderWidth: 0.6,
    borderColor: grayscale(0),
  });
  return paper.finish();
}

function ruler(paper: Paper, length: number): void {
  paper.gap(mm(6));
  paper.rule(mm(length), paper.left);
  for (let at = 0; at <= length; at += 5) {
    const x = paper.left + mm(at);
    paper.page.drawLine({ start: { x, y: paper.y }, end: { x, y: paper.y + mm(at % 10 === 0 ? 4 : 2) }, thickness: 0.6 });
  }
  paper.gap(mm(4));
}

function ladder(paper: Paper): void {
  paper.gap(mm(9));
  for (let step = 0; step < 10; step += 1)
    paper.page.drawRectangle({
      x: paper.left + mm(step * 12),
      y: paper.y,
      width: mm(11),
      height: mm(8),
      color: grayscale(1 - (step + 1) / 10),
    });
  paper.gap(mm(4));
}
