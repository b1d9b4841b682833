import type { FormDossier, Letterhead } from './frame.ts';

/** Invented, for the blank forms that a desk shows and for tests. */
export const SAMPLE_HEAD: Letterhead = {
  committee: 'Ủy ban nhân dân phường An Bình',
  centre: 'Trung tâm Phục vụ hành chính công phường An Bình',
  place: 'An Bình',
  hotline: '0262 000 1022',
  lookupUrl: 'https://dichvucong.gov.vn/tra-cuu',
  training: true,
};

export const SAMPLE_DOSSIER: FormDossier = {
  code: 'H15.50.05.13-261123-0001',
  provisional: false,
  procedure: 'Thay đổi, cải chính, bổ sung thông tin hộ tịch, xác định lại dân tộc',
  procedureCode: '1.004859',
  request: 'Cải chính ngày sinh trong Giấy khai sinh',
  applicant: {
    name: 'Nguyễn Thị Thùy Dương',
    idNumber: '001191024680',
    address: 'Tổ dân phố 4, phường An Bình, tỉnh Đắk Lắk',
    phone: '0905 118 264',
  },
  owner: { name: 'Nguyễn Văn Thưởng', address: 'Tổ dân phố 4, phường An Bình, tỉnh Đắk Lắk' },
  authority: 'con ruột, văn bản ủy quyền ngày 20/11/2026',
  channel: 'trực tiếp',
  sets: 1,
  components: [
    { name: 'Tờ khai theo mẫu', originals: 1, certified: 0, copies: 0 },
    { name: 'Giấy khai sinh cần cải chính', originals: 1, certified: 0, copies: 0, note: 'trả lại sau khi đối chiếu' },
    { name: 'Giấy tờ làm căn cứ cải chính: học bạ', originals: 0, certified: 0, copies: 1 },
    { name: 'Giấy tờ tùy thân', originals: 0, certified: 0, copies: 0, note: 'có trong CSDL, không thu giấy' },
  ],
  limit: '3 ngày làm việc',
  receivedAt: Date.UTC(2026, 10, 23, 2, 44),
  dueAt: Date.UTC(2026, 10, 27, 9, 30),
  fees: '25.000 đồng, đã thu',
  competentAgency: 'Ủy ban nhân dân phường An Bình',
  officer: 'Lê Thị Thanh Huyền',
  resultPlace: 'Trung tâm Phục vụ hành chính công phường An Bình',
};
