import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Config } from '../config/fields';
import { modalitiesOf } from '../config/modalities';
import { parseSite, shapeOf, type SiteName } from '../config/sites';
import type { HeadStatistic, SiteStatistic } from '../config/statistics';
import type { LossCounter } from '../kernels/losses';
import { exempt } from '../kernels/precision';
import { headStatistics } from './heads';
import { moments, rms, tokenMoments } from './moments';

/** Sites are measured together, as one stack, once this many numbers wait: 32 MB of float32. */
const MOST_WAITING = 8e6;

/** Tensors of one shape that wait to be measured, and which entries of the frame they are. */
interface Waiting {
  indices: number[];
  tensors: Tensor[];
}

/** Where the recorder's numbers go in a packed frame. */
interface Offsets {
  site: Partial<Record<SiteStatistic, number>>;
  head: Record<HeadStatistic, number>;
}

/** What low precision adds to a measurement. */
interface Precision {
  /** Counts what rounding loses between two sites. */
  counter: LossCounter | null;
  /** What the loss, and so every gradient that passes, was multiplied by. */
  scale: Scalar | null;
}

/**
 * Measures what a tap is told of. One pass forward and backward through the model measures every site: the forward
 * statistic where the signal passes, the backward one where its gradient comes back.
 *
 * Measured values stay on the device until `values`, and go to the entries `places` of a packed frame.
 */
export function createRecorder(
  config: Config,
  sites: SiteName[],
  offsets: Offsets,
  mask: Tensor2D,
  { counter, scale }: Precision = { counter: null, scale: null },
) {
  const modalities = modalitiesOf(config);
  const indexOf = new Map(sites.map((name, i) => [name, i]));
  const measured: Tensor1D[] = [];
  const places: number[] = [];
  const forward = new Map<string, Waiting>();
  const backward = new Map<string, Waiting>();
  const scores = new Map<number, Tensor>();
  const heads: { layers: number[]; scores: Tensor[]; pattern: Tensor[] } = {
    layers: [],
    scores: [],
    pattern: [],
  };
  let waiting = 0;

  /** Keeps measured values for the frame's entries `at`. */
  const put = (values: Tensor, at: number[]) => {
    measured.push(tf.keep(tf.reshape(values, [-1]).clone()) as Tensor1D);
    places.push(...at);
  };
  const putSites = (statistic: SiteStatistic, values: Tensor, indices: number[]) =>
    put(
      values,
      indices.map((i) => offsets.site[statistic]! + i),
    );

  /** The RMS of each modality’s tokens alone, where there are several. stack: [S, B, T, D] */
  const putModalities = (
    of: 'rms' | 'grad_rms',
    stack: Tensor,
    indices: number[],
    sized: (rms: Tensor1D) => Tensor,
  ) => {
    if (modalities === 1 || stack.rank !== 4 || !isPerToken(indices)) return;
    for (let m = 0; m < modalities; m++) {
      const tokens = tf.stridedSlice(stack, [0, 0, m, 0], stack.shape, [1, 1, modalities, 1]);
      const values = rms(tf.reshape(tokens, [stack.shape[0]!, -1]));
      putSites(`${of}_modality_${m as 0 | 1}`, sized(values), indices);
    }
  };
  const isPerToken = (indices: number[]) => shapeOf(sites[indices[0]!]!) !== 'BHTT';

  const measureForward = ({ indices, tensors }: Waiting) => {
    const stack = tf.stack(tensors);
    const perSite = moments(tf.reshape(stack, [tensors.length, -1]));
    const perToken = isPerToken(indices) ? tokenMoments(stack as Tensor4D) : {};
    putModalities('rms', stack, indices, (values) => values);
    for (const [statistic, values] of Object.entries({ ...perSite, ...perToken })) {
      putSites(statistic as SiteStatistic, values, indices);
    }
  };

  const measureBackward = ({ indices, tensors }: Waiting) => {
    const stack = tf.stack(tensors);
    const unscaled = (values: Tensor1D) => (scale ? tf.div(values, scale) : values);
    putSites('grad_rms', unscaled(rms(tf.reshape(stack, [tensors.length, -1]))), indices);
    putModalities('grad_rms', stack, indices, unscaled);
  };

  const measureHeads = () => {
    const { layers } = heads;
    if (!layers.length) return;
    const [B, H, T] = heads.scores[0]!.shape as [number, number, number];
    const together = (tensors: Tensor[]) => tf.reshape(tf.stack(tensors), [-1, T, T]) as Tensor3D;
    const statistics = headStatistics(
      together(heads.scores),
      together(heads.pattern),
      mask,
      config.causal,
      [layers.length, B, H],
    );
    for (const [statistic, values] of Object.entries(statistics)) {
      const start = offsets.head[statistic as HeadStatistic];
      put(
        values,
        layers.flatMap((layer) => Array.from({ length: H }, (_, h) => start + layer * H + h)),
      );
    }
  };

  const flush = () => {
    exempt(() =>
      tf.tidy(() => {
        measureHeads();
        forward.forEach(measureForward);
        backward.forEach(measureBackward);
      }),
    );
    for (const group of [...forward.values(), ...backward.values()]) tf.dispose(group.tensors);
    forward.clear();
    backward.clear();
    heads.layers = [];
    heads.scores = [];
    heads.pattern = [];
    waiting = 0;
  };

  const wait = (groups: Map<string, Waiting>, site: SiteName, x: Tensor): Tensor => {
    const key = x.shape.join();
    const group = groups.get(key) ?? { indices: [], tensors: [] };
    groups.set(key, group);
    const kept = tf.keep(x.clone());
    group.indices.push(indexOf.get(site)!);
    group.tensors.push(kept);
    waiting += x.size;
    return kept;
  };

  /** What rounding lost since the site before. */
  const putLosses = (prefix: '' | 'grad_', site: SiteName) => {
    if (!counter) return;
    const places = (['underflow', 'overflow'] as const).map(
      (id) => offsets.site[`${prefix}${id}`]! + indexOf.get(site)!,
    );
    exempt(() => tf.tidy(() => put(counter.take(), places)));
  };

  const passForward = (site: SiteName, x: Tensor) => {
    putLosses('', site);
    const kept = wait(forward, site, x);
    const { layer, kind } = parseSite(site);
    if (layer !== null && kind === 'attn.scores') scores.set(layer, kept);
    if (layer !== null && kind === 'attn.pattern') {
      heads.layers.push(layer);
      heads.scores.push(scores.get(layer)!);
      heads.pattern.push(kept);
      scores.delete(layer);
    }
    // Scores wait for their pattern: a flush between the two would lose them.
    if (waiting > MOST_WAITING && scores.size === 0) flush();
  };
  const passBackward = (site: SiteName, dy: Tensor) => {
    putLosses('grad_', site);
    wait(backward, site, dy);
    if (waiting > MOST_WAITING) flush();
  };

  return {
    passForward,
    passBackward,
    put,
    places,
    /** All measured values in one vector, in the order of `places`. The recorder is empty afterwards. */
    values(): Tensor1D {
      flush();
      const all = tf.concat1d(measured);
      tf.dispose(measured);
      return all;
    },
  };
}
