import { decodeLink } from '../../runs/link';
import type { Hideable } from '../../runs/view';

/** Parts that a page, the part of a link after #, leaves out by itself. */
export const hiddenIn = (page: string): readonly Hideable[] => decodeLink(page).view.hide;

/** The same page without these parts too. */
export function leavingOut(page: string, parts: readonly Hideable[]): string {
  if (!parts.length) return page;
  const hide = [...new Set([...hiddenIn(page), ...parts])];
  const others = page.split('&').filter((pair) => !pair.startsWith('view.hide='));
  return [...others, `view.hide=${hide.join(',')}`].filter(Boolean).join('&');
}
