import { useEffect, useState } from 'react';
import type { ProcedureView } from '../../../main/contract/catalogue.ts';
import type { DossierView } from '../../../main/contract/dossier-views.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { State } from '../../shared/parts/State.tsx';
import { moneyText } from '../../shared/time.ts';
import { read } from '../data/read.ts';
import type { Draft } from './useDraft.ts';

/**
 * What is to be paid, each line with its computation and each reduction with its basis.
 * @param fixed the amount stands on a receipt
 */
export function Fees({ dossier, draft, fixed }: { dossier: DossierView; draft: Draft; fixed: boolean }) {
  const say = useSay();
  const { fees, feeInput, procedure } = dossier;
  const [view, setView] = useState<ProcedureView | null>(null);
  const code = procedure?.code;
  useEffect(() => {
    if (code === undefined) return undefined;
    return read(() => client.catalogue.procedure({ code }), setView);
  }, [code]);
  if (!fees) return null;
  const set = (input: typeof feeInput) => void draft.send((order) => client.dossiers.setFees({ ...order, input }));
  const paid = dossier.axes.money === 'paid';
  return (
    <div className="money">
      <div className="h">
        <h2>{say('Phí, lệ phí', 'Fees')}</h2>
        {fees.due === 0 && !paid ? (
          <State tone="ok">{say('Không phải nộp', 'Nothing to pay')}</State>
        ) : paid ? (
          <State tone="ok">{say('Đã thu', 'Paid')}</State>
        ) : (
          <State tone="wait">{say('Chưa thu', 'Not paid')}</State>
        )}
        <span className="sp">
          {say('Phải thu ', 'To pay ')}
          <b>{moneyText(fees.due)}</b>
        </span>
      </div>
      {view && !fixed && (view.quantities.length > 0 || view.exemptions.length > 0) ? (
        <div className="feein">
          {view.quantities.map((quantity) => (
            <Quantity
              key={quantity.key}
              label={quantity.label}
              value={feeInput.quantities[quantity.key] ?? quantity.initial}
              onChange={(value) => set({ ...feeInput, quantities: { ...feeInput.quantities, [quantity.key]: value } })}
            />
          ))}
          <label className="check small">
            <input
              type="checkbox"
              checked={feeInput.vneidLevel2}
              onChange={(event) => set({ ...feeInput, vneidLevel2: event.target.checked })}
            />
            {say('VNeID mức 2', 'VNeID level 2')}
          </label>
          {view.exemptions.length > 0 ? (
            <details className="exempt" open={feeInput.exemptions.length > 0}>
              <summary className="small">{say(`Miễn, giảm (${view.exemptions.length})`, `Exemptions (${view.exemptions.length})`)}</summary>
              {view.exemptions.map((exemption) => (
                <label key={exemption.id} className="check small" title={`${exemption.proof}, ${exemption.basis}`}>
                  <input
                    type="checkbox"
                    checked={feeInput.exemptions.includes(exemption.id)}
                    onChange={(event) =>
                      set({
                        ...feeInput,
                        exemptions: event.target.checked
                          ? [...feeInput.exemptions, exemption.id]
                          : feeInput.exemptions.filter((id) => id !== exemption.id),
                      })
                    }
                  />
                  {exemption.text}
                </label>
              ))}
            </details>
          ) : null}
        </div>
      ) : null}
      <div className="fee">
        {fees.lines
          .filter((line) => line.full > 0)
          .map((line) => (
            <FeeLine key={line.key} line={line} />
          ))}
      </div>
    </div>
  );
}

function FeeLine({ line }: { line: NonNullable<DossierView['fees']>['lines'][number] }) {
  return (
    <>
      <span>
        {line.name}
        {line.computation === '' ? '' : `, ${line.computation}`}
      </span>
      <span className="n">
        {line.due < line.full ? <s className="dim">{moneyText(line.full).replace(' đ', '')}</s> : null} {moneyText(line.due)}
      </span>
      {line.reductions.map((reduction) => (
        <span key={reduction.text} className="why">
          {reduction.text}, {reduction.basis}
        </span>
      ))}
    </>
  );
}

function Quantity({ label, value, onChange }: { label: string; value: number; onChange: (value: number) => void }) {
  const [text, setText] = useState(String(value));
  useEffect(() => setText(String(value)), [value]);
  const save = () => {
    const next = Number(text);
    if (Number.isInteger(next) && next >= 0 && next <= 100_000) {
      if (next !== value) onChange(next);
    } else setText(String(value));
  };
  return (
    <label className="qty small">
      {label}
      <input
        className="v in"
        inputMode="numeric"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={save}
        onKeyDown={(event) => {
          if (event.key === 'Enter') save();
        }}
      />
    </label>
  );
}
