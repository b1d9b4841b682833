/**
 * The browser's own words on a wrong field follow the browser's language, not the officer's. This gives them ours, in the
 * language of the page, and treats spaces alone as nothing.
 */
type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
type Faults = Pick<ValidityState, 'valueMissing' | 'patternMismatch' | 'tooShort' | 'rangeUnderflow' | 'rangeOverflow' | 'typeMismatch'>;

/** The sentence for a fault; `hint` is the field's own title, which says what a right value looks like. */
export function faultText(faults: Partial<Faults>, language: string, field: { hint: string; minLength: number }): string {
  const say = (vi: string, en: string) => (language === 'en' ? en : vi);
  if (faults.valueMissing) return say('Hãy điền mục này.', 'Fill this in.');
  if (faults.tooShort) return say(`Cần ít nhất ${field.minLength} ký tự.`, `At least ${field.minLength} characters are needed.`);
  if (faults.patternMismatch && field.hint !== '') return say(`Chỉ dùng ${field.hint}.`, `Use only ${field.hint}.`);
  return say('Giá trị này chưa đúng. Hãy xem lại.', 'This value is not right. Look at it again.');
}

/** Text that is only spaces, or too short without them: the browser counts spaces as letters. */
export const tooBlank = (value: string, required: boolean, minLength: number): boolean =>
  required && value !== '' && value.trim().length < Math.max(1, minLength);

const isField = (target: EventTarget | null): target is Field =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
const minLengthOf = (field: Field): number => ('minLength' in field ? field.minLength : -1);

/** Starts listening on a page. A field that sets a message of its own (`setCustomValidity`) keeps it. */
export function listenForFaults(page: Document): void {
  const words = (field: Field, faults: Partial<Faults>) =>
    faultText(faults, page.documentElement.lang, { hint: field.title, minLength: minLengthOf(field) });
  page.addEventListener(
    'invalid',
    ({ target }) => {
      if (isField(target) && !target.validity.customError) target.setCustomValidity(words(target, target.validity));
    },
    true,
  );
  const look = ({ target }: Event) => {
    if (!isField(target)) return;
    const blank = target.type !== 'password' && tooBlank(target.value, target.required, minLengthOf(target));
    target.setCustomValidity(blank ? words(target, target.value.trim() === '' ? { valueMissing: true } : { tooShort: true }) : '');
  };
  page.addEventListener('input', look, true);
  page.addEventListener('change', look, true);
}
