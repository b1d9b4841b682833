import { VIETNAM_OFFSET_MS } from '../store/index.ts';
import type { Line } from './line.ts';
import type { Item } from './outbox.ts';
import type { Progress } from './deliver.ts';
import type { Why } from './problems.ts';

/** All sentences about delivery, in one place, pure. They say the cause and the next step, and never a technical code. */
export interface Sentence {
  vi: string;
  en: string;
}
export type Tone = 'ok' | 'wait' | 'warn' | 'bad' | 'off';
export type RemedyWord = 'none' | 'correct' | 'sign-in' | 'rescan' | 'resume' | 'free-disk' | 'call-support';
export type ShownState =
  | 'ready'
  | 'sending-files'
  | 'submitted'
  | 'unknown'
  | 'acknowledged'
  | 'reconciled'
  | 'waiting-retry'
  | 'waiting-order'
  | 'waiting-sign-in'
  | 'waiting-hours'
  | 'paused'
  | 'refused'
  | 'needs-file'
  | 'moved'
  | 'superseded';

const s = (vi: string, en: string): Sentence => ({ vi, en });
/** `HH:MM` in Vietnam. */
export const clockTime = (ms: number) => new Date(ms + VIETNAM_OFFSET_MS).toISOString().slice(11, 16);

export const STATUS_TEXT: Readonly<Record<number, Sentence>> = {
  1: s('Mới đăng ký', 'Newly registered'),
  2: s('Được tiếp nhận', 'Accepted'),
  3: s('Không được tiếp nhận', 'Not accepted'),
  4: s('Đang xử lý', 'In process'),
  5: s('Yêu cầu bổ sung giấy tờ', 'Supplement requested'),
  6: s('Yêu cầu thực hiện nghĩa vụ tài chính', 'Payment due'),
  7: s('Công dân yêu cầu rút hồ sơ', 'Withdrawn by the citizen'),
  8: s('Dừng xử lý', 'Discontinued'),
  9: s('Đã xử lý xong', 'Decided'),
  10: s('Đã trả kết quả', 'Result handed over'),
};

export function labelText(label: string): Sentence {
  if (label === 'reception') return s('Tiếp nhận', 'Reception');
  if (label === 'supplement') return s('Bổ sung', 'Supplement');
  if (label === 'correction') return s('Sửa, gửi lại', 'Correction');
  if (label === 'handover') return s('Trả kết quả', 'Handover');
  const status = /^status-(\d+)$/.exec(label);
  return (status && STATUS_TEXT[Number(status[1])]) || s('Tiến trình', 'Progress');
}

export interface Seen {
  readonly item: Item;
  readonly flying: boolean;
  readonly progress: Progress | null;
  readonly waitsForOrder: boolean;
  readonly provisional: boolean;
  readonly line: Line;
  readonly paused: boolean;
  readonly local: Why | null;
  readonly bulkOpensAt: number | null;
  readonly now: number;
}

/** The state an officer reads, from what is stored and what is known of the line now. Pure. */
export function shownState(seen: Seen): ShownState {
  const { item } = seen;
  if (item.open === 0) return item.state === 'reconciled' ? 'reconciled' : item.state === 'superseded' ? 'superseded' : 'acknowledged';
  if (item.state === 'refused' || item.state === 'needs-file' || item.state === 'moved') return item.state;
  if (seen.flying)
    return item.state === 'sending' && seen.progress && seen.progress.filesTotal > 0
      ? 'sending-files'
      : item.maybeSent || item.state === 'submitted'
        ? 'submitted'
        : 'ready';
  if (seen.waitsForOrder) return 'waiting-order';
  if (seen.line.word === 'sign-in') return 'waiting-sign-in';
  if (seen.paused) return 'paused';
  if (item.maybeSent) return 'unknown';
  if (item.nextAt > seen.now) return 'waiting-retry';
  if (seen.bulkOpensAt !== null) return 'waiting-hours';
  return 'ready';
}

export function stateWords(state: ShownState, seen: Seen): { text: Sentence; tone: Tone } {
  const { item, progress } = seen;
  switch (state) {
    case 'ready':
      return {
        text: item.step > 0 ? s('Tỉnh đã nhận, còn báo tiến trình', 'Received, progress still to report') : s('Sẵn sàng gửi', 'Ready'),
        tone: 'wait',
      };
    case 'sending-files': {
      const n = Math.min((progress?.filesDone ?? 0) + 1, progress?.filesTotal ?? 1);
      return { text: s(`Đang tải tệp ${n}/${progress?.filesTotal ?? 1}`, `Sending file ${n}/${progress?.filesTotal ?? 1}`), tone: 'wait' };
    }
    case 'submitted':
      return { text: s('Đã gửi, chờ xác nhận', 'Sent, waiting for the answer'), tone: 'wait' };
    case 'unknown':
      return { text: s('Chưa rõ kết quả', 'Outcome unknown'), tone: 'off' };
    case 'acknowledged':
      return { text: s('Tỉnh đã nhận', 'Received by the province'), tone: 'ok' };
    case 'reconciled':
      return { text: s('Đã đối chiếu', 'Reconciled'), tone: 'ok' };
    case 'waiting-retry':
      return { text: s(`Thử lại lúc ${clockTime(item.nextAt)}`, `Next try at ${clockTime(item.nextAt)}`), tone: 'wait' };
    case 'waiting-order':
      return { text: s('Chờ việc trước', 'Waits for the one before'), tone: 'wait' };
    case 'waiting-sign-in':
      return { text: s('Chờ đăng nhập lại', 'Waits for sign-in'), tone: 'warn' };
    case 'waiting-hours':
      return {
        text: s(`Chờ giờ gửi ${clockTime(seen.bulkOpensAt ?? 0)}`, `Waits until ${clockTime(seen.bulkOpensAt ?? 0)}`),
        tone: 'wait',
      };
    case 'paused':
      return { text: s('Đang tạm dừng', 'Paused'), tone: 'off' };
    case 'refused':
      return { text: s('Tỉnh trả lại', 'Returned by the province'), tone: 'bad' };
    case 'needs-file':
      return { text: s('Cần quét lại', 'Scan again'), tone: 'bad' };
    case 'moved':
      return { text: s('Đã chuyển máy khác', 'Moved to another station'), tone: 'off' };
    case 'superseded':
      return { text: s('Đã có bản sau', 'A later one goes'), tone: 'off' };
  }
}

const tries = (n: number, en: boolean) => (n <= 0 ? '' : en ? ` Tried ${n} time${n === 1 ? '' : 's'}.` : `, đã thử ${n} lần`);

/** What is wrong with this machine, so that the outcome of sending cannot be noted. */
function localWords(reasonCode: string | undefined): Sentence {
  if (reasonCode === 'full')
    return s(
      'Ổ đĩa của máy này đã đầy nên chưa ghi được kết quả gửi. Hồ sơ còn nguyên.',
      'The disk of this machine is full, so the outcome could not be noted. The dossier is whole.',
    );
  if (reasonCode === 'read-only')
    return s(
      'Thư mục dữ liệu của máy này không ghi được nữa (ổ đĩa chỉ đọc, lỗi hoặc bị rút) nên chưa gửi tiếp. Hồ sơ còn nguyên.',
      'The data folder of this machine cannot be written to any more (read-only, faulty or unplugged), so sending waits. The dossier is whole.',
    );
  return s(
    'Cơ sở dữ liệu của máy này đang bận nên chưa gửi tiếp. Hồ sơ còn nguyên.',
    'The database of this machine is busy, so sending waits. The dossier is whole.',
  );
}

/** Vì sao. */
export function whyWords(state: ShownState, seen: Seen): Sentence {
  const { item, line } = seen;
  if (seen.local && item.open === 1) return localWords(seen.local.reasonCode);
  switch (state) {
    case 'acknowledged':
    case 'reconciled':
      return s(`Tỉnh đã nhận lúc ${clockTime(item.ackedAt ?? 0)}.`, `The province received it at ${clockTime(item.ackedAt ?? 0)}.`);
    case 'superseded':
      return s('Bản sau đã được gửi thay.', 'A later revision goes instead.');
    case 'moved':
      return s(
        'Đã xuất ra tệp để máy khác gửi. Máy này giữ lại bản lưu.',
        'Exported for another station to send. This machine keeps its copy.',
      );
    case 'refused':
      return s(item.why?.reason ?? 'Tỉnh trả lại mà không nêu lý do.', item.why?.reason ?? 'The province returned it without a reason.');
    case 'needs-file':
      return item.why?.reasonCode === 'gone'
        ? s(`Không còn tệp “${item.why.file ?? ''}” trên máy.`, `The file "${item.why.file ?? ''}" is no longer on this machine.`)
        : s(
            `Tệp “${item.why?.file ?? ''}” đã khác với lúc quét, nên không gửi.`,
            `The file "${item.why?.file ?? ''}" is not what was scanned, so it was not sent.`,
          );
    case 'waiting-order':
      return s('Gửi theo thứ tự của hồ sơ: sau việc trước.', 'Sent in the order of the dossier: after the one before.');
    case 'waiting-sign-in':
      return (
        credentialWords(line.why?.reasonCode) ??
        s(
          `Phiên với tỉnh hết hạn hoặc bị từ chối lúc ${clockTime(line.since)}. Hồ sơ còn nguyên.`,
          `The session with the province ended or was refused at ${clockTime(line.since)}. The dossier is whole.`,
        )
      );
    case 'paused':
      return s('Người dùng đã tạm dừng gửi.', 'Sending was paused by a person.');
    case 'waiting-hours':
      return s('Hồ sơ gửi theo lô được hẹn ngoài giờ cao điểm.', 'Bulk dossiers go outside the busy hours.');
    case 'sending-files':
      return s('Đang tải tệp lên tỉnh.', 'Files are going to the province.');
    case 'submitted':
      return s('Đã gửi, tỉnh chưa trả lời.', 'Sent, the province has not answered yet.');
    case 'unknown':
      return s(
        'Đã gửi, chưa có hồi đáp. Sẽ hỏi lại tỉnh trước khi gửi lần nữa.',
        'Sent, no answer yet. The province will be asked before anything is sent again.',
      );
    case 'waiting-retry':
    case 'ready':
      return waiting(seen);
  }
}

function waiting({ item, line, provisional, now }: Seen): Sentence {
  if (line.word === 'certificate')
    return s(
      'Chứng thư của máy chủ tỉnh không đúng như đã đăng ký, nên chưa gửi gì.',
      'The certificate of the provincial server is not the registered one, so nothing was sent.',
    );
  if (line.word === 'not-configured')
    return s('Chưa có địa chỉ hệ thống tỉnh hợp lệ trong cấu hình.', 'No valid address of the provincial system is configured.');
  if (item.nextAt > now || item.attempts > 0) {
    const n = item.attempts;
    switch (item.why?.word) {
      case 'busy':
        return s(
          `Tỉnh đang quá tải và hẹn gửi lại sau${tries(n, false)}.`,
          `The province is overloaded and asked us to come later.${tries(n, true)}`,
        );
      case 'hash':
        return s(
          `Tỉnh nhận tệp không trọn vẹn, sẽ tải lại tệp${tries(n, false)}.`,
          `A file arrived damaged and goes again.${tries(n, true)}`,
        );
      case 'fault':
        return s(
          `Hệ thống tỉnh báo lỗi khi xử lý hồ sơ này${tries(n, false)}.`,
          `The provincial system failed on this dossier.${tries(n, true)}`,
        );
      case 'line':
        return s(`Hệ thống tỉnh không trả lời${tries(n, false)}.`, `The provincial system does not answer.${tries(n, true)}`);
      default:
    }
  }
  if (line.word === 'down') {
    return provisional
      ? s(
          'Nhận khi mất mạng. Đã lưu đủ, có mạng sẽ xin mã chính thức.',
          'Taken while the line was down. Saved whole; it gets its official code when the line is back.',
        )
      : s('Mất kết nối tới tỉnh. Đã lưu đủ, có mạng sẽ gửi.', 'No connection to the province. Saved whole; it goes when the line is back.');
  }
  return s('Đã lưu đủ, đến lượt sẽ gửi.', 'Saved whole; it goes in its turn.');
}

export function remedyWords(state: ShownState, seen: Seen): { action: RemedyWord } & Sentence {
  if (seen.local?.reasonCode === 'full' && seen.item.open === 1)
    return { action: 'free-disk', ...s('Giải phóng ổ đĩa của máy này', 'Free space on this machine') };
  if (seen.local?.reasonCode === 'read-only' && seen.item.open === 1)
    return { action: 'call-support', ...s('Báo người quản trị kiểm tra ổ đĩa', 'Ask the administrator to look at the disk') };
  switch (state) {
    case 'refused':
      return { action: 'correct', ...s('Sửa, gửi lại', 'Correct and send again') };
    case 'needs-file':
      return { action: 'rescan', ...s('Quét lại, gửi lại', 'Scan and send again') };
    case 'waiting-sign-in':
      return { action: 'sign-in', ...s('Đăng nhập lại hệ thống tỉnh', 'Sign in at the province again') };
    case 'paused':
      return { action: 'resume', ...s('Bấm gửi tiếp', 'Resume sending') };
    default:
      if (seen.item.open === 1 && (seen.line.word === 'certificate' || seen.line.word === 'not-configured')) {
        return {
          action: 'call-support',
          ...s('Báo người quản trị kiểm tra kết nối tỉnh', 'Ask the administrator to check the connection'),
        };
      }
      return { action: 'none', ...s('Không cần làm gì', 'Nothing to do') };
  }
}

/** For the citizen. */
export function citizenWords(state: ShownState): Sentence {
  return state === 'acknowledged' || state === 'reconciled'
    ? s('Hồ sơ đã ở hệ thống tỉnh.', 'The dossier is at the province.')
    : s('Không bị ảnh hưởng: ngày nhận và ngày hẹn giữ nguyên theo giấy đã in.', 'Not affected: the dates on the printed slip stand.');
}

/** The alarm for work that could have been sent long ago. @param why of the piece of work that waits longest */
export function stuckWords(count: number, since: number, why: Sentence): Sentence {
  return s(
    `${count} việc chưa gửi được quá 30 phút dù có kết nối, lâu nhất từ ${clockTime(since)}. ${why.vi} Mở trang Gửi lên tỉnh, bấm gửi lại; nếu vẫn chờ thì báo người quản trị.`,
    `${count} unsent for over 30 minutes although the line is up, the oldest since ${clockTime(since)}. ${why.en} Open the outbox and send again; if it still waits, tell the administrator.`,
  );
}

/** Colour and icon of the outbox as a whole: red wants a person or the line, yellow is on its way, grey was paused on purpose. */
export function summaryTone(seen: { unsent: number; needsPerson: number; stuck: boolean; line: Line['word']; paused: boolean }): Tone {
  if (seen.needsPerson > 0 || seen.stuck) return 'bad';
  if (seen.paused) return seen.unsent > 0 ? 'warn' : 'off';
  if (seen.line === 'not-configured') return seen.unsent > 0 ? 'bad' : 'off';
  if (seen.line !== 'up') return 'bad';
  return seen.unsent > 0 ? 'warn' : 'ok';
}

export function lineWords(line: Line, paused: boolean, now: number): Sentence {
  if (paused) return s('Đang tạm dừng gửi lên tỉnh. Quầy vẫn làm việc bình thường.', 'Sending is paused. The counter works as usual.');
  switch (line.word) {
    case 'up':
      return line.notBefore > now
        ? s(
            `Tỉnh đang bận, gửi tiếp lúc ${clockTime(line.notBefore)}.`,
            `The province is busy; sending goes on at ${clockTime(line.notBefore)}.`,
          )
        : s('Kết nối tới hệ thống tỉnh bình thường.', 'The connection to the province is well.');
    case 'down':
      return s(
        `Mất kết nối tới hệ thống tỉnh từ ${clockTime(line.since)}. Tự thử lại${line.notBefore > now ? ` sau ${Math.max(1, Math.round((line.notBefore - now) / 1000))} giây` : ''}.`,
        `No connection to the province since ${clockTime(line.since)}. It is tried again by itself.`,
      );
    case 'sign-in':
      return (
        credentialWords(line.why?.reasonCode) ??
        s(
          `Hệ thống tỉnh yêu cầu đăng nhập lại từ ${clockTime(line.since)}. Hồ sơ vẫn được giữ nguyên.`,
          `The province asks for a sign-in since ${clockTime(line.since)}. Everything is kept.`,
        )
      );
    case 'certificate':
      return s(
        'Chứng thư của máy chủ tỉnh đã đổi hoặc không tin cậy. Chưa gửi gì; báo người quản trị.',
        'The certificate of the provincial server changed or is not trusted. Nothing is sent; tell the administrator.',
      );
    case 'not-configured':
      return s('Chưa cấu hình hệ thống tỉnh. Hồ sơ được lưu tại quầy.', 'No provincial system is configured. Dossiers are kept here.');
  }
}

/** What came of asking the population data. */
export function lookUpWords(outcome: string): Sentence {
  switch (outcome) {
    case 'found':
      return { vi: 'Có dữ liệu', en: 'Found' };
    case 'unknown':
      return { vi: 'Không có người này', en: 'Nobody with that number' };
    case 'asked':
      return { vi: 'Đã hỏi, chưa có trả lời', en: 'Asked, no answer' };
    default:
      return { vi: 'Không tra cứu được', en: 'Could not be asked' };
  }
}

/** Why a password that was typed is not taken. */
export const SAFE_REFUSES: Sentence = {
  vi: 'Máy này không cất được mật khẩu: kho mật khẩu của hệ điều hành đang khóa hoặc chưa có. Mở khóa kho rồi đăng nhập lại; hồ sơ vẫn được giữ.',
  en: 'This machine cannot keep the password: the safe of the system is locked or missing. Unlock it, then sign in; everything is kept.',
};

/** Why what is needed to sign in cannot be had from the safe or the token; null for any other reason. */
export function credentialWords(reasonCode: string | undefined): Sentence | null {
  switch (reasonCode) {
    case 'no-credentials':
      return {
        vi: 'Máy này chưa có tài khoản của hệ thống tỉnh. Bấm đăng nhập ở trang Gửi tỉnh và nhập tài khoản tỉnh đã cấp; hồ sơ vẫn được giữ.',
        en: 'This machine has no account at the province yet. Sign in on the delivery page with the account that the province gave; everything is kept.',
      };
    case 'SAFE_CLOSED':
      return {
        vi: 'Không mở được mật khẩu đã cất trên máy này: kho mật khẩu đang khóa hoặc đã đổi. Mở khóa kho, hoặc nhập lại khi đăng nhập; hồ sơ vẫn được giữ.',
        en: 'The stored password cannot be opened: the safe of this machine is locked or changed. Unlock it, or type it when you sign in; everything is kept.',
      };
    case 'TOKEN_PIN':
      return {
        vi: 'Chưa có mã PIN của token kết nối tỉnh. Nhập PIN khi đăng nhập lại; hồ sơ vẫn được giữ.',
        en: 'The PIN of the token for the province is not known. Give it when you sign in; everything is kept.',
      };
    case 'TOKEN_KEY':
      return {
        vi: 'Token không cho dùng khóa: chưa cắm, sai PIN hoặc không có khóa này. Kiểm tra token rồi đăng nhập lại; PIN không được thử lại tự động.',
        en: 'The token gives no key: not plugged in, wrong PIN, or no such key. Look at the token, then sign in; the PIN is not tried again by itself.',
      };
    case 'TOKEN_PARTS':
      return {
        vi: 'Máy này thiếu phần mềm để dùng chứng thư trên token (libp11). Báo người quản trị cài đặt, hoặc dùng chứng thư trong tệp.',
        en: 'This machine lacks the software for a certificate on a token (libp11). Tell the administrator, or use a certificate file.',
      };
    default:
      return null;
  }
}
