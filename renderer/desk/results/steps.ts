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

export type OtherAction = 'finish' | 'coordinate' | 'withdraw' | 'discontinue' | 'shelf';
interface Words {
  readonly vi: string;
  readonly en: string;
}
export interface OtherStep {
  readonly action: OtherAction;
  readonly label: Words;
  readonly explain: Words;
  /** What must be written down, at most two lines. */
  readonly fields: readonly Words[];
}

const w = (vi: string, en: string): Words => ({ vi, en });
const REASON = w('Lý do', 'Reason');
const OTHER: readonly (OtherStep & { readonly from: readonly string[] })[] = [
  {
    action: 'finish',
    label: w('Kết quả đã ký ở nơi khác', 'The result was signed elsewhere'),
    explain: w(
      'Ký tay, hoặc ký trong hệ thống của bộ, ngành. Hồ sơ chuyển sang chờ trả.',
      'By hand, or in a ministry’s system. The dossier waits for its handover.',
    ),
    fields: [w('Ký ở đâu, văn bản nào', 'Where, and which document')],
    from: ['accepted', 'processing', 'coordinating'],
  },
  {
    action: 'coordinate',
    label: w('Chờ cơ quan phối hợp', 'Waits for another agency'),
    explain: w('Ghi cơ quan được hỏi ý kiến; ngày hẹn giữ nguyên.', 'Notes the agency that was asked; the promised day stands.'),
    fields: [w('Cơ quan phối hợp', 'Agency'), w('Hỏi việc gì', 'About what')],
    from: ['accepted', 'processing'],
  },
  {
    action: 'withdraw',
    label: w('Công dân rút hồ sơ', 'The citizen takes it back'),
    explain: w(
      'Hồ sơ kết thúc, giấy tờ trả lại công dân. Không hoàn lại được.',
      'The dossier ends and the papers go back. This cannot be undone.',
    ),
    fields: [REASON],
    from: ['accepted', 'processing', 'coordinating', 'supplement', 'obligation'],
  },
  {
    action: 'discontinue',
    label: w('Dừng giải quyết', 'Discontinue'),
    explain: w(
      'Hồ sơ kết thúc theo một căn cứ pháp luật. Không hoàn lại được.',
      'The dossier ends on a legal ground. This cannot be undone.',
    ),
    fields: [REASON, w('Căn cứ', 'Legal ground')],
    from: ['accepted', 'processing', 'coordinating', 'supplement', 'obligation'],
  },
  {
    action: 'shelf',
    label: w('Nơi để hồ sơ', 'Where it lies'),
    explain: w('Ngăn, kệ; để tìm thấy khi công dân tới nhận.', 'Shelf or drawer, to be found when the citizen comes.'),
    fields: [w('Nơi để', 'Shelf')],
    from: ['accepted', 'processing', 'coordinating', 'supplement', 'obligation', 'finished'],
  },
];

/** What else may happen to a dossier in its state, beside the next step; nothing for one that was never taken in or is over. */
export const otherSteps = (dossier: Pick<DossierView, 'axes' | 'receivedAt'>): readonly OtherStep[] =>
  dossier.receivedAt === null ? [] : OTHER.filter((one) => one.from.includes(dossier.axes.business));
