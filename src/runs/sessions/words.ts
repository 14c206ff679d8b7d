import { listed } from '../../lib/words';
import type { SessionHead } from './format';

/** When a session was written, as its reader’s country writes it. */
export const savedAt = ({ saved }: Pick<SessionHead, 'saved'>): string =>
  new Date(saved).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** The lanes of a session by their names. */
export const namesOf = ({ lanes }: Pick<SessionHead, 'lanes'>): string =>
  listed(lanes.map(({ id, name }) => `${id.toUpperCase()} ${name}`));
