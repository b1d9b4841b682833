import { randomUUID } from 'node:crypto';
import { refuse, type Refusal } from '../contract/refusal.ts';
import type { Clock, Store } from '../store/index.ts';
import type { Adapter } from './adapters/adapter.ts';
import type { Timers } from './backoff.ts';
import type { Outbox } from './outbox.ts';
import { ProvinceProblem, asProblem } from './problems.ts';
import type { Remote } from './remote.ts';
import type { Sender } from './sender.ts';

export interface CodesDeps {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Ends a question when the counter closes. */
  readonly stopping: AbortSignal;
  /** Null: no province is configured. */
  readonly adapter: Adapter | null;
  sender(): Sender;
  remote(): Remote;
  /** An official code replaced a provisional one. Inside the transaction. */
  onMapped?: ((dossierId: string, officialCode: string, provisionalCode: string | null) => void) | undefined;
}

export interface CodeQuestion {
  /** Longest wait; default 2,500 ms. */
  readonly timeoutMs?: number;
  /** Whose code it is to be, and its day of reception in Vietnam: the same question again has the same answer where keys are honoured. */
  readonly dossierId?: string;
  readonly day?: string;
}

/** Key of the question for a dossier's code; the same at the acceptance and when the dossier is sent, so that no number is wasted. */
export const codeKey = (dossierId: string, day: string): string => `ma-${dossierId}-${day}`;

/** Official codes: asked for at the acceptance, and given to a dossier once and for ever. */
export function createCodes(deps: CodesDeps) {
  const { store, outbox, clock } = deps;
  return {
    /** Inside a transaction. @throws ProvinceProblem `refused` when the code is another dossier's, or not the one it has */
    give(dossierId: string, code: string): void {
      const row = outbox.dossier(dossierId);
      if (!row || row.officialCode === code) return;
      const other = outbox.dossierByCode(code);
      if (other && other.dossierId !== dossierId)
        throw new ProvinceProblem('refused', 'code of another dossier', {
          reason: `Tỉnh cấp mã ${code}, nhưng mã này đã thuộc về hồ sơ khác ở quầy.`,
          reasonCode: 'code-taken',
        });
      if (row.officialCode)
        throw new ProvinceProblem('refused', 'second official code', {
          reason: `Tỉnh trả về mã ${code} cho hồ sơ đã có mã ${row.officialCode}.`,
          reasonCode: 'second-code',
        });
      outbox.setOfficial(dossierId, code, clock.now());
      if (row.provisionalCode) {
        const text = `Mã tạm ${row.provisionalCode} nay là ${code}. Có thể in giấy hẹn mới cho công dân.`;
        deps.remote().tell('official-code', dossierId, code, text);
      }
      deps.onMapped?.(dossierId, code, row.provisionalCode);
      store.emit('delivery', 'mapped', { dossierId, officialCode: code });
    },

    /**
     * The province's next dossier code, for the moment of acceptance. Answers within the time limit whatever the line does; a
     * refusal means: take a provisional number.
     */
    async next(agencyCode: string, question: CodeQuestion = {}): Promise<{ code: string } | Refusal> {
      const no = () =>
        refuse(
          'province-unreachable',
          'Chưa lấy được mã từ hệ thống tỉnh. Dùng mã tạm; mã chính thức sẽ được cập nhật sau.',
          'The province gave no code now. Use a provisional number; the official code follows.',
        );
      const sender = deps.sender();
      const line = sender.line();
      if (!deps.adapter || sender.isPaused() || line.word !== 'up' || line.notBefore > clock.now()) return no();
      const limit = new AbortController();
      const { timeoutMs = 2_500, dossierId, day } = question;
      const key = dossierId !== undefined && day !== undefined ? codeKey(dossierId, day) : `ma-${randomUUID()}`;
      const cancel = deps.timers.after(timeoutMs, () => limit.abort());
      try {
        const code = await deps.adapter.nextCode(agencyCode, key, { signal: AbortSignal.any([limit.signal, deps.stopping]), timeoutMs });
        sender.learned(null);
        return code === null
          ? refuse(
              'no-numbering',
              'Hệ thống tỉnh này không cấp mã. Dùng mã do quầy đánh.',
              'This province gives no codes. Use the numbering of the counter.',
            )
          : { code };
      } catch (error) {
        sender.learned(asProblem(error));
        return no();
      } finally {
        cancel();
      }
    },
  };
}
