import type { Config } from '../config/fields';
import { sitesOf, type SiteName } from '../config/sites';
import type { Raw, RawRequest } from '../protocol/raw';
import type { Looking, Readings, ViewId } from './readings';

/** Names that a view asks for; those that the model lacks may be among them. */
export type Wanted = Partial<Omit<RawRequest, 'sequence'>>;

/** One view: the tensors that it is made of, and what it reads from those of every lane. */
export interface View<V extends ViewId> {
  wanted(looking: Looking, config: Config): Wanted;
  /** The parts of a look that its reading depends on, its tensors being the same; the rest is a matter of drawing. */
  by: readonly (keyof Looking)[];
  read(looking: Looking, lanes: readonly (Raw | null)[]): Readings[V];
}

/** The result of `readLane` for every lane; null where there is no lane. */
export const ofLanes = <T>(
  lanes: readonly (Raw | null)[],
  readLane: (raw: Raw) => T | null,
): (T | null)[] => lanes.map((raw) => raw && readLane(raw));

/** The place as a site of this model, or null: it is a parameter, or a site of other models. */
export const siteAt = (place: string, config: Config): SiteName | null =>
  sitesOf(config).find((site) => site === place) ?? null;

/** The layer of a place: that of its block, the first below all blocks, the last above them. */
export function layerOf(place: string, { n_layers }: Config): number {
  const match = /^blocks\.(\d+)\./.exec(place);
  if (match) return Math.min(Number(match[1]), n_layers - 1);
  return place.startsWith('embed') ? 0 : n_layers - 1;
}

/** Tests of a model that has the block of a place; what is outside of the blocks every model has. */
export const hasLayerOf = (place: string, config: Config): boolean => {
  const match = /^blocks\.(\d+)\./.exec(place);
  return !match || Number(match[1]) < config.n_layers;
};

/** The sequence and the position that are looked at, within a batch of these sizes. */
export const within = ({ sequence, token }: Looking, B: number, T: number) => ({
  sequence: Math.max(0, Math.min(sequence, B - 1)),
  token: Math.max(0, Math.min(token, T - 1)),
});

/** Tests of a lane that has all of these sites and parameters. */
export const has = ({ values, params }: Raw, wanted: Pick<Wanted, 'values' | 'params'>): boolean =>
  (wanted.values ?? []).every((site) => site in values) &&
  (wanted.params ?? []).every((name) => name in params);
