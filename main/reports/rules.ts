import type { Indicator, RegisterRow } from '../contract/reports.ts';

/** What reports know of a dossier; `counter.ts` hands in where it comes from. Times are epoch ms, money is đồng. */
export interface Facts {
  readonly procedureCode: string;
  readonly procedure: string;
  readonly business: string;
  readonly sync: string;
  readonly channel: string;
  readonly receivedAt: number;
  readonly dueAt: number | null;
  readonly finishedAt: number | null;
  readonly returnedAt: number | null;
  readonly fee: number;
  readonly paidAt: number | null;
  readonly paidBy: string | null;
  readonly components: number;
  readonly digitised: number;
  readonly reused: number;
  readonly resultSigned: boolean;
  readonly stars: number | null;
  readonly supplements: number;
}

const DAY = 86_400_000;
const OFFSET = 7 * 3_600_000;
const STOPPED = new Set(['withdrawn', 'discontinued', 'lapsed', 'refused']);

/** Before the day, by the promised moment, after it; an unfinished dossier past its promise is late already. */
export function timeliness(f: Pick<Facts, 'dueAt' | 'finishedAt' | 'returnedAt' | 'business'>, now: number): RegisterRow['timeliness'] {
  if (STOPPED.has(f.business)) return 'open';
  const done = f.finishedAt ?? f.returnedAt;
  if (done === null)
    return f.dueAt !== null && now > f.dueAt && f.business !== 'supplement' && f.business !== 'obligation' ? 'late' : 'open';
  if (f.dueAt === null) return 'on-time';
  if (done > f.dueAt) return 'late';
  return Math.floor((done + OFFSET) / DAY) < Math.floor((f.dueAt + OFFSET) / DAY) ? 'early' : 'on-time';
}

/**
 * The measures of QĐ 766/QĐ-TTg that an officer can move, as the National Portal counts them: numerator, denominator, and the
 * share of the points that they bring. Nothing to count gives nulls, never a hundred per cent.
 */
export function indicators(facts: readonly Facts[], now: number): Indicator[] {
  const counted = facts.filter((f) => f.business !== 'refused' && f.business !== 'withdrawn');
  const done = counted.filter((f) => f.finishedAt !== null || f.returnedAt !== null);
  const judged = counted.filter((f) => timeliness(f, now) !== 'open');
  const punctual = judged.filter((f) => timeliness(f, now) !== 'late');
  const rated = facts.filter((f) => f.stars !== null);
  const payable = counted.filter((f) => f.fee > 0);
  const sum = (of: (f: Facts) => number) => counted.reduce((s, f) => s + of(f), 0);
  /** @param full share at which all points are given */
  const measure = (
    code: string,
    name: string,
    numerator: number,
    denominator: number,
    maxScore: number,
    rule: string,
    full = 1,
  ): Indicator => {
    const ratio = denominator === 0 ? null : numerator / denominator;
    return {
      code,
      name,
      numerator,
      denominator,
      ratio,
      score: ratio === null ? null : Math.round(Math.min(1, ratio / full) * maxScore * 100) / 100,
      maxScore,
      rule,
    };
  };
  return [
    measure(
      'DOSSIER_SYNC',
      'Đồng bộ hồ sơ theo thời gian thực',
      counted.filter((f) => f.sync === 'acknowledged' || f.sync === 'reconciled').length,
      counted.length,
      6,
      'Hồ sơ tỉnh đã nhận / hồ sơ tiếp nhận',
    ),
    measure(
      'ON_TIME',
      'Tiến độ giải quyết',
      punctual.length,
      judged.length,
      20,
      'Hồ sơ đúng hoặc trước hạn / hồ sơ đã xong hoặc đã quá hạn',
    ),
    measure(
      'SO_HOA_GIAY_TO',
      'Số hóa thành phần hồ sơ khi tiếp nhận',
      sum((f) => f.digitised),
      sum((f) => f.components),
      4,
      'Thành phần đã quét thành tệp / thành phần giấy đã nhận',
    ),
    measure(
      'REUSED_DIGITIZED_DATA',
      'Khai thác, sử dụng lại dữ liệu số hóa',
      counted.filter((f) => f.reused > 0).length,
      counted.length,
      2,
      'Hồ sơ dùng lại dữ liệu đã có / hồ sơ tiếp nhận; đủ điểm ở 80 %',
      0.8,
    ),
    measure(
      'ORIGINAL_RESULT_AVAILABLE',
      'Cấp kết quả điện tử',
      done.filter((f) => f.resultSigned).length,
      done.length,
      6,
      'Kết quả đã ký số / hồ sơ đã giải quyết xong',
    ),
    measure(
      'DOSSIER_RECEIVING_SATISFACTION',
      'Hài lòng khi tiếp nhận, giải quyết',
      rated.filter((f) => (f.stars ?? 0) >= 4 && timeliness(f, now) !== 'late').length,
      rated.length,
      6,
      'Đánh giá 4-5 sao và không quá hạn / lượt đánh giá; đủ điểm ở 90 %',
      0.9,
    ),
    measure(
      'ONLINE_PAYMENT',
      'Thanh toán không dùng tiền mặt',
      payable.filter((f) => f.paidBy !== null && f.paidBy !== 'cash').length,
      payable.length,
      6,
      'Hồ sơ trả phí qua mã QR, thẻ hoặc cổng / hồ sơ phải thu phí',
    ),
  ];
}

/** RFC 4180 with a byte order mark, so that a spreadsheet opens it in UTF-8; a cell that a spreadsheet would compute is disarmed. */
export function csv(rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number): string => {
    const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `\uFEFF${rows.map((r) => r.map(cell).join(',')).join('\r\n')}\r\n`;
}
