import type { DossierDocument, DossierView } from '../contract/dossiers.ts';
import { isRefusal, refuse, type Refusal } from '../contract/refusal.ts';
import type { KeptFile } from '../documents/index.ts';
import { businessDay } from '../store/index.ts';
import { counterName, parseDossierCode, provisionalCode } from './codes.ts';
import { notNow, saveIn, unknownDossier, type Core } from './core.ts';
import type { Actor } from './deps.ts';
import { outgoingDossier } from './outgoing.ts';
import { formDossier, formOf } from './papers.ts';
import type { Dossier } from './record.ts';
import { BUSINESS, MONEY, STATUS_TEXT } from './states.ts';
import { documentView, dueOf, entryOf, feesOf, isPending, obstaclesOf, titleOf } from './view.ts';

interface Accepted {
  readonly dossier: DossierView;
  readonly receipt: DossierDocument | null;
}

export const changedMeanwhile = (): Refusal =>
  refuse(
    'changed-meanwhile',
    'Hồ sơ vừa được sửa ở nơi khác; hãy xem lại rồi làm lại việc này.',
    'The dossier was just changed elsewhere; look at it and do this again.',
  );

/** The pages of components that have no PDF yet, each as one file that will not change. */
export async function buildComponents(
  core: Core,
  d: Dossier,
): Promise<Map<string, NonNullable<Dossier['body']['components'][number]['file']>> | Refusal> {
  const { deps } = core;
  const built = new Map<string, NonNullable<Dossier['body']['components'][number]['file']>>();
  for (const c of d.body.components) {
    if (c.pageIds.length === 0 || (c.file && deps.documents.files.exists(c.file))) continue;
    const scratch = deps.documents.files.scratch(`${d.id}-${c.key}-${d.revision}.pdf`);
    const refused = await deps.buildComponentPdf(c.pageIds, {
      file: scratch,
      title: c.name,
      createdAt: deps.clock.now(),
      procedure: d.procedure?.code ?? null,
    });
    if (isRefusal(refused))
      return refuse(refused.refused, `${c.name}: ${refused.vi}`, `${c.name}: ${refused.en}`, {
        ...refused.details,
        focus: `component.${c.key}`,
      });
    const kept = deps.documents.files.adopt(scratch);
    built.set(c.key, { id: kept.id, path: kept.path, name: `${c.key}.pdf`, size: kept.size, sha256: kept.id });
  }
  return built;
}

export function acceptance(core: Core) {
  const { deps, rows } = core;

  /** Drafts whose code is being asked for: two screens that accept the same one get the same code. */
  const asking = new Map<string, Promise<string | null>>();
  const officialCode = (d: Dossier, day: string): Promise<string | null> => {
    const before = asking.get(d.id);
    if (before) return before;
    const answer = newCode(d, day).finally(() => asking.delete(d.id));
    asking.set(d.id, answer);
    return answer;
  };

  /** The official code, kept on the draft at once so that a crash does not waste it; null when the province cannot be reached. */
  const newCode = async (d: Dossier, day: string): Promise<string | null> => {
    const kept = rows.get(d.id)?.body.reservedCode;
    if (kept && parseDossierCode(kept)?.day === day) return kept;
    const given = await deps.nextDossierCode(day, d.id);
    if (given === null || !parseDossierCode(given) || rows.byCode(given)) return null;
    deps.store.transaction(() => {
      const fresh = rows.get(d.id);
      if (!fresh) return;
      fresh.body.reservedCode = given;
      rows.save(fresh);
    });
    return given;
  };

  const receipt = (d: Dossier, file: KeptFile, by: string) => {
    const made = deps.documents.add({ dossierId: d.id, kind: 'receipt', name: `Giấy tiếp nhận ${titleOf(d)}`, file, by });
    for (const old of deps.documents.of(d.id))
      if (old.kind === 'receipt' && old.id !== made.id && old.replacedBy === null) deps.documents.replace(old.id, made.id);
    return made;
  };

  const print = (commandId: string, documentId: string): void => {
    // A printer that fails never undoes an acceptance; its job stays on the devices' list.
    deps.documents.print(`${commandId}-print`, documentId);
  };

  return {
    async accept(
      commandId: string,
      id: string,
      actor: Actor,
      options: { wantsReceipt: boolean; duplicatesSeen: boolean },
    ): Promise<Accepted | Refusal> {
      const answer = await core.once<{ receiptId: string | null }>(commandId, 'accept', async () => {
        const d = rows.get(id);
        if (!d) return unknownDossier();
        if (!BUSINESS.accept[d.axes.business]) return notNow(d);
        const [obstacle] = obstaclesOf(d, deps);
        if (obstacle)
          return refuse(
            'incomplete',
            `${obstacle.vi}; hãy hoàn tất rồi bấm Tiếp nhận.`,
            'The dossier is not complete yet; finish what is marked, then accept.',
            { focus: obstacle.focus },
          );
        const entry = entryOf(d, deps);
        if (!entry)
          return refuse(
            'procedure-unknown',
            'Thủ tục này không còn trong danh mục; hãy chọn lại.',
            'The catalogue no longer has this procedure; choose again.',
          );
        const receivedAt = deps.clock.now();
        const day = businessDay(receivedAt);
        if (!options.duplicatesSeen && rows.sameToday(d, day).length > 0)
          return refuse(
            'duplicate',
            'Người này đã nộp thủ tục này hôm nay; hãy mở hồ sơ đó, hoặc xác nhận đây là hồ sơ khác.',
            'This person handed in the same procedure today; open that dossier, or confirm that this is another.',
          );
        const files = await buildComponents(core, d);
        if (isRefusal(files)) return files;
        const code = await officialCode(d, day);
        const temporary =
          code === null
            ? deps.store.transaction(() =>
                provisionalCode(actor.counterId, day, rows.nextNumber('provisional', `${counterName(actor.counterId)}/${day}`)),
              )
            : null;
        const due = dueOf(d, deps);
        const fees = feesOf(d, deps);
        const withReceipt = !d.procedure?.immediate || options.wantsReceipt;
        const paper = withReceipt
          ? deps.documents.files.put(
              await deps.documents.receipt(
                formDossier(d, deps, actor, { code: code ?? temporary ?? '', provisional: code === null, receivedAt, due }),
                receivedAt,
              ),
            )
          : null;
        return () => {
          const now = rows.get(id);
          // Saving the reserved code does not raise the revision, everything else does.
          if (!now || now.revision !== d.revision) return changedMeanwhile();
          const refusal = core.step(now, 'accept');
          if (refusal) return refusal;
          for (const c of now.body.components) {
            const file = files.get(c.key);
            if (file) c.file = file;
          }
          now.code = code;
          now.provisionalCode = temporary;
          now.body.reservedCode = null;
          now.receivedAt = receivedAt;
          now.receivedDay = day;
          now.dueAt = due?.dueAt ?? null;
          now.acceptedBy = actor.name;
          now.counterId = actor.counterId;
          now.body.due = due;
          now.body.fees = fees;
          now.body.sentRevision = isPending(now) ? 0 : 1;
          now.axes = { ...now.axes, money: MONEY[(fees?.due ?? 0) > 0 ? 'charge' : 'waive'][now.axes.money] ?? now.axes.money };
          if (due)
            now.body.promises.push({
              dueAt: due.dueAt,
              setAt: receivedAt,
              reason: now.body.dueOverride ? 'Hẹn theo căn cứ riêng' : 'Hẹn khi tiếp nhận',
              basis: due.basis,
            });
          now.registerYear = Number(day.slice(0, 4));
          now.registerNumber = rows.nextNumber('register', day.slice(0, 4));
          saveIn(core, now);
          core.note(now, actor, 'accept', 'Tiếp nhận hồ sơ', `${titleOf(now)}${due ? `, hẹn trả ${due.text}` : ''}`, {
            from: now.body.applicant.fullName?.value ?? '',
            to: entry.receivingAgency,
          });
          const made = paper ? receipt(now, paper, actor.name) : null;
          if (now.body.sentRevision > 0) deps.enqueueDossier(outgoingDossier(now, entry, deps.catalogue, actor), now.body.sentRevision);
          return { receiptId: made?.id ?? null };
        };
      });
      if (isRefusal(answer)) return answer;
      if (answer.receiptId) print(commandId, answer.receiptId);
      const d = rows.get(id);
      const made = answer.receiptId ? deps.documents.get(answer.receiptId) : undefined;
      return d ? { dossier: core.view(d), receipt: made ? documentView(made) : null } : unknownDossier();
    },

    /** Dossiers of procedures that had no code yet are sent once the catalogue has one; called on opening. Returns which. */
    releasePending(actor: Actor): string[] {
      return rows
        .lines(`procedure_code like 'pending:%' and received_at is not null`, [], 10_000)
        .filter((line) => {
          const code = deps.catalogue.successor(line.procedure_code ?? '');
          const entry = code === undefined ? undefined : deps.catalogue.procedure(code);
          if (!entry || isRefusal(entry)) return false;
          const done = core.apply(line.id, (d) => {
            if (!d.procedure) return notNow(d);
            d.procedure = { ...d.procedure, code: entry.code, version: entry.version };
            d.body.sentRevision = 1;
            d.axes = { ...d.axes, sync: 'queued' };
            deps.enqueueDossier(outgoingDossier(d, entry, deps.catalogue, { ...actor, name: d.acceptedBy ?? actor.name }), 1);
            core.note(d, actor, 'codeKnown', 'Thủ tục đã có mã quốc gia', `${line.procedure_code ?? ''} → ${entry.code}`);
            core.tell(d, actor, STATUS_TEXT[d.axes.business]);
            return undefined;
          });
          return !isRefusal(done);
        })
        .map((line) => line.id);
    },

    /** The slip again: with the official code after a provisional one, or simply because it was lost. */
    async newSlip(
      commandId: string,
      id: string,
      actor: Actor,
      options: { print: boolean },
    ): Promise<{ dossier: DossierView; receipt: DossierDocument } | Refusal> {
      const answer = await core.once<{ receiptId: string }>(commandId, 'newSlip', async () => {
        const d = rows.get(id);
        if (!d) return unknownDossier();
        if (d.receivedAt === null) return notNow(d);
        const form = {
          ...formOf(d, deps, actor),
          earlierCode: d.code !== null && d.provisionalCode !== null ? d.provisionalCode : undefined,
        };
        const paper = deps.documents.files.put(
          await deps.documents.receipt({ ...form, officer: d.acceptedBy ?? actor.name }, deps.clock.now()),
        );
        return () => {
          const now = rows.get(id);
          if (!now || now.code !== d.code) return changedMeanwhile();
          const made = receipt(now, paper, actor.name);
          now.body.slipOutdated = false;
          saveIn(core, now);
          core.note(now, actor, 'newSlip', 'Lập lại giấy hẹn', titleOf(now));
          return { receiptId: made.id };
        };
      });
      if (isRefusal(answer)) return answer;
      if (options.print) print(commandId, answer.receiptId);
      const d = rows.get(id);
      const made = deps.documents.get(answer.receiptId);
      return d && made ? { dossier: core.view(d), receipt: documentView(made) } : unknownDossier();
    },
  };
}
