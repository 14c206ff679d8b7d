import type { Config } from '../config/fields';
import { updatesOf } from '../config/layers';
import type { Raw, RawTensor } from '../protocol/raw';
import { depthSites } from './course';
import type { LaneSpectrum, Looking } from './readings';
import { singularValues } from './singularValues';
import { has, hasLayerOf, layerOf, ofLanes, siteAt, type View } from './view';

/** The first matrix of a sublayer. */
const FIRST = { attn: 'wq', mlp: 'w_in' } as const;

/** The first matrix of the layer of a place. */
function firstMatrix(place: string, config: Config): string {
  const [sublayer] = updatesOf(config).flat();
  return `blocks.${layerOf(place, config)}.${sublayer!}.${FIRST[sublayer!]}`;
}

/** The place itself, where it may be a matrix, and what is shown where it is none. */
const namesOf = ({ place }: Looking, config: Config): string[] => [
  ...(siteAt(place, config) ? [] : [place]),
  firstMatrix(place, config),
];

const sum = (values: Float64Array, f: (value: number) => number): number =>
  values.reduce((total, value) => total + f(value), 0);

/**
 * exp of the entropy of the singular values over their sum (Roy, Vetterli 2007, The Effective Rank, eq. 2–4), and the
 * share σ₁²/Σσ² of the largest. The tensor is taken as [B·T, D], its mean is not removed.
 */
export function rankOf({ shape, data }: RawTensor): { effective: number; top: number } {
  const D = shape.at(-1)!;
  const values = singularValues(data, data.length / D, D);
  const total = sum(values, Math.abs);
  const entropy = sum(values, (value) => {
    const share = value / total;
    return share === 0 ? 0 : -share * Math.log(share);
  });
  return {
    effective: Math.exp(entropy),
    top: values[0]! ** 2 / sum(values, (value) => value ** 2),
  };
}

function spectrumOf(raw: Raw, looking: Looking): LaneSpectrum | null {
  const { config, params } = raw;
  const matrix = namesOf(looking, config).find((name) => params[name]?.shape.length === 2);
  if (
    !hasLayerOf(looking.place, config) ||
    matrix === undefined ||
    !has(raw, { values: depthSites(config) })
  )
    return null;
  const { shape, data } = params[matrix]!;
  const values = singularValues(data, shape[0]!, shape[1]!);
  const [norm, least] = [values[0]!, values.at(-1)!];
  const ranks = depthSites(config).map((site) => rankOf(raw.values[site]!));
  return {
    ...{ matrix, shape, values: Array.from(values), norm },
    stableRank: sum(values, (value) => value ** 2) / norm ** 2,
    condition: norm / least,
    effectiveRank: ranks.map(({ effective }) => effective),
    top: ranks.map(({ top }) => top),
  };
}

/** The singular values of a matrix, and the rank of the stream by depth. */
export const spectrum: View<'spectrum'> = {
  by: ['place'],
  wanted: (looking, config) => ({
    values: depthSites(config),
    params: namesOf(looking, config),
  }),
  read: (looking, lanes) => ({
    lanes: ofLanes(lanes, (raw) => spectrumOf(raw, looking)),
  }),
};
