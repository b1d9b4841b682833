import type { ProvinceReply } from './wire.ts';

/** The panel of troubles: what the virtual province does wrong, so that officers can rehearse it and tests can prove it. */
export interface TroubleSettings {
  /** No connection is answered at all. */
  down: boolean;
  /** Every answer takes this long, ms. */
  slowMs: number;
  /** Share (0 to 1) of requests that are carried out and whose reply never comes. */
  dropReplies: number;
  /** Share of replies that stop in the middle. */
  halfReplies: number;
  /** Share of replies that are sent twice on the same connection. */
  duplicateReplies: number;
  /** Answer this status instead, for this share of requests; `after`: the request is carried out all the same. */
  status: {
    code: 401 | 403 | 409 | 413 | 422 | 429 | 500 | 502 | 503;
    share: number;
    after?: boolean;
    retryAfterS?: number;
    only?: string;
  } | null;
  /** Share of uploads whose hash is answered wrongly. */
  wrongHash: number;
  /** The province's clock runs this much ahead (or behind, when negative), ms. */
  clockSkewMs: number;
  /** How long a token is good, seconds. */
  tokenLifeS: number;
  /** GetToken and login say no. */
  signInRefused: boolean;
  /** Component codes that the catalogue no longer has: CreateDossier answers 422 with words. */
  unknownComponents: string[];
  /** Largest file, bytes. */
  maxFileBytes: number;
}

export const NO_TROUBLE: TroubleSettings = {
  down: false,
  slowMs: 0,
  dropReplies: 0,
  halfReplies: 0,
  duplicateReplies: 0,
  status: null,
  wrongHash: 0,
  clockSkewMs: 0,
  tokenLifeS: 1800,
  signInRefused: false,
  unknownComponents: [],
  maxFileBytes: 50 * 1024 * 1024,
};

export type Fate = 'answer' | 'drop' | 'half' | 'twice';

/** @param random numbers in [0, 1); seeded in tests */
export function createTroubles(random: () => number) {
  let now: TroubleSettings = { ...NO_TROUBLE };
  const hit = (share: number) => share > 0 && random() < share;
  return {
    current: (): TroubleSettings => ({ ...now }),
    set(patch: Partial<TroubleSettings>): TroubleSettings {
      now = { ...now, ...patch };
      return { ...now };
    },
    clear: (): TroubleSettings => ({ ...(now = { ...NO_TROUBLE }) }),
    /** A status to answer instead of (or after) the work. */
    status(step: string): NonNullable<TroubleSettings['status']> | null {
      return now.status && (now.status.only === undefined || now.status.only === step) && hit(now.status.share) ? now.status : null;
    },
    wrongHash: () => hit(now.wrongHash),
    fate(): Fate {
      if (hit(now.dropReplies)) return 'drop';
      if (hit(now.halfReplies)) return 'half';
      return hit(now.duplicateReplies) ? 'twice' : 'answer';
    },
  };
}

export type Troubles = ReturnType<typeof createTroubles>;

const WORDS: Record<number, [string, string]> = {
  401: ['PHIEN_HET_HAN', 'Phiên làm việc đã hết hạn.'],
  403: ['KHONG_CO_QUYEN', 'Tài khoản không có quyền gửi hồ sơ cho đơn vị này.'],
  409: ['XUNG_DOT', 'Yêu cầu xung đột với yêu cầu khác đang xử lý.'],
  413: ['TEP_QUA_LON', 'Tệp lớn hơn mức hệ thống nhận.'],
  422: ['DU_LIEU_SAI', 'Dữ liệu hồ sơ chưa đúng danh mục của tỉnh.'],
  429: ['QUA_NHIEU', 'Quá nhiều yêu cầu, gửi lại sau.'],
};

/** The reply of a trouble; 5xx come as a proxy would send them, in HTML. */
export function troubleReply(code: number, retryAfterS?: number): ProvinceReply {
  const headers: Record<string, string> = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
  const words = WORDS[code];
  return words
    ? {
        status: code,
        headers: { ...headers, 'content-type': 'application/json; charset=utf-8' },
        body: Buffer.from(JSON.stringify({ MaLoi: words[0], ThongBao: words[1] })),
      }
    : {
        status: code,
        headers: { ...headers, 'content-type': 'text/html; charset=utf-8' },
        body: Buffer.from(`<html><body><h1>${code}</h1></body></html>`),
      };
}
