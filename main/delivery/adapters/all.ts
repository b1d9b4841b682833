/** The back ends there are: one folder and one line here for each. */
export { backEnd as lgsp } from './lgsp/index.ts';
export { backEnd as classic } from './classic/index.ts';
