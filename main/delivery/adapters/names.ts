import * as all from './all.ts';
import type { BackEnd, StepKind } from './back-end.ts';

/** Every back end of `all.ts`. */
export const backEnds: readonly BackEnd[] = Object.values(all);

/** What a step in the evidence does, whichever back end spoke; undefined for one that an officer is not told of (a sign-in). */
export const stepKind = (step: string): StepKind | undefined => backEnds.find((one) => step in one.steps)?.steps[step];
