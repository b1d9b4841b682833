import type { z } from 'zod';
import type { deliveryContract, evidence, wayStep } from '../contract/delivery.ts';
import { refuse, type Refusal } from '../contract/refusal.ts';
import { businessDay, fromVietnam, type Clock, type Store } from '../store/index.ts';
import { SECRET_PASSWORD, SECRET_PIN, SECRET_USER } from './adapters/index.ts';
import type { Adapter } from './adapters/adapter.ts';
import type { StepKind } from './adapters/back-end.ts';
import { stepKind } from './adapters/names.ts';
import type { Item, Outbox } from './outbox.ts';
import { asProblem } from './problems.ts';
import type { Remote } from './remote.ts';
import type { Secrets } from './secrets.ts';
import type { Sender } from './sender.ts';
import type { OutboxRow, OutboxSummary, View } from './view.ts';
import type { LookUps } from './lookups.ts';
import { SAFE_REFUSES, credentialWords, labelText, lookUpWords, type Sentence } from './words.ts';

export type Show = z.infer<NonNullable<(typeof deliveryContract.show)['~orpc']['outputSchema']>>;
export type WayStep = z.infer<typeof wayStep>;
export type LookUpEntry = z.infer<NonNullable<(typeof deliveryContract.lookUps)['~orpc']['outputSchema']>>[number];
export type Evidence = z.infer<typeof evidence>;

export interface DeskDeps {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly sender: Sender;
  readonly view: View;
  readonly remote: Remote;
  readonly clock: Clock;
  readonly secrets: Secrets;
  /** Ends what the desk waits for when the counter closes. */
  readonly stopping: AbortSignal;
  adapter(): Adapter;
  changed(): void;
}

const s = (vi: string, en: string): Sentence => ({ vi, en });
const gone = () =>
  refuse('no-item', 'Việc gửi này không còn trong danh sách. Hãy tải lại trang.', 'This work is no longer in the list. Reload the page.');

const STEP_WORDS: Readonly<Record<StepKind, Sentence>> = {
  code: s('Xin mã hồ sơ chính thức', 'Asked for the official code'),
  file: s('Tải tệp lên tỉnh', 'Sent a file'),
  dossier: s('Gửi hồ sơ', 'Sent the dossier'),
  progress: s('Báo tiến trình', 'Reported the step'),
  status: s('Báo trạng thái', 'Reported the status'),
  ask: s('Hỏi lại tỉnh', 'Asked the province'),
};

function outcomeWords(outcome: string, status: number | null): Sentence {
  if (outcome === 'ok') return s('Tỉnh trả lời', 'Answered');
  if (status !== null) return s('Tỉnh không nhận lần này', 'Not taken this time');
  return s('Không có trả lời', 'No answer');
}

/** What the outbox page does. Commands run inside `store.command`, so a repeat has one effect. */
export function createDesk(deps: DeskDeps) {
  const { store, outbox, sender, view, remote, clock } = deps;
  const touched = (items: (Item | undefined)[]): { rows: OutboxRow[]; summary: OutboxSummary } => ({
    rows: items.flatMap((i) => (i ? [view.row(outbox.bySeq(i.seq) ?? i)] : [])),
    summary: view.summary(),
  });

  function way(item: Item): WayStep[] {
    const steps: WayStep[] = [
      {
        at: item.enqueuedAt,
        tone: 'ok',
        ...s(`Lưu tại quầy: ${labelText(item.label).vi}`, `Saved at the counter: ${labelText(item.label).en}`),
      },
    ];
    let last: WayStep | null = null;
    for (const e of outbox.evidence(item.seq, 200).reverse()) {
      const kind = stepKind(e.step);
      if (!kind) continue;
      const what = STEP_WORDS[kind];
      const words = outcomeWords(e.outcome, e.status);
      const ok = e.outcome === 'ok';
      const next: WayStep = {
        at: e.at,
        tone: ok ? 'ok' : e.status === null ? 'wait' : 'bad',
        vi: ok ? what.vi : `${what.vi}: ${words.vi.toLowerCase()}`,
        en: ok ? what.en : `${what.en}: ${words.en.toLowerCase()}`,
      };
      // Twenty tries in a row are one line with its last time, not twenty.
      if (last && last.vi === next.vi) last.at = next.at;
      else steps.push((last = next));
    }
    if (item.state === 'refused')
      steps.push(
        {
          at: null,
          tone: 'bad',
          ...s(`Tỉnh trả lại: ${item.why?.reason ?? 'không nêu lý do'}`, `Returned: ${item.why?.reason ?? 'no reason given'}`),
        },
        { at: null, tone: 'next', ...s(`Gửi bản ${item.revision + 1} sau khi sửa`, `Revision ${item.revision + 1} after the correction`) },
      );
    if (item.open === 0 && item.ackedAt !== null)
      steps.push({ at: item.ackedAt, tone: 'ok', ...s('Tỉnh xác nhận đã nhận', 'Acknowledged by the province') });
    else if (item.state !== 'superseded') steps.push({ at: null, tone: 'next', ...s('Tỉnh xác nhận', 'The province acknowledges') });
    if (item.reconciledAt !== null)
      steps.push({ at: item.reconciledAt, tone: 'ok', ...s('Đối chiếu cuối ngày: khớp', 'Reconciled: agrees') });
    else steps.push({ at: null, tone: 'next', ...s('Đối chiếu cuối ngày', 'Reconciliation at the end of the day') });
    return steps;
  }

  return {
    list(
      tab: 'unsent' | 'needs-person' | 'acknowledged-today' | 'all',
      limit: number,
      before?: number,
    ): { rows: OutboxRow[]; more: boolean } {
      const from = fromVietnam(businessDay(clock.now()));
      const until = before ?? Number.MAX_SAFE_INTEGER;
      const items =
        tab === 'unsent'
          ? outbox.listOpen(limit + 1)
          : tab === 'needs-person'
            ? sender.line().word === 'sign-in'
              ? outbox.listOpen(limit + 1)
              : outbox.listHeld(limit + 1)
            : tab === 'acknowledged-today'
              ? outbox.listAcked(from, until, limit + 1)
              : outbox.listAll(until, limit + 1);
      return { rows: items.slice(0, limit).map(view.row), more: items.length > limit };
    },
    show(id: string): Show | Refusal {
      const item = outbox.byId(id);
      if (!item) return gone();
      const row = view.row(item);
      return {
        row,
        citizen: view.citizen(row.state),
        way: way(item),
        files: outbox.files(item.seq).map((f) => ({
          name: f.name,
          component: f.componentName,
          size: f.size,
          sha256: f.sha256,
          sent: f.remoteId !== null || outbox.remoteIdOf(f.dossierId, f.sha256) !== null,
          problem:
            f.problem === null
              ? null
              : f.problem === 'gone'
                ? s('Tệp không còn trên máy', 'The file is gone')
                : s('Tệp đã khác với lúc quét', 'The file is not what was scanned'),
        })),
        remote: remote.axes(item.dossierId),
      };
    },
    evidence(id: string, limit: number): Evidence[] | Refusal {
      const item = outbox.byId(id);
      if (!item) return gone();
      return outbox.evidence(item.seq, limit).map((e) => ({ ...e, outcome: outcomeWords(e.outcome, e.status) }));
    },
    retryNow(id?: string): { rows: OutboxRow[]; summary: OutboxSummary } | Refusal {
      const item = id === undefined ? undefined : outbox.byId(id);
      if (id !== undefined && !item) return gone();
      // A person asks for it: a file may have been put back, the province may have mended its list.
      if (item && (item.state === 'needs-file' || item.state === 'refused')) outbox.reopen(item.seq);
      if (item) outbox.wakeOne(item.seq);
      else outbox.wakeAll();
      return touched([item]);
    },
    pause(): OutboxSummary {
      store.set('delivery', 'paused', true);
      return { ...view.summary(), paused: true };
    },
    resume(): OutboxSummary {
      store.set('delivery', 'paused', false);
      return { ...view.summary(), paused: false };
    },
    /** Tries the credentials before they replace the stored ones. */
    async signIn(user: string | undefined, secret: string | undefined, pin?: string): Promise<OutboxSummary | Refusal> {
      const given = [
        [SECRET_USER, user],
        [SECRET_PASSWORD, secret],
        [SECRET_PIN, pin],
      ] as const;
      const before: [string, string | null][] = [];
      try {
        for (const [name, value] of given) {
          if (!value) continue;
          // What cannot be opened any more cannot be put back either.
          const old = await deps.secrets.get(name).catch(() => undefined);
          await deps.secrets.set(name, value);
          if (old !== undefined) before.push([name, old]);
        }
      } catch {
        return refuse('no-safe', SAFE_REFUSES.vi, SAFE_REFUSES.en);
      }
      try {
        deps.adapter().forgetSession();
        await deps.adapter().signIn(AbortSignal.any([deps.stopping, AbortSignal.timeout(15_000)]));
      } catch (error) {
        for (const [name, value] of before) await deps.secrets.set(name, value).catch(() => undefined);
        const problem = asProblem(error);
        const cause = credentialWords(problem.facts.reasonCode);
        if (cause) return refuse('no-credentials', cause.vi, cause.en);
        return problem.word === 'sign-in'
          ? refuse(
              'sign-in-refused',
              'Hệ thống tỉnh không nhận tài khoản này. Kiểm tra lại tên và mật khẩu; hồ sơ vẫn được giữ nguyên.',
              'The province does not take this account. Check name and password; everything is kept.',
            )
          : refuse(
              'province-unreachable',
              'Chưa tới được hệ thống tỉnh. Hồ sơ vẫn được giữ; đăng nhập lại khi có mạng.',
              'The province cannot be reached. Everything is kept; sign in when the line is back.',
            );
      }
      sender.signedIn();
      sender.hurry();
      deps.changed();
      return view.summary();
    },
    correct(id: string): { dossierId: string; why: Sentence } | Refusal {
      const item = outbox.byId(id);
      if (!item) return gone();
      if (item.state !== 'refused' && item.state !== 'needs-file')
        return refuse('nothing-to-correct', 'Hồ sơ này không cần sửa.', 'This dossier needs no correction.');
      store.emit('delivery', 'correcting', { dossierId: item.dossierId, id });
      return { dossierId: item.dossierId, why: view.row(item).why };
    },
    lookUps: (entries: ReturnType<LookUps['recent']>): LookUpEntry[] =>
      entries.map(({ at, officerName, reason, dossierId, outcome }) => {
        const d = dossierId === null ? undefined : outbox.dossier(dossierId);
        return { at, officerName, reason, dossierId, code: d?.officialCode ?? d?.provisionalCode ?? null, outcome: lookUpWords(outcome) };
      }),
    search: (text: string): OutboxRow[] =>
      outbox
        .search(text)
        .flatMap((d) => outbox.ofDossier(d.dossierId).reverse())
        .slice(0, 100)
        .map(view.row),
  };
}

export type Desk = ReturnType<typeof createDesk>;
