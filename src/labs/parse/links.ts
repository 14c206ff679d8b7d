import { explained, toTell } from '../../config/check';
import { decodeLink } from '../../runs/link';

/** The part of a link to the page after #, and what is wrong with it. */
export function readPageLink(text: string): { link: string; problems: string[] } {
  const link = text.trim().replace(/^[^#]*#/, '');
  return { link, problems: toTell(decodeLink(link).problems).map(explained) };
}

/** Ways in which links of prose may begin. */
const OUTSIDE = /^(https?:\/\/|mailto:)/i;

/** Faults of a link in prose; empty where there are none. */
export function linkProblems(href: string): string[] {
  if (OUTSIDE.test(href)) return [];
  if (/^#v=/.test(href)) return readPageLink(href).problems;
  return ['links begin with https://, http:// or mailto:, or, to the page itself, with #v=1.'];
}

/** Files beside the lab: no other origin, no folder above, no scheme. */
const BESIDE = /^(?!.*\.\.)[\w-][\w./-]*\.(png|jpe?g|webp|avif|gif|svg)$/i;
export const isBeside = (src: string): boolean => BESIDE.test(src);
