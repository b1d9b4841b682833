import { implement } from '@orpc/server';
import { deliveryContract } from '../contract/delivery.ts';
import type { CallContext } from '../contract/context.ts';
import { isRefusal, refuse, type Refusal } from '../contract/refusal.ts';
import type { Store } from '../store/index.ts';
import type { Delivery } from './delivery.ts';
import { someCodes } from './moving.ts';
import type { OutboxRow } from './view.ts';

export interface DeliveryHandlerDeps {
  readonly store: Store;
  /** Lets a screen fetch a file for some minutes; path absolute. */
  link(file: string, name: string): { url: string; name: string; type: string; size: number };
  /** Absolute path of what a screen uploaded; undefined when there is none. */
  upload(uploadId: string): string | undefined;
  /** Absolute path of a file of the data folder. */
  inDataDir(relative: string): string;
}

/** Screens get at most five pictures a second, however fast things move. */
const PICTURE_MS = 200;

export function deliveryHandlers(delivery: Delivery, deps: DeliveryHandlerDeps) {
  const os = implement(deliveryContract).$context<CallContext>();
  const { desk, moving } = delivery;

  /** Answers of refused commands are kept too: the same command id gets the same answer. */
  const command = <T>(id: string, name: string, work: () => T): T => deps.store.command(id, `delivery.${name}`, work);
  const fair = <T>(value: T | Refusal, errors: { REFUSED: (o: { data: Refusal }) => Error }): T => {
    if (isRefusal(value)) throw errors.REFUSED({ data: value });
    return value;
  };

  /** Waits for changes and hands them out together. */
  async function* changes(signal: AbortSignal | undefined): AsyncGenerator<Set<number>> {
    let seqs = new Set<number>();
    let dirty = false;
    let wake: (() => void) | null = null;
    const off = delivery.onChange((seq) => {
      dirty = true;
      if (seq !== null) seqs.add(seq);
      wake?.();
    });
    const ended = () => wake?.();
    signal?.addEventListener('abort', ended, { once: true });
    try {
      for (;;) {
        if (signal?.aborted) return;
        if (!dirty) await new Promise<void>((resolve) => (wake = resolve));
        wake = null;
        if (signal?.aborted) return;
        await new Promise((resolve) => setTimeout(resolve, PICTURE_MS));
        const now = seqs;
        seqs = new Set();
        dirty = false;
        yield now;
      }
    } finally {
      off();
      signal?.removeEventListener('abort', ended);
    }
  }

  return os.router({
    watch: os.watch.handler(async function* ({ signal }) {
      let seq = 0;
      const heard = changes(signal);
      const first = heard.next();
      let shown = new Map<string, string>();
      const whole = delivery.rows();
      for (const row of whole.rows) shown.set(row.id, JSON.stringify(row));
      yield { type: 'snapshot' as const, seq, snapshot: { summary: delivery.summary(), ...whole } };
      for (let step = await first; !step.done; step = await heard.next()) {
        const { rows } = delivery.rows();
        const next = new Map<string, string>();
        const changed: OutboxRow[] = [];
        for (const row of rows) {
          const text = JSON.stringify(row);
          next.set(row.id, text);
          if (shown.get(row.id) !== text) changed.push(row);
        }
        const removed = [...shown.keys()].filter((id) => !next.has(id));
        shown = next;
        seq += 1;
        yield { type: 'event' as const, seq, event: { summary: delivery.summary(), changed, removed } };
      }
    }),
    strip: os.strip.handler(async function* ({ signal }) {
      let seq = 0;
      const heard = changes(signal);
      const first = heard.next();
      yield { type: 'snapshot' as const, seq, snapshot: delivery.summary() };
      for (let step = await first; !step.done; step = await heard.next()) {
        seq += 1;
        yield { type: 'event' as const, seq, event: delivery.summary() };
      }
    }),
    list: os.list.handler(({ input }) => desk.list(input.tab, input.limit, input.before)),
    show: os.show.handler(({ input, errors }) => fair(desk.show(input.id), errors)),
    retryNow: os.retryNow.handler(({ input, errors }) => {
      const answer = command(input.commandId, 'retryNow', () => desk.retryNow(input.id));
      delivery.hurry();
      return fair(answer, errors);
    }),
    pause: os.pause.handler(({ input }) => {
      const answer = command(input.commandId, 'pause', () => desk.pause());
      delivery.follow();
      return answer;
    }),
    resume: os.resume.handler(({ input }) => {
      const answer = command(input.commandId, 'resume', () => desk.resume());
      delivery.follow();
      return answer;
    }),
    // The secret must not lie in the table of commands; signing in twice has the same effect as once.
    signIn: os.signIn.handler(async ({ input, errors }) => fair(await desk.signIn(input.user, input.secret, input.pin), errors)),
    correct: os.correct.handler(({ input, errors }) =>
      fair(
        command(input.commandId, 'correct', () => desk.correct(input.id)),
        errors,
      ),
    ),
    evidence: os.evidence.handler(({ input, errors }) => fair(desk.evidence(input.id, input.limit), errors)),
    search: os.search.handler(({ input }) => ({ rows: desk.search(input.text) })),
    remote: os.remote.handler(({ input }) => delivery.remote.axes(input.dossierId)),
    // Never through the table of commands: the answer is a person's data and is kept nowhere.
    lookUp: os.lookUp.handler(async ({ input, context, errors }) => {
      const { officer } = context.caller;
      if (!officer)
        throw errors.REFUSED({ data: refuse('sign-in-first', 'Hãy đăng nhập rồi tra cứu.', 'Sign in before you look somebody up.') });
      return fair(await delivery.lookUp({ ...input, officer: { id: officer.id, name: officer.name } }), errors);
    }),
    lookUps: os.lookUps.handler(() => desk.lookUps(delivery.lookUps(200))),
    inbox: os.inbox.handler(({ input }) => delivery.remote.inbox(input.unseenOnly, input.dossierId)),
    inboxSeen: os.inboxSeen.handler(({ input }) => {
      command(input.commandId, 'inboxSeen', () => delivery.remote.seen(input.id));
      return { inbox: delivery.remote.unseen() };
    }),
    inboxFile: os.inboxFile.handler(({ input, errors }) => {
      const file = delivery.remote.file(input.id, input.sha256);
      if (!file)
        throw errors.REFUSED({ data: refuse('no-file', 'Không còn tệp này. Hãy tải lại trang.', 'This file is gone. Reload the page.') });
      return deps.link(deps.inDataDir(file.path), file.name);
    }),
    reconcile: os.reconcile.handler(async ({ input, errors }) => {
      const run = fair(await delivery.reconcile(input.day), errors);
      return { run, differences: delivery.reconciliation.differences(input.day, true) };
    }),
    differences: os.differences.handler(({ input }) => ({
      run: delivery.reconciliation.last(input.day ?? null),
      differences: delivery.reconciliation.differences(input.day ?? null, input.openOnly),
    })),
    settle: os.settle.handler(({ input, context, errors }) => {
      const officer = context.caller.officer ?? { id: context.caller.deviceId, name: '' };
      return fair(
        command(input.commandId, 'settle', () => delivery.reconciliation.settle(input.id, input.way, officer, input.note)),
        errors,
      );
    }),
    exportUnsent: os.exportUnsent.handler(async ({ input, errors }) => {
      const made = fair(await moving.exportUnsent(input.passphrase), errors);
      return {
        file: deps.link(made.path, made.name),
        dossiers: made.dossiers,
        bytes: made.bytes,
        text: {
          vi: `Đã xuất ${made.dossiers} hồ sơ. Máy này sẽ không gửi các hồ sơ đó nữa cho tới khi bấm “Nhận lại”.${
            made.left.length === 0 ? '' : ` Ở lại máy này vì cần anh/chị sửa hoặc quét lại trước: ${someCodes(made.left)}.`
          }`,
          en: `${made.dossiers} dossiers exported. This station will not send them until they are taken back.${
            made.left.length === 0 ? '' : ` Left here, to be put right or scanned again first: ${someCodes(made.left)}.`
          }`,
        },
      };
    }),
    importUnsent: os.importUnsent.handler(async ({ input, errors }) => {
      const file = deps.upload(input.uploadId);
      if (!file)
        throw errors.REFUSED({
          data: refuse('no-upload', 'Không thấy tệp vừa tải lên. Hãy chọn lại tệp.', 'The uploaded file is not here. Choose it again.'),
        });
      const taken = fair(await moving.importUnsent(file, input.passphrase), errors);
      return {
        ...taken,
        text: {
          vi: `Đã nhận ${taken.dossiers} hồ sơ để gửi; ${taken.alreadyHere} hồ sơ đã có sẵn.`,
          en: `${taken.dossiers} dossiers taken in; ${taken.alreadyHere} were here already.`,
        },
      };
    }),
    takeBack: os.takeBack.handler(({ input }) => {
      const answer = command(input.commandId, 'takeBack', () => {
        moving.takeBack();
        return { rows: [], summary: delivery.summary() };
      });
      delivery.hurry();
      return answer;
    }),
  });
}
