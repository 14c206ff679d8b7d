import { shortened, unknown } from '../lib/words';
import { isNorm, norms, type NormId } from './norms';
import { placements, type PlacementId } from './placements';
import { layersText, parseLayers, parseList, turned, type LayerRange } from './ranges';

/** An exception: these layers, both ends included, have another placement or norm. */
export interface Override extends LayerRange {
  placement?: PlacementId;
  norm?: NormId;
}

const isPlacement = (id: string): id is PlacementId => Object.hasOwn(placements, id);

/** `8-11:post` (a placement), `0:/rmsnorm` (a norm), `4-7:post/rmsnorm` (both). */
function parseOne(text: string): Override | string {
  const [range, change, ...rest] = text.split(':');
  const forward = turned(range!.trim());
  if (forward)
    return `“${shortened(text)}” is not an exception, as its layers count backward; write ${forward}`;
  const layers = parseLayers(range!.trim());
  if (!layers || change === undefined || rest.length) {
    return `“${shortened(text)}” is not an exception such as 8-11:post, 0:/rmsnorm or 4-7:post/rmsnorm`;
  }
  const [placement = '', norm = '', ...more] = change.trim().split('/');
  if (more.length || (!placement && !norm)) {
    return `“${shortened(text)}” names neither a placement nor a norm; write it as 8-11:post, 0:/rmsnorm or 4-7:post/rmsnorm`;
  }
  if (placement && !isPlacement(placement)) {
    return isNorm(placement)
      ? `“${placement}” is a norm and no placement; write it as /${placement}`
      : unknown(placement, 'placement', Object.keys(placements));
  }
  if (norm && !isNorm(norm)) {
    return unknown(norm, 'norm', Object.keys(norms));
  }
  return {
    ...layers,
    ...(placement ? { placement: placement as PlacementId } : {}),
    ...(norm ? { norm: norm as NormId } : {}),
  };
}

/** Exceptions separated by commas, in order, and what was wrong with the first that is none. */
export function parseOverrides(text: string) {
  const { items: overrides, problem } = parseList(text, parseOne);
  return { overrides, problem };
}

export const overridesOf = ({ layer_overrides }: { layer_overrides: string }): Override[] =>
  parseOverrides(layer_overrides).overrides;

export const formatOverrides = (overrides: Override[]): string =>
  overrides
    .map((o) => `${layersText(o)}:${o.placement ?? ''}${o.norm ? `/${o.norm}` : ''}`)
    .join(',');

/**
 * The exceptions with one more, for the layers `from` to `to`. What older ones said of the same layers and
 * the same thing is taken out, so that the text stays as short as what it means; null takes it out alone.
 */
export function withOverride(
  text: string,
  { from, to }: LayerRange,
  change: { placement?: PlacementId | null; norm?: NormId | null },
): string {
  const kept = parseOverrides(text).overrides.flatMap((old): Override[] => {
    const cleared = { ...old };
    if ('placement' in change) delete cleared.placement;
    if ('norm' in change) delete cleared.norm;
    const inside = { from: Math.max(from, old.from), to: Math.min(to, old.to) };
    if (inside.from > inside.to) return [old];
    const parts: Override[] = [
      { ...old, to: inside.from - 1 },
      { ...cleared, ...inside },
      { ...old, from: inside.to + 1 },
    ];
    return parts.filter((part) => part.from <= part.to && (part.placement ?? part.norm));
  });
  const added: Override = { from, to };
  if (change.placement) added.placement = change.placement;
  if (change.norm) added.norm = change.norm;
  return formatOverrides(added.placement || added.norm ? [...kept, added] : kept);
}
