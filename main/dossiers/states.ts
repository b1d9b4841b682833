import type { Axes, BusinessState, MoneyState, PaperState, SyncState } from '../contract/dossiers.ts';

/** What can happen to a dossier. Every change of state is one of these; nothing else writes an axis. */
export const ACTIONS = [
  'discard',
  'register',
  'accept',
  'refuse',
  'request-supplement',
  'receive-supplement',
  'lapse',
  'forward',
  'coordinate',
  'request-obligation',
  'resume',
  'withdraw',
  'discontinue',
  'finish',
  'hand-over',
] as const;
export type Action = (typeof ACTIONS)[number];

/**
 * Nghiệp vụ: from which state an action leads where. `back` means the state in which the clock was stopped, because a
 * supplement may be asked for at the desk (back to the draft) or during appraisal (back to work).
 */
export const BUSINESS: Record<Action, Partial<Record<BusinessState, BusinessState | 'back'>>> = {
  discard: { draft: 'discarded' },
  register: { draft: 'registered' },
  accept: { draft: 'accepted', registered: 'accepted' },
  refuse: { draft: 'refused', registered: 'refused', accepted: 'refused' },
  'request-supplement': {
    draft: 'supplement',
    registered: 'supplement',
    accepted: 'supplement',
    processing: 'supplement',
    coordinating: 'supplement',
  },
  'receive-supplement': { supplement: 'back' },
  lapse: { supplement: 'lapsed' },
  forward: { accepted: 'processing' },
  coordinate: { accepted: 'coordinating', processing: 'coordinating' },
  'request-obligation': { accepted: 'obligation', processing: 'obligation' },
  resume: { coordinating: 'processing', obligation: 'processing' },
  withdraw: {
    registered: 'withdrawn',
    accepted: 'withdrawn',
    processing: 'withdrawn',
    coordinating: 'withdrawn',
    supplement: 'withdrawn',
    obligation: 'withdrawn',
  },
  discontinue: {
    registered: 'discontinued',
    accepted: 'discontinued',
    processing: 'discontinued',
    coordinating: 'discontinued',
    supplement: 'discontinued',
    obligation: 'discontinued',
  },
  finish: { accepted: 'finished', processing: 'finished', coordinating: 'finished' },
  'hand-over': { finished: 'returned' },
};

/** Giao nhận: what an action does to the papers; absent means they stay where they are. */
const PAPER: Partial<Record<Action, PaperState>> = {
  accept: 'counter',
  refuse: 'citizen',
  lapse: 'citizen',
  forward: 'agency',
  withdraw: 'citizen',
  discontinue: 'citizen',
  finish: 'result-at-counter',
  'hand-over': 'citizen',
};

/** TrangThaiHoSo of the provincial interfaces, 1 to 10; 0 while a dossier is only ours. */
export const STATUS_CODE: Record<BusinessState, number> = {
  draft: 0,
  discarded: 0,
  registered: 1,
  accepted: 2,
  refused: 3,
  processing: 4,
  coordinating: 4,
  supplement: 5,
  obligation: 6,
  withdrawn: 7,
  discontinued: 8,
  lapsed: 8,
  finished: 9,
  returned: 10,
};

export const STATUS_TEXT: Record<BusinessState, string> = {
  draft: 'Nháp',
  discarded: 'Đã bỏ nháp',
  registered: 'Mới đăng ký',
  accepted: 'Được tiếp nhận',
  refused: 'Không được tiếp nhận',
  processing: 'Đang xử lý',
  coordinating: 'Chờ cơ quan phối hợp',
  supplement: 'Yêu cầu bổ sung giấy tờ',
  obligation: 'Yêu cầu thực hiện nghĩa vụ tài chính',
  withdrawn: 'Công dân yêu cầu rút hồ sơ',
  discontinued: 'Dừng xử lý',
  lapsed: 'Dừng xử lý: quá hạn bổ sung',
  finished: 'Đã xử lý xong',
  returned: 'Đã trả kết quả',
};

/** While one of these holds, the clock stands still. */
export const PAUSED: ReadonlySet<BusinessState> = new Set<BusinessState>(['supplement', 'obligation']);
/** Work is owed to the citizen. */
export const OPEN: readonly BusinessState[] = ['accepted', 'processing', 'coordinating', 'supplement', 'obligation'];
export const ENDED: ReadonlySet<BusinessState> = new Set<BusinessState>([
  'discarded',
  'refused',
  'withdrawn',
  'discontinued',
  'lapsed',
  'returned',
]);

/**
 * The next state on the axes, or undefined when the action is not possible now.
 * @param back the state in which the clock was stopped; needed by `receive-supplement`
 * @param known whether the province has, or will get, this dossier: then each step has to be sent
 */
export function next(axes: Axes, action: Action, context: { back?: BusinessState | null; known: boolean }): Axes | undefined {
  const to = BUSINESS[action][axes.business];
  if (to === undefined) return undefined;
  const business = to === 'back' ? (context.back ?? 'draft') : to;
  const paper = action === 'receive-supplement' || axes.business === 'draft' ? paperOf(action, axes) : (PAPER[action] ?? axes.paper);
  const sync: SyncState = context.known && STATUS_CODE[business] > 0 ? 'queued' : axes.sync;
  return { business, money: axes.money, paper, sync };
}

/** From a draft nothing was ever handed in, so nothing goes back. */
const paperOf = (action: Action, axes: Axes): PaperState => (action === 'accept' ? 'counter' : axes.paper);

/** Tài chính: own events, independent of the business axis. */
export const MONEY: Record<'charge' | 'waive' | 'pay' | 'cancel' | 'refund', Partial<Record<MoneyState, MoneyState>>> = {
  charge: { none: 'due', due: 'due', cancelled: 'due' },
  waive: { none: 'none', due: 'none', cancelled: 'none' },
  pay: { none: 'paid', due: 'paid', cancelled: 'paid' },
  cancel: { paid: 'cancelled' },
  refund: { paid: 'refunded' },
};

/** Đồng bộ: what the delivery tells. An answer that comes late never moves a dossier back from reconciled. */
export const SYNC: Record<'acknowledge' | 'reject' | 'reconcile' | 'queue', Partial<Record<SyncState, SyncState>>> = {
  queue: { local: 'queued', queued: 'queued', acknowledged: 'queued', rejected: 'queued', reconciled: 'queued' },
  acknowledge: { queued: 'acknowledged', rejected: 'acknowledged', acknowledged: 'acknowledged', reconciled: 'reconciled' },
  reject: { queued: 'rejected', rejected: 'rejected', acknowledged: 'rejected' },
  reconcile: { queued: 'queued', acknowledged: 'reconciled', reconciled: 'reconciled' },
};
