import type { Lab } from './lab';

/** What a menu tells of a lab before its file is fetched. */
export type CatalogueEntry = Pick<Lab, 'id' | 'title' | 'question' | 'minutes' | 'level'>;

/** The labs that ship, in the order in which a course does them; each is `public/labs/ID.md`, whose front matter says the same. */
export const CATALOGUE: readonly CatalogueEntry[] = [];
