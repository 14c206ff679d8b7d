import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { type Config, modalitiesOf } from '../config/fields';
import { isPerToken, parseSite, type SiteName } from '../config/sites';
import {
  MODALITY_COLUMNS,
  type Direction,
  type HeadStatistic,
  type SiteStatistic,
} from '../config/statistics';
import { joined } from '../kernels/operations/joined';
import type { LossCounter } from '../kernels/precision/lossCounter';
import { exempt } from '../kernels/precision/emulate';
import { mostTogether } from '../kernels/statistics/siteMoments';
import { headStatistics } from './heads';
import { modalityRms, siteMoments, siteRms } from './moments';
import { GRADIENT, HEAD_MOMENTS, LOSSES } from './rows';

/** Sites are measured together, as one stack, once this many numbers wait: 32 MB of float32. */
const MOST_WAITING = 8e6;

/**
 * Tensors of one shape that wait to be measured, and at which sites of the frame each flows: where nothing
 * happens between two sites they have one tensor, which is measured once.
 */
interface Waiting {
  sites: number[][];
  tensors: Tensor[];
}

interface Offsets {
  site: Partial<Record<SiteStatistic, number>>;
  head: Record<HeadStatistic, number>;
}

/** Additions of low precision to a measurement. */
interface Precision {
  /** Counts what rounding loses between two sites. */
  counter: LossCounter | null;
  /** The factor of the loss, and so of every gradient that passes. */
  scale: Scalar | null;
}

/**
 * Measures what a tap is told of. One pass forward and backward through the model measures every site: the forward
 * statistic where the signal passes, the backward one where its gradient comes back.
 *
 * Measured values stay on the device until `values`, and go to the entries `places` of a packed frame.
 */
export function createMeter(
  config: Config,
  sites: SiteName[],
  offsets: Offsets,
  mask: Tensor2D,
  { counter, scale }: Precision = { counter: null, scale: null },
) {
  const modalities = modalitiesOf(config);
  const indexOf = new Map(sites.map((name, i) => [name, i]));
  const measured: Tensor1D[] = [];
  /** Where each measured value goes; read at the end, when all sites of a tensor are known. */
  const places: (() => number[])[] = [];
  const forward = new Map<string, Waiting>();
  const backward = new Map<string, Waiting>();
  /** The sites at which a tensor was seen, by its data. */
  const seen = {
    forward: new WeakMap<object, number[]>(),
    backward: new WeakMap<object, number[]>(),
  };
  const scores = new Map<number, Tensor>();
  const heads: { layers: number[]; scores: Tensor[]; pattern: Tensor[] } = {
    layers: [],
    scores: [],
    pattern: [],
  };
  let waiting = 0;
  /** Where the losses of each stretch from site to site go. */
  const lossPlaces: number[] = [];

  /** Keeps measured values for the frame's entries `at`. */
  const put = (values: Tensor, at: number[]) => {
    measured.push(tf.keep(tf.reshape(values, [-1]).clone()) as Tensor1D);
    places.push(...at.map((place) => () => [place]));
  };
  /** Keeps statistics of tensors, one after the other of each: values: [tensors, statistics]. */
  const putSites = (statistics: readonly SiteStatistic[], values: Tensor, sites: number[][]) => {
    measured.push(tf.keep(tf.reshape(values, [-1]).clone()) as Tensor1D);
    for (const at of sites) {
      for (const id of statistics) places.push(() => at.map((i) => offsets.site[id]! + i));
    }
  };

  /** The RMS of each modality’s tokens alone, where there are several. */
  const putModalities = (
    of: keyof typeof MODALITY_COLUMNS,
    { tensors, sites }: Waiting,
    sized: (rms: Tensor) => Tensor,
  ) => {
    if (modalities === 1 || !areTokens(sites)) return;
    putSites(MODALITY_COLUMNS[of], sized(modalityRms(tensors, modalities)), sites);
  };
  const areTokens = (at: number[][]) => isPerToken(parseSite(sites[at[0]![0]!]!).kind);

  const measureForward = (group: Waiting) => {
    const { tensors, sites } = group;
    const { statistics, values } = siteMoments(tensors, areTokens(sites));
    putSites(statistics, values, sites);
    putModalities('rms', group, (values) => values);
  };

  const measureBackward = (group: Waiting) => {
    const { tensors, sites } = group;
    const unscaled = (values: Tensor) => (scale ? tf.div(values, scale) : values);
    putSites(GRADIENT, unscaled(siteRms(tensors)), sites);
    putModalities('grad_rms', group, unscaled);
  };

  const measureHeads = () => {
    const { layers, scores, pattern } = heads;
    if (!layers.length) return;
    const { n_heads: H } = config;
    exempt(() =>
      tf.tidy(() =>
        put(
          headStatistics(scores, pattern, mask, config.causal), // [layers, moments, H]
          layers.flatMap((layer) =>
            HEAD_MOMENTS.flatMap((id) =>
              Array.from({ length: H }, (_, h) => offsets.head[id] + layer * H + h),
            ),
          ),
        ),
      ),
    );
    tf.dispose([...scores, ...pattern]);
    heads.layers = [];
    heads.scores = [];
    heads.pattern = [];
  };

  const measureGroup = (measure: (group: Waiting) => void, group: Waiting) => {
    if (!group.tensors.length) return;
    exempt(() => tf.tidy(() => measure(group)));
    tf.dispose(group.tensors);
    group.sites = [];
    group.tensors = [];
  };
  const flush = () => {
    measureHeads();
    for (const group of forward.values()) measureGroup(measureForward, group);
    for (const group of backward.values()) measureGroup(measureBackward, group);
    waiting = 0;
  };

  const wait = (direction: Direction, site: SiteName, x: Tensor) => {
    const index = indexOf.get(site)!;
    const known = seen[direction].get(x.dataId);
    if (known) {
      known.push(index);
      return;
    }
    const [groups, measure] =
      direction === 'forward' ? [forward, measureForward] : [backward, measureBackward];
    const key = x.shape.join();
    const group = groups.get(key) ?? { sites: [], tensors: [] };
    groups.set(key, group);
    const at = [index];
    seen[direction].set(x.dataId, at);
    group.sites.push(at);
    group.tensors.push(tf.keep(x.clone()));
    waiting += x.size;
    if (group.tensors.length === mostTogether()) measureGroup(measure, group);
  };

  /** Counts what rounding lost since the site before. */
  const putLosses = (direction: Direction, site: SiteName) => {
    if (!counter) return;
    const places = LOSSES[direction].map((id) => offsets.site[id]! + indexOf.get(site)!);
    counter.mark();
    lossPlaces.push(...places);
  };

  const passForward = (site: SiteName, x: Tensor) => {
    putLosses('forward', site);
    wait('forward', site, x);
    const { layer, kind } = parseSite(site);
    if (layer !== null && kind === 'attn.scores') scores.set(layer, tf.keep(x.clone()));
    if (layer !== null && kind === 'attn.pattern') {
      heads.layers.push(layer);
      heads.scores.push(scores.get(layer)!);
      heads.pattern.push(tf.keep(x.clone()));
      scores.delete(layer);
      if (heads.layers.length === mostTogether()) measureHeads();
    }
    // Scores wait for their pattern: a flush between the two would lose them.
    if (waiting > MOST_WAITING && scores.size === 0) flush();
  };
  const passBackward = (site: SiteName, dy: Tensor) => {
    putLosses('backward', site);
    wait('backward', site, dy);
    if (waiting > MOST_WAITING) flush();
  };

  return {
    passForward,
    passBackward,
    put,
    /** The entries of the frame that each of `values` goes to. */
    places: () => places.map((at) => at()),
    /** All measured values in one vector, in the order of `places`. The meter is empty afterwards. */
    values(): Tensor1D {
      flush();
      // Losses after the last site go nowhere.
      if (counter) {
        const losses = counter.takeEnded();
        for (const of of losses) put(of, lossPlaces.splice(0, of.size));
        tf.dispose(losses);
      }
      const all = joined(measured);
      tf.dispose(measured);
      return all;
    },
  };
}
