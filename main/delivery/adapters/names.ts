/** The back ends there are: one folder each. `index.ts` beside this opens them; the compiler asks for a name that is missing there. */
export const BACK_ENDS = ['lgsp', 'classic'] as const;
export type BackEnd = (typeof BACK_ENDS)[number];
