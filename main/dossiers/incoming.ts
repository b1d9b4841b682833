import { isRefusal, refuse, type Refusal } from '../contract/refusal.ts';
import { parseDossierCode } from './codes.ts';
import type { Core } from './core.ts';
import type { Actor } from './deps.ts';
import type { Dossier } from './record.ts';
import { BUSINESS, STATUS_CODE, STATUS_TEXT, SYNC, type Action } from './states.ts';
import { businessState } from '../contract/dossiers.ts';

const PROVINCE: Actor = { id: 'province', name: 'Hệ thống tỉnh', title: '', counterId: '' };

export interface RemoteStatus {
  /** TrangThaiHoSo, 1 to 10. */
  readonly status: number;
  /** When it happened there, epoch ms. */
  readonly at: number;
  /** "Hệ thống tỉnh", "Hệ thống Bộ Công an". */
  readonly source: string;
  readonly text: string;
}

/** What the delivery brings back. Called inside or outside a transaction; the same news twice changes nothing. */
export function incoming(core: Core) {
  const { deps } = core;
  const sync = (d: Dossier, event: keyof typeof SYNC): boolean => {
    const to = SYNC[event][d.axes.sync];
    if (to === undefined || to === d.axes.sync) return false;
    d.axes = { ...d.axes, sync: to };
    return true;
  };
  const quiet = (id: string, work: (d: Dossier) => Refusal | boolean): Refusal | undefined =>
    deps.store.transaction(() => {
      const d = core.rows.get(id);
      if (!d)
        return refuse(
          'dossier-unknown',
          'Tỉnh nhắc tới hồ sơ mà quầy không có.',
          'The province speaks of a dossier this counter does not have.',
        );
      const before = JSON.stringify(d);
      const answer = work(d);
      if (isRefusal(answer)) return answer;
      if (JSON.stringify(d) === before) return undefined;
      const done = core.apply(id, (fresh) => void Object.assign(fresh, { axes: d.axes, code: d.code, body: d.body }));
      return isRefusal(done) ? done : undefined;
    });

  /** Once and for ever: a second, different code is not taken. */
  const giveCode = (d: Dossier, officialCode: string): Refusal | true => {
    if (d.code === officialCode) return true;
    if (!parseDossierCode(officialCode))
      return refuse(
        'bad-code',
        'Tỉnh trả mã hồ sơ không đúng dạng; giữ số tạm.',
        'The province answered with a malformed code; the provisional number stays.',
      );
    if (d.code !== null)
      return refuse(
        'second-code',
        'Tỉnh trả mã khác với mã đã in; giữ mã cũ, chờ đối chiếu.',
        'The province answered with another code than was printed; the old one stays until it is reconciled.',
      );
    if (core.rows.byCode(officialCode))
      return refuse(
        'code-taken',
        'Mã tỉnh trả đã dùng cho hồ sơ khác; chờ đối chiếu.',
        'The code is in use for another dossier; it waits for reconciliation.',
      );
    d.code = officialCode;
    d.body.slipOutdated = true;
    core.note(d, PROVINCE, 'officialCode', 'Có mã hồ sơ chính thức', `${d.provisionalCode ?? ''} → ${officialCode}`, {
      source: 'Hệ thống tỉnh',
    });
    return true;
  };

  return {
    /**
     * The province has it. A provisional number gets its official code once and for ever; both stay searchable and a new slip
     * is offered. A second, different code is not taken: the difference is for the reconciliation.
     */
    onAcknowledged: (dossierId: string, officialCode: string | null) =>
      quiet(dossierId, (d) => {
        sync(d, 'acknowledge');
        d.body.rejection = null;
        return officialCode === null ? true : giveCode(d, officialCode);
      }),

    /** The province gave the official code, and has nothing else of the dossier yet: it still waits to be sent. */
    onMapped: (dossierId: string, officialCode: string) => quiet(dossierId, (d) => giveCode(d, officialCode)),

    /** @param reason in words for the officer; it never reaches a paper of the citizen */
    onRejected: (dossierId: string, reason: string) =>
      quiet(dossierId, (d) => {
        if (!sync(d, 'reject') && d.body.rejection === reason) return true;
        d.body.rejection = reason;
        core.note(d, PROVINCE, 'rejected', 'Tỉnh trả lại', reason, { source: 'Hệ thống tỉnh' });
        return true;
      }),

    onReconciled: (dossierId: string) => quiet(dossierId, (d) => sync(d, 'reconcile')),

    /** A status that another system set. It is taken over when the table allows the step; otherwise it is only recorded. */
    onRemoteStatus: (dossierId: string, remote: RemoteStatus): Refusal | undefined => {
      const done = core.apply(dossierId, (d) => {
        const seen = core.rows
          .history(dossierId)
          .some((h) => h.action === 'remoteStatus' && h.source === sourceOf(remote) && h.detail === remote.text);
        if (seen || STATUS_CODE[d.axes.business] === remote.status) return refuse('known', 'Đã biết.', 'Known already.');
        const action = actionFor(d, remote.status);
        if (action) {
          const back = d.axes.sync;
          const refusal = core.step(d, action);
          if (refusal) return refusal;
          // It came from there, so it need not be sent there.
          d.axes = { ...d.axes, sync: back };
          if (action === 'finish') d.finishedAt ??= remote.at;
          if (BUSINESS['hand-over'][d.axes.business] === undefined && action === 'hand-over') d.returnedAt ??= remote.at;
        }
        core.note(
          d,
          PROVINCE,
          'remoteStatus',
          action ? STATUS_TEXT[d.axes.business] : `Tỉnh báo trạng thái ${remote.status}`,
          remote.text,
          { source: sourceOf(remote) },
        );
        return undefined;
      });
      return isRefusal(done) && done.refused !== 'known' ? done : undefined;
    },
  };
}

const sourceOf = (r: RemoteStatus): string => `${r.source}, ${new Date(r.at + 7 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ')}`;

/** The action that leads from the present state to one with this status code, if there is exactly such a step. Only forward steps of others' systems. */
function actionFor(d: Dossier, status: number): Action | undefined {
  const candidates: Action[] = ['forward', 'finish', 'hand-over', 'withdraw', 'discontinue', 'resume'];
  return candidates.find((a) => {
    const to = BUSINESS[a][d.axes.business];
    return to !== undefined && to !== 'back' && businessState.safeParse(to).success && STATUS_CODE[to] === status;
  });
}
