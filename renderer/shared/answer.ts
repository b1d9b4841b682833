import { isDefinedError } from '@orpc/client';
import { NotConnected } from './client.ts';

/** What a screen says when a call did not do what was asked: a sentence in each language, and an id for support when nobody expected it. */
export interface Trouble {
  readonly vi: string;
  readonly en: string;
  /** Word of the refusal, or 'unexpected' or 'not-connected'. */
  readonly code: string;
  readonly id?: string;
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

interface Sentences {
  readonly vi: string;
  readonly en: string;
  readonly refused?: string;
  readonly id?: string;
  readonly details?: Trouble['details'];
}
const hasSentences = (data: unknown): data is Sentences => typeof data === 'object' && data !== null && 'vi' in data && 'en' in data;

/** Turns whatever a call threw into words. Never throws, never shows a technical text. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof NotConnected) {
    return {
      code: 'not-connected',
      vi: 'Chưa nối được với máy chủ quầy. Việc này chưa được ghi nhận, hãy thử lại khi có kết nối.',
      en: 'No connection to the counter server. This was not recorded; try again when it is back.',
    };
  }
  const data: unknown = typeof error === 'object' && error !== null && 'data' in error ? error.data : undefined;
  if (error instanceof Error && (isDefinedError(error) || hasSentences(data)) && hasSentences(data)) {
    return {
      code: data.refused ?? 'unexpected',
      vi: data.vi,
      en: data.en,
      ...(data.id === undefined ? {} : { id: data.id }),
      ...(data.details === undefined ? {} : { details: data.details }),
    };
  }
  console.error(error);
  return {
    code: 'unexpected',
    vi: 'Có lỗi chưa rõ. Hãy thử lại; nếu còn, báo người quản trị.',
    en: 'Something unexpected happened. Try again; if it stays, tell the administrator.',
  };
}
