import type { Channel, FeeInput, FeesView } from '../contract/catalogue.ts';
import type { Fee, FeeRule, Procedure, Reduction } from './schema.ts';

/** `25.000 đ`. */
export const dong = (amount: number): string => `${String(amount).replace(/\B(?=(\d{3})+(?!\d))/g, '.')} đ`;

const inForce = (x: { effectiveFrom?: string | undefined; effectiveTo?: string | undefined }, day: string): boolean =>
  (x.effectiveFrom === undefined || x.effectiveFrom <= day) && (x.effectiveTo === undefined || day <= x.effectiveTo);

/**
 * What a dossier costs, line by line: base rule and ceiling, another sum by channel, then reductions that hold on that day.
 * Of several reductions of one line only the greatest counts: they are reasons, not a sum of rebates.
 * @param day YYYY-MM-DD of reception
 */
export function computeFees(procedure: Procedure, input: FeeInput, channel: Channel, day: string): FeesView {
  const warnings: string[] = [];
  const lines = procedure.fees.filter((f) => inForce(f, day)).map((f) => line(procedure, f, input, channel, day));
  for (const id of input.exemptions) {
    const found = procedure.reductions.find((r) => r.id === id);
    if (!found) warnings.push('Lý do miễn, giảm đã chọn không có trong danh mục của thủ tục này; hãy chọn lại.');
    else if (!inForce(found, day)) warnings.push(`Hết hiệu lực vào ngày tiếp nhận: ${found.text}`);
  }
  const full = lines.reduce((sum, l) => sum + l.full, 0);
  const due = lines.reduce((sum, l) => sum + l.due, 0);
  return { lines, full, due, text: procedure.feeText, warnings };
}

function line(procedure: Procedure, fee: Fee, input: FeeInput, channel: Channel, day: string): FeesView['lines'][number] {
  const quantity = (key: string) => input.quantities[key] ?? procedure.quantities.find((q) => q.key === key)?.initial ?? 0;
  const special = fee.byChannel[channel];
  const base = special === undefined ? amountOf(fee.rule, quantity) : { full: special, computation: 'Mức thu theo cách nộp' };
  const applicable = procedure.reductions.filter((r) => r.lines.includes(fee.key) && inForce(r, day) && claimed(r, input));
  const best = applicable.reduce<Reduction | null>((a, r) => (a === null || r.percent > a.percent ? r : a), null);
  // Rounded down to whole đồng in the citizen's favour.
  const off = best ? Math.ceil((base.full * best.percent) / 100) : 0;
  return {
    key: fee.key,
    kind: fee.kind,
    name: fee.name,
    computation: base.computation,
    full: base.full,
    due: base.full - off,
    reductions:
      best && base.full > 0 ? [{ text: best.text, basis: best.basis, amount: off, ...(best.proof ? { proof: best.proof } : {}) }] : [],
    basis: special === undefined ? fee.basis : (fee.channelBasis ?? fee.basis),
  };
}

const claimed = (r: Reduction, input: FeeInput): boolean => (r.when === 'vneid2' ? input.vneidLevel2 : input.exemptions.includes(r.id));

/** Đồng and how it came about, in words. */
export function amountOf(rule: FeeRule, quantity: (key: string) => number): { full: number; computation: string } {
  if (rule.type === 'fixed') return { full: rule.amount, computation: dong(rule.amount) };
  if (rule.type === 'per') {
    const n = quantity(rule.quantity);
    return { full: n * rule.amount, computation: `${n} ${rule.unit} × ${dong(rule.amount)}` };
  }
  const pages = quantity(rule.quantity);
  const copies = quantity(rule.times);
  let each = 0;
  let done = 0;
  for (const tier of rule.tiers) {
    const n = Math.max(0, Math.min(pages, tier.upTo ?? Number.MAX_SAFE_INTEGER) - done);
    each += n * tier.amount;
    done += n;
  }
  const capped = Math.min(each, rule.capEach);
  const cap = capped < each ? ` (mức tối đa)` : '';
  return {
    full: capped * copies,
    computation: `${copies} ${rule.timesUnit} × ${pages} ${rule.unit}: ${dong(capped)}/${rule.timesUnit}${cap}`,
  };
}
