import { BLOCK_SITES, STACK_SITES } from '../../config/sites';
import type { ViewId } from '../../inspect/readings';
import type { Layout } from '../../protocol/frame';

/** The layer of a place; null outside of the blocks. */
export const layerOf = (place: string): number | null => {
  const match = /^blocks\.(\d+)\./.exec(place);
  return match ? Number(match[1]) : null;
};

/** The same place in another layer; outside of the blocks, the stream as it leaves that layer. */
export const inLayer = (place: string, layer: number): string =>
  layerOf(place) === null
    ? `blocks.${layer}.resid_post`
    : place.replace(/^blocks\.\d+/, `blocks.${layer}`);

export interface PlaceOption {
  value: string;
  label: string;
  note: string;
  group: string;
}

const kindOf = (name: string) => name.replace(/^blocks\.\d+\./, '');
const unique = (names: readonly string[]) => [...new Set(names)];

/** Views whose place is a site, those that are of a parameter, and those that are of the whole stack. */
const HAS: Record<ViewId, { sites: boolean; params: boolean }> = {
  distribution: { sites: true, params: true },
  channels: { sites: true, params: true },
  attention: { sites: false, params: false },
  stream: { sites: false, params: false },
  prediction: { sites: false, params: false },
  tokens: { sites: true, params: false },
  spectrum: { sites: false, params: true },
};

const NOTES: Record<string, { note: string }> = { ...BLOCK_SITES, ...STACK_SITES };
/** Tensors that are matrices, by their names. */
const isMatrix = (name: string) => /(^|\.)(w[qkvo]|w_\w+|token|position|unembed)$/.test(name);
const isScores = (kind: string) => kind === 'attn.scores' || kind === 'attn.pattern';

/**
 * The places that a view can show beside this one: the sites of its layer and those outside of the blocks, and the
 * parameters that go with them.
 */
export function placesOf(view: ViewId, place: string, layouts: readonly Layout[]): PlaceOption[] {
  const { sites, params } = HAS[view];
  const here = layerOf(place);
  const isNear = (name: string) => layerOf(name) === null || layerOf(name) === (here ?? 0);
  const near = (names: readonly string[]) => unique(names).filter(isNear);
  const groupOf = (name: string, group: string) =>
    layerOf(name) === null ? `${group} outside the blocks` : group;
  const option = (name: string, group: string, note: string): PlaceOption => ({
    ...{ value: name, label: kindOf(name), note, group: groupOf(name, group) },
  });
  const isShown = (name: string) => view === 'distribution' || !isScores(kindOf(name));
  return [
    ...(sites
      ? near(layouts.flatMap((layout) => layout.sites))
          .filter(isShown)
          .map((name) => option(name, 'sites', `${NOTES[kindOf(name)]?.note ?? ''}.`))
      : []),
    ...(params
      ? near(layouts.flatMap((layout) => layout.params))
          .filter((name) => view !== 'spectrum' || isMatrix(name))
          .map((name) =>
            option(
              name,
              'parameters',
              'A tensor of the weights, and the gradient of the loss with respect to it.',
            ),
          )
      : []),
  ].sort((a, b) => Number(layerOf(a.value) === null) - Number(layerOf(b.value) === null));
}

/** The same place where a view can show it, else the stream as it leaves that layer. */
export function placeFor(view: ViewId, place: string, layouts: readonly Layout[]): string {
  const places = placesOf(view, place, layouts).map(({ value }) => value);
  if (!HAS[view].sites || places.includes(place)) return place;
  return `blocks.${layerOf(place) ?? 0}.resid_post`;
}

/** Views that show one layer, whatever the site. */
export const hasLayer = (view: ViewId): boolean =>
  HAS[view].sites || HAS[view].params || view === 'attention';
