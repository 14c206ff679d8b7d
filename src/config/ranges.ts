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

export const layersText = ({ from, to }: LayerRange): string =>
  from === to ? String(from) : `${from}-${to}`;
