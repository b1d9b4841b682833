import type { DossierView } from '../../../main/contract/dossier-views.ts';

export interface NextStep {
  readonly action: 'handover' | 'result' | 'forward' | 'resume' | 'receive-supplement' | 'intake';
  readonly vi: string;
  readonly en: string;
  readonly detailVi: string;
  readonly detailEn: string;
}

/** The one thing to do next with a dossier at the counter, or nothing when it waits for somebody else or is over. */
export function nextStep(dossier: Pick<DossierView, 'axes' | 'documents' | 'receivedAt'>): NextStep | null {
  switch (dossier.axes.business) {
    case 'finished':
      return {
        action: 'handover',
        vi: 'Trả kết quả',
        en: 'Hand over',
        detailVi: 'Ghi người nhận, in sổ',
        detailEn: 'Record who receives it',
      };
    case 'accepted':
      return {
        action: 'forward',
        vi: 'Chuyển giải quyết',
        en: 'Forward',
        detailVi: 'Giao giấy tờ cho cơ quan giải quyết',
        detailEn: 'Papers go to the deciding agency',
      };
    case 'processing':
      return dossier.documents.some((document) => document.kind === 'result' && document.replacedBy === undefined)
        ? null
        : {
            action: 'result',
            vi: 'Lập kết quả',
            en: 'Make the result',
            detailVi: 'Soạn theo mẫu hoặc đính kèm PDF',
            detailEn: 'From the template or a PDF',
          };
    case 'draft':
      return {
        action: 'intake',
        vi: 'Làm tiếp hồ sơ',
        en: 'Go on with the intake',
        detailVi: 'Mở lại trang Tiếp nhận',
        detailEn: 'Opens the intake page',
      };
    case 'supplement':
      return dossier.receivedAt === null
        ? {
            action: 'receive-supplement',
            vi: 'Đã mang đủ, làm tiếp',
            en: 'Brought, go on',
            detailVi: 'Mở lại trang Tiếp nhận',
            detailEn: 'Opens the intake page',
          }
        : {
            action: 'receive-supplement',
            vi: 'Đã nhận bổ sung',
            en: 'Supplement received',
            detailVi: 'Đồng hồ chạy tiếp',
            detailEn: 'The clock runs again',
          };
    case 'coordinating':
    case 'obligation':
      return {
        action: 'resume',
        vi: 'Đã có trả lời, làm tiếp',
        en: 'Go on',
        detailVi: 'Đồng hồ chạy tiếp',
        detailEn: 'The clock runs again',
      };
    default:
      return null;
  }
}
