import { expect } from 'vitest';
import type { Config } from '../../src/config/fields';
import { blockSite, parseSite, type SiteName } from '../../src/config/sites';
import type { ParamStatistic, SiteStatistic } from '../../src/config/statistics';
import type { Session } from '../../src/engine/session';
import { encodeSafetensors, type NamedTensor } from '../../src/lib/safetensors';
import { normals } from '../../src/lib/random';
import type { Frame } from '../../src/protocol/frame';
import { measured, sessionOf, weightsOf } from './support';

/**
 * The setting of the theory: one head, d_ff = d, ReLU, Xavier (for square matrices N(0, 1/d)), iid input of
 * variance 1, unit iid gradient at the top.
 */
export const THEORY = {
  task: 'gaussian',
  objective: 'random_projection',
  attention: 'uniform',
  n_layers: 12,
  d_model: 256,
  n_heads: 1,
  mlp_ratio: 1,
  activation: 'relu',
  init: 'xavier',
  causal: false,
  seq_len: 32,
  batch_size: 2,
} as const satisfies Partial<Config>;

/** One frame, read by names. */
export interface Measurement {
  frame: Frame;
  /** At the stream: l = 0 is what enters layer 0, l what leaves the l-th layer. [L + 1] */
  stream(statistic: SiteStatistic): number[];
  at(site: SiteName, statistic: SiteStatistic): number;
  param(name: string, statistic: ParamStatistic): number;
  params: string[];
}

/** The data that a tensor starts with instead of its own; undefined leaves it. */
type Replace = (tensor: NamedTensor) => Float32Array | undefined;

/** Starts a session anew from its own weights with some of them replaced, as from a weights file. */
async function startFrom(session: Session, replace: Replace) {
  const tensors = Array.from(await weightsOf(session), ([name, tensor]) => ({ name, ...tensor }));
  session.loadWeights(
    encodeSafetensors(
      tensors.map((tensor) => ({ ...tensor, data: replace(tensor) ?? tensor.data })),
      {},
    ),
  );
}

function reading(frame: Frame, { report: { layout } }: Session): Measurement {
  const at = (site: SiteName, statistic: SiteStatistic) => {
    const i = layout.sites.indexOf(site);
    if (i < 0) throw new Error(`There is no site ${site}.`);
    return frame.site[statistic][i]!;
  };
  const stream = [
    blockSite(0, 'resid_pre'),
    ...layout.sites.filter((site) => parseSite(site).kind === 'resid_post'),
  ];
  return {
    frame,
    at,
    stream: (statistic) => stream.map((site) => at(site, statistic)),
    param(name, statistic) {
      const i = layout.params.indexOf(name);
      if (i < 0) throw new Error(`There is no parameter ${name}.`);
      return frame.param[statistic][i]!;
    },
    params: layout.params,
  };
}

/** The first frame of these settings under each of the seeds 0 … n − 1. */
export async function underSeeds(
  n: number,
  settings: Partial<Config>,
  replace?: Replace,
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (let seed = 0; seed < n; seed++) {
    const session = await sessionOf({ ...settings, seed });
    if (replace) await startFrom(session, replace);
    measurements.push(reading(await measured(session), session));
    session.dispose();
  }
  return measurements;
}

export const mean = (values: number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Entry by entry, the mean over measurements of what `read` gives. */
export function averaged(of: Measurement[], read: (one: Measurement) => number[]): number[] {
  const rows = of.map(read);
  return rows[0]!.map((_, l) => mean(rows.map((row) => row[l]!)));
}

/** V_l: mean square of the stream. */
export const meanSquares = (of: Measurement[]): number[] =>
  averaged(of, ({ stream }) => stream('rms').map((rms) => rms ** 2));
/** ρ_l: mean cosine between two tokens. */
export const alignment = (of: Measurement[]): number[] =>
  averaged(of, ({ stream }) => stream('token_cosine'));
/** The RMS of the gradient. */
export const gradients = (of: Measurement[]): number[] =>
  averaged(of, ({ stream }) => stream('grad_rms'));
/** G_l: mean square of the gradient. */
export const squaredGradients = (of: Measurement[]): number[] =>
  averaged(of, ({ stream }) => stream('grad_rms').map((rms) => rms ** 2));

/** Fails where a measured number is as far from the predicted one as `tolerance`, a share of it. */
export const expectNear = (got: number, wanted: number, tolerance: number, what: string) =>
  expect(Math.abs(got / wanted - 1), `${what}: ${got}, not ${wanted}`).toBeLessThan(tolerance);

/** Independent standard normals, the same in every run. */
export const normalsOf = (name: string, count: number): Float32Array => normals(0, name, count, 1);
