import type { Lab } from './lab';

/** The labs that ship, each a file of its id in `public/labs`, in the order of a course. */
export const LABS: readonly Pick<Lab, 'id' | 'title' | 'question' | 'minutes' | 'level'>[] = [];
