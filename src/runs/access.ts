import { field, isKey, type Config, type Key } from '../config/fields';
import { listed } from '../lib/words';
import type { Opened, View } from './view';

export const isOpened = (word: string): word is Opened => word === 'lanes' || isKey(word);

const labelOf = (opened: Opened): string =>
  opened === 'lanes' ? 'the number of lanes' : field(opened).label;

/** The reason why something cannot be changed on this page; null where it can. */
export function whyLocked({ open }: Pick<View, 'open'>, what: Opened): string | null {
  if (!open || open.includes(what)) return null;
  return `Locked on this page. Open here: ${open.length ? listed(open.map(labelOf)) : 'nothing'}.`;
}

/** The changes of a lane's settings that a page allows, and the settings among the rest. */
export function allowed(view: Pick<View, 'open'>, before: Config, wanted: Record<string, unknown>) {
  const locked = Object.keys(wanted)
    .filter(isKey)
    .filter((key) => wanted[key] !== before[key] && whyLocked(view, key) !== null);
  const rest = Object.entries(wanted).filter(([key]) => !locked.includes(key as Key));
  return { changes: Object.fromEntries(rest), locked };
}
