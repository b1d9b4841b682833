import { useState } from 'react';
import type { DossierView, Party } from '../../../main/contract/dossier-views.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { State } from '../../shared/parts/State.tsx';
import { LookUpDialog, type Citizen } from '../outbox/LookUpDialog.tsx';
import { PersonField } from './PersonField.tsx';
import type { Draft } from './useDraft.ts';

/** Who hands in and whose dossier it is. Nothing is typed that a card has said. */
export function Parties({ dossier, draft }: { dossier: DossierView; draft: Draft }) {
  const say = useSay();
  const [authority, setAuthority] = useState(dossier.authority ?? '');
  const self = dossier.owner === null;
  const read = dossier.applicant.idNumber?.source === 'card';
  return (
    <>
      <div className="h">
        <h2>{say('Người nộp', 'Applicant')}</h2>
        <span className="sp" />
        {dossier.identityNotes.length > 0 ? (
          <State tone="warn" bare>
            {dossier.identityNotes[0]}
          </State>
        ) : read ? (
          <State tone="ok" bare>
            {say('Đã đọc thẻ, số định danh khớp', 'Card read, number fits')}
          </State>
        ) : (
          <span className="small dim">{say('Quét thẻ căn cước, hoặc nhập tay', 'Scan the ID card, or type')}</span>
        )}
      </div>
      <PersonFields dossier={dossier} draft={draft} party="applicant" />
      <LookUp dossier={dossier} draft={draft} />
      <div className="owner">
        <label className="check">
          <input
            type="checkbox"
            checked={self}
            onChange={(event) => void draft.send((order) => client.dossiers.setOwner({ ...order, self: event.target.checked }))}
          />
          {say('Người nộp là chủ hồ sơ', 'The applicant is the owner')}
        </label>
      </div>
      {self ? null : (
        <div className="ownerbox">
          <div className="h">
            <h2>{say('Chủ hồ sơ', 'Owner')}</h2>
          </div>
          <PersonFields dossier={dossier} draft={draft} party="owner" />
          <label className="fld w">
            <span className="lb">{say('Căn cứ nộp thay', 'Why they may act')}</span>
            <input
              className="v in"
              value={authority}
              onChange={(event) => setAuthority(event.target.value)}
              onBlur={() => {
                if (authority !== (dossier.authority ?? ''))
                  void draft.send((order) => client.dossiers.setOwner({ ...order, self: false, authority }));
              }}
              placeholder={say('Ví dụ: văn bản ủy quyền số…, cha đẻ', 'For example: power of attorney no. …, father')}
            />
          </label>
        </div>
      )}
    </>
  );
}

/** For a card that cannot be read: the population data, asked for this dossier and written down. */
function LookUp({ dossier, draft }: { dossier: DossierView; draft: Draft }) {
  const say = useSay();
  const [open, setOpen] = useState(false);
  const use = (person: Citizen) => {
    setOpen(false);
    for (const field of ['fullName', 'birthDate', 'sex', 'address'] as const) {
      const value = person[field];
      if (value !== null)
        void draft.send((order) => client.dossiers.setField({ ...order, party: 'applicant', field, value, source: 'database' }));
    }
  };
  return (
    <>
      <button type="button" className="btn sm soft" onClick={() => setOpen(true)}>
        {say('Tra cứu dân cư', 'Look the citizen up')}
      </button>
      {open ? (
        <LookUpDialog
          dossierId={dossier.id}
          idNumber={dossier.applicant.idNumber?.value ?? ''}
          onUse={use}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </>
  );
}

function PersonFields({ dossier, draft, party }: { dossier: DossierView; draft: Draft; party: Party }) {
  const say = useSay();
  const person = (party === 'applicant' ? dossier.applicant : dossier.owner) ?? {};
  const common = { person, party, draft } as const;
  return (
    <div className="f">
      <PersonField {...common} field="fullName" label={say('Họ và tên', 'Full name')} wide upper />
      <PersonField {...common} field="idNumber" label={say('Số định danh', 'ID number')} digits />
      <PersonField {...common} field="birthDate" label={say('Ngày sinh', 'Date of birth')} date />
      <PersonField {...common} field="address" label={say('Nơi thường trú', 'Residence')} wide />
      <PersonField {...common} field="sex" label={say('Giới tính', 'Sex')} choices={['Nam', 'Nữ']} />
      <PersonField {...common} field="phone" label={say('Điện thoại', 'Telephone')} digits />
    </div>
  );
}
