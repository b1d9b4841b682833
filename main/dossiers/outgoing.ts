import type { ProcedureView } from '../contract/catalogue.ts';
import { readIdNumber } from './identity.ts';
import type { PersonView } from '../contract/dossiers.ts';
import type { KeptFile } from '../documents/index.ts';
import type { Actor, CatalogueFunctions } from './deps.ts';
import type { Dossier } from './record.ts';
import { STATUS_CODE } from './states.ts';
import { stateOf } from './components.ts';

/** A dossier in the shape in which it leaves the counter; the delivery room checks it again and maps it for the province. */
export interface OutgoingFile {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
  readonly name: string;
  readonly resultCode?: string | null;
}
export interface OutgoingPerson {
  readonly kind: 'citizen' | 'business' | 'household';
  readonly name: string;
  readonly idNumber: string | null;
  readonly idIssuedOn: string | null;
  readonly bornOn: string | null;
  readonly address: string;
  readonly phone: string | null;
  readonly email: string | null;
}
export interface OutgoingResult {
  readonly code: string;
  readonly name: string;
  readonly file: OutgoingFile;
}
export interface OutgoingDossier {
  readonly dossierId: string;
  readonly code: string | null;
  readonly provisionalCode: string | null;
  readonly procedure: {
    readonly code: string;
    readonly name: string;
    readonly serviceCode: string | null;
    readonly fieldCode: string | null;
    readonly fieldName: string | null;
  };
  readonly applicant: OutgoingPerson;
  readonly owner: OutgoingPerson;
  readonly agencies: {
    readonly receiving: { code: string; name: string };
    readonly competent: { code: string; name: string };
    readonly assisting: { code: string; name: string } | null;
  };
  readonly submittedAt: number;
  readonly receivedAt: number;
  readonly dueAt: number | null;
  readonly channel: 'counter' | 'online' | 'post';
  readonly summary: string;
  readonly receivedBy: { readonly name: string; readonly title: string; readonly unit: string };
  readonly components: { code: string; name: string; quantity: number; kind: 0 | 1 | 2; files: OutgoingFile[] }[];
  readonly fees: {
    code: string;
    name: string;
    amount: number;
    kind: 'charge' | 'fee';
    collected: 'reception' | 'supplement' | 'handover';
    paid: boolean;
  }[];
  readonly results: OutgoingResult[];
  readonly note: string;
}
export interface OutgoingStatus {
  readonly dossierId: string;
  readonly status: number;
  readonly at: number;
  readonly text: string;
  readonly by: { readonly name: string; readonly title: string; readonly unit: string };
  readonly dueAt: number | null;
  readonly results: OutgoingResult[];
}

const CHANNEL = { direct: 'counter', post: 'post', 'assisted-online': 'online' } as const;

function person(p: PersonView): OutgoingPerson {
  const value = (field: keyof PersonView): string | null => p[field]?.value ?? null;
  const id = value('idNumber');
  return {
    kind: value('organisation') ? 'business' : 'citizen',
    name: value('organisation') ?? value('fullName') ?? '',
    idNumber: id,
    idIssuedOn: value('idIssuedOn'),
    bornOn: value('birthDate') ?? (id && readIdNumber(id) ? String(readIdNumber(id)?.year) : null),
    address: value('address') ?? '',
    phone: value('phone'),
    email: value('email'),
  };
}

/** @param d accepted: it has its code or provisional number, its due date and its component files */
export function outgoingDossier(
  d: Dossier,
  view: ProcedureView,
  catalogue: CatalogueFunctions,
  actor: Actor,
  results: OutgoingResult[] = [],
): OutgoingDossier {
  const self = d.body.owner === null;
  const agencies = catalogue.agencies(view.code, view.version);
  return {
    dossierId: d.id,
    code: d.code,
    provisionalCode: d.provisionalCode,
    procedure: { code: view.code, name: view.name, serviceCode: null, fieldCode: view.field.code, fieldName: view.field.name },
    applicant: person(d.body.applicant),
    owner: person(d.body.owner ?? d.body.applicant),
    // Nơi hỗ trợ: where a citizen was helped to file online; three agencies stand on each dossier.
    agencies: { ...agencies, assisting: d.channel === 'assisted-online' ? agencies.receiving : null },
    submittedAt: d.receivedAt ?? d.createdAt,
    receivedAt: d.receivedAt ?? d.createdAt,
    dueAt: d.dueAt,
    channel: CHANNEL[d.channel],
    summary: d.body.request,
    receivedBy: { name: actor.name, title: actor.title, unit: agencies.receiving.name },
    components: d.body.components
      .filter((c) => c.file !== null || stateOf(c, self) === 'complete')
      .map((c) => ({
        code: c.key,
        name: c.name,
        quantity: Math.max(1, c.originals + c.certified + c.copies),
        kind: c.originals > 0 ? (0 as const) : c.certified + c.copies > 0 ? (1 as const) : (2 as const),
        files: c.file === null ? [] : [{ path: c.file.path, sha256: c.file.sha256, size: c.file.size, name: c.file.name }],
      })),
    fees: (d.body.fees?.lines ?? []).map((l) => ({
      code: l.key,
      name: l.name,
      amount: l.due,
      kind: l.kind === 'phi' ? ('charge' as const) : ('fee' as const),
      collected: 'reception' as const,
      paid: d.axes.money === 'paid',
    })),
    results,
    note: '',
  };
}

export function outgoingResult(view: ProcedureView | null, name: string, file: KeptFile): OutgoingResult {
  return {
    code: view?.result.code ?? '',
    name,
    file: { path: file.path, sha256: file.id, size: file.size, name: `${name}.pdf`, resultCode: view?.result.code ?? null },
  };
}

export function outgoingStatus(
  d: Dossier,
  at: number,
  text: string,
  by: Actor,
  unit: string,
  results: OutgoingResult[] = [],
): OutgoingStatus {
  return {
    dossierId: d.id,
    status: STATUS_CODE[d.axes.business],
    at,
    text,
    by: { name: by.name, title: by.title, unit },
    dueAt: d.dueAt,
    results,
  };
}
