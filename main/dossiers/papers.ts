import type { DueDateView } from '../contract/catalogue.ts';
import type { PersonView } from '../contract/dossiers.ts';
import type { FormDossier, FormPerson } from '../documents/index.ts';
import { componentView, stateOf } from './components.ts';
import type { Actor, DossiersDeps } from './deps.ts';
import type { Dossier } from './record.ts';
import { dong, entryOf, feesOf } from './view.ts';

const CHANNEL = { direct: 'trực tiếp', post: 'qua bưu chính', 'assisted-online': 'trực tuyến, quầy hỗ trợ' } as const;

const formPerson = (p: PersonView): FormPerson => ({
  name: p.organisation?.value ?? p.fullName?.value ?? '',
  idNumber: p.idNumber?.value,
  address: p.address?.value,
  phone: p.phone?.value,
  email: p.email?.value,
});

/** A dossier as papers speak of it. Components that nobody handed in are not on the receipt, those from a database are. */
export function formDossier(
  d: Dossier,
  deps: DossiersDeps,
  actor: Actor,
  now: { code: string; provisional: boolean; receivedAt: number; due: DueDateView | null },
): FormDossier {
  const entry = entryOf(d, deps);
  const self = d.body.owner === null;
  const fees = feesOf(d, deps);
  const limit = entry?.cases.find((c) => c.id === d.procedure?.caseId)?.limit;
  return {
    code: now.code,
    provisional: now.provisional,
    procedure: d.procedure?.name ?? '',
    procedureCode: d.procedure?.code ?? '',
    request: d.body.request,
    applicant: formPerson(d.body.applicant),
    ...(d.body.owner === null ? {} : { owner: formPerson(d.body.owner), authority: d.body.authority ?? undefined }),
    channel: CHANNEL[d.channel],
    sets: d.body.sets,
    components: d.body.components
      .map((c, i) => ({ c, view: componentView(c, i, self), state: stateOf(c, self) }))
      .filter(({ state }) => state === 'complete' || state === 'review' || state === 'in-database')
      .map(({ c, state }) => {
        const fromData = state === 'in-database';
        const note = fromData
          ? c.reusedFrom === null
            ? 'có trong CSDL, không thu giấy'
            : `dùng lại từ ${c.reusedFrom}`
          : (c.note ?? (c.returned ? 'trả lại sau khi đối chiếu' : undefined));
        return {
          name: c.name,
          originals: fromData ? 0 : c.originals,
          certified: fromData ? 0 : c.certified,
          copies: fromData ? 0 : c.copies,
          note,
        };
      }),
    limit: limit?.text ?? '',
    receivedAt: now.receivedAt,
    dueAt: now.due?.dueAt ?? null,
    fees:
      fees === null || fees.full === 0
        ? 'không thu'
        : `${dong(fees.due)}${fees.due === 0 ? ' (được miễn)' : d.axes.money === 'paid' ? ', đã thu' : ', chưa thu'}`,
    competentAgency: entry?.competentAgency ?? '',
    officer: actor.name,
    resultPlace: entry?.receivingAgency ?? deps.documents.head.centre,
  };
}

/** As it stands now, for letters after the intake. */
export const formOf = (d: Dossier, deps: DossiersDeps, actor: Actor): FormDossier =>
  formDossier(d, deps, actor, {
    code: d.code ?? d.provisionalCode ?? '',
    provisional: d.code === null && d.provisionalCode !== null,
    receivedAt: d.receivedAt ?? d.createdAt,
    due: d.body.due,
  });
