import type { Letterhead } from './frame.ts';
import { apologyForm, discontinuationForm, refusalForm, supplementForm } from './letters.ts';
import { receiptForm } from './receipt.ts';
import { SAMPLE_DOSSIER as d } from './sample.ts';
import { controlForm, registerForm } from './sheets.ts';

const DAY = 86_400_000;

/** One of the seven forms with invented data, always marked TẬP HUẤN so that nobody takes it for a real one. */
export function sampleForm(letterhead: Letterhead, form: '01' | '02' | '03' | '04' | '05' | '06' | '07', at: number): Promise<Uint8Array> {
  const head = { ...letterhead, training: true };
  switch (form) {
    case '01':
      return receiptForm(head, d, at);
    case '02':
      return supplementForm(
        head,
        d,
        {
          number: '12/YCBS',
          items: ['Trang 2 của tờ khai chưa ký: ký và ghi rõ họ tên', 'Bản chính học bạ để đối chiếu'],
          reason: 'Tờ khai thiếu chữ ký; bản sao học bạ không có bản chính kèm theo',
          basis: 'Nghị định 118/2025/NĐ-CP, Điều 17',
          guidance: 'Ký tại quầy, hoặc ký ở nhà rồi nộp lại; mang theo bản chính học bạ',
          stage: 'Kiểm tra khi tiếp nhận',
          approver: '',
          expiresAt: at + 7 * DAY,
        },
        at,
      );
    case '03':
      return refusalForm(
        head,
        d,
        { number: '03/TC', reason: 'Yêu cầu thuộc thẩm quyền của cơ quan khác theo quy định.', basis: 'Luật Hộ tịch, Điều 27' },
        at,
      );
    case '04':
      return apologyForm(
        head,
        d,
        {
          number: '01/XL',
          reason: 'chờ kết quả xác minh của nơi đăng ký trước đây',
          promisedAt: at,
          newDueAt: at + 4 * DAY,
          signer: 'Trần Văn Hậu',
        },
        at,
      );
    case '05':
      return discontinuationForm(
        head,
        d,
        {
          number: '01/DG',
          reason: 'Người yêu cầu rút hồ sơ',
          basis: 'Đơn ngày 24/11/2026',
          stage: 'Đang thẩm định, chưa có kết quả',
          money: 'Hoàn lại 25.000 đồng',
        },
        at,
      );
    case '06':
      return controlForm(
        head,
        d,
        [
          {
            at,
            from: 'Trung tâm (Lê Thị Thanh Huyền)',
            to: 'Bộ phận tư pháp, hộ tịch',
            what: 'Chuyển hồ sơ giải quyết',
            result: 'Đúng hạn',
            note: '',
          },
          {
            at: at + DAY,
            from: 'Bộ phận tư pháp, hộ tịch',
            to: 'Trung tâm',
            what: 'Trả kết quả về Một cửa',
            result: 'Trước hạn',
            note: 'Đã ký số',
          },
        ],
        at,
      );
    case '07':
      return registerForm(
        head,
        {
          year: 2026,
          closed: false,
          lines: Array.from({ length: 9 }, (_, i) => ({
            number: 9 - i,
            code: `H15.50.05.13-261123-${String(9 - i).padStart(4, '0')}`,
            name: d.applicant.name,
            address: d.applicant.address ?? '',
            procedure: d.procedure,
            receivedAt: at,
            dueAt: at + 4 * DAY,
            returnedAt: i % 3 === 0 ? at + 3 * DAY : null,
            receiver: i % 3 === 0 ? d.applicant.name : '',
            note: '',
          })),
        },
        at,
      );
  }
}
