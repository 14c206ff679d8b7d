/** Layers, 0-based, both ends included. */
export interface LayerRange {
  from: number;
  to: number;
}

/** `7` or `4-7`; null where it is neither. */
export function parseLayers(text: string): LayerRange | null {
  const match = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(text);
  if (!match) return null;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  return from <= to ? { from, to } : null;
}

/** The right form of a range that counts backward (`10-5`), or null. */
export function turned(text: string): string | null {
  const match = /^(\d{1,9})-(\d{1,9})$/.exec(text);
  return match && Number(match[1]) > Number(match[2]) ? `${match[2]}-${match[1]}` : null;
}

/** Dashes and the minus sign, as texts and this page write ranges and numbers. */
const DASHES = /[‐‑‒–—−]/g;

/** The parts of a list with commas, any dash in them as a hyphen, each read by `parse`, and the problem of the first that is none. */
export function parseList<Item extends object>(
  text: string,
  parse: (part: string) => Item | string,
): { items: Item[]; problem: string | null } {
  const parts = text.split(',').map((part) => part.trim().replace(DASHES, '-'));
  const parsed = parts.filter(Boolean).map(parse);
  return {
    items: parsed.filter((one) => typeof one !== 'string'),
    problem: parsed.find((one) => typeof one === 'string') ?? null,
  };
}

export const overlap = (a: LayerRange, b: LayerRange): boolean => a.from <= b.to && b.from <= a.to;

export const layersText = ({ from, to }: LayerRange): string =>
  from === to ? String(from) : `${from}-${to}`;
