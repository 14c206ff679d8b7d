/** Layers that are marked together, 0-based, both ends included. */
export interface Span {
  from: number;
  to: number;
}

export const spanOf = (a: number, b = a): Span => ({ from: Math.min(a, b), to: Math.max(a, b) });

/** The layer of a model of `n_layers` that is at the same fraction of the depth as a layer of one of `of`. */
export const alike = (layer: number, n_layers: number, of: number): number =>
  Math.floor(((layer + 0.5) * n_layers) / of);

/**
 * The layers of a span that exist among `n_layers`, or null without any.
 *
 * @param of the layers that the span counts, where it marks a fraction of the depth
 */
export const cutSpan = (span: Span | null, n_layers: number, of?: number): Span | null => {
  if (span && of) return { from: alike(span.from, n_layers, of), to: alike(span.to, n_layers, of) };
  return span && span.from < n_layers
    ? { from: span.from, to: Math.min(span.to, n_layers - 1) }
    : null;
};

export const sameSpan = (a: Span | null, b: Span | null): boolean =>
  a?.from === b?.from && a?.to === b?.to;

/** The one layer of a span, or null where it has several. */
export const onlyLayer = (span: Span | null): number | null =>
  span && span.from === span.to ? span.from : null;

/** `layer 7`, `layers 4 to 7`. */
export const saySpan = ({ from, to }: Span): string =>
  from === to ? `layer ${from}` : `layers ${from} to ${to}`;

/** The end at which a span was begun, for what is added at its other one. */
const rootOf = (span: Span, begun: number | null, towards: number): number => {
  if (begun === span.from || begun === span.to) return begun;
  return towards < span.from ? span.to : span.from;
};

/** The end that keys move: across from where the span was begun. */
export const headOf = (span: Span | null, begun: number | null): number | null =>
  span && (begun === span.to ? span.from : span.to);

/** The span as far as another layer; from nothing, that layer alone. */
export const extended = (span: Span | null, begun: number | null, layer: number): Span =>
  span ? spanOf(rootOf(span, begun, layer), layer) : spanOf(layer);
