import { depthSites } from '../../src/inspect/course';
import type { LaneStream } from '../../src/inspect/readings';
import type { SiteName } from '../../src/config/sites';
import {
  angle,
  beside,
  composition,
  effectiveRank,
  jacobiSingularValues,
  lens,
  lensReading,
  rowsOf,
  softmax,
  streams,
} from '../reference/inspection';
import { headStatistics, rms } from '../reference/statistics';
import { tensor } from '../reference/tape';
import { apart, LENS, lookingAt, viewOf, type Model } from './support';

/** The bound of numbers near 0. */
const NEAR_0 = 1e-4;
const KEYS = ['ratio', 'cosine', 'share'] as const;

function partsApart({ parts, ...of }: LaneStream, model: Model): string[] {
  const D = model.config.d_model;
  const x = streams(model.seen).at(-1)!;
  const wanted = composition(model.seen);
  const names = parts.map(({ name }) => name);
  const left = x.map(
    (value, i) => value - [...wanted.values()].reduce((sum, part) => sum + part[i]!, 0),
  );
  const wrong = names
    .filter((name) => name !== 'rest')
    .flatMap((name) => {
      const part = wanted.get(name);
      if (!part) return [`no part ${name}`];
      const tokens = beside(part, x, D);
      const row = names.indexOf(name);
      return KEYS.flatMap((key) => [
        ...apart(
          `${name} ${key}`,
          of[key][row]!,
          tokens.map((token) => token[key]),
          NEAR_0,
        ),
        ...apart(
          `${name} mean ${key}`,
          [of.means[key][row]!],
          [tokens.reduce((sum, token) => sum + token[key], 0) / tokens.length],
          NEAR_0,
        ),
      ]);
    });
  // A part that the view leaves out is one that is not there.
  const missing = [...wanted].filter(([name, part]) => !names.includes(name) && rms(part) > 0);
  const shares = Array.from(of.share[0]!, (_, n) =>
    of.share.reduce((sum, part) => sum + part[n]!, 0),
  );
  return [
    ...wrong,
    ...missing.map(([name]) => `missing: ${name}`),
    ...apart(
      'sum of shares',
      shares,
      shares.map(() => 1),
    ),
    ...apart(
      'rest',
      of.ratio.at(-1)!,
      shares.map(() => 0),
      NEAR_0,
    ),
    ...apart(
      'rest of the reference',
      left,
      left.map(() => 0),
      1e-9 * rms(x),
    ),
  ];
}

export async function streamApart(model: Model): Promise<string[]> {
  const { lanes } = await viewOf(lookingAt('stream'), model);
  const [lane] = lanes;
  const { last, mean } = lane!.angular;
  const depths = depthSites(model.config).map((_, l) => l);
  const angles = (isLast: boolean) =>
    depths.flatMap((l) => depths.map((m) => (l === m ? 0 : angle(model.seen, l, m, isLast))));
  return [
    ...partsApart(lane!, model),
    ...apart('angle at the last token', last.flat(), angles(true), NEAR_0),
    ...apart('mean angle', mean.flat(), angles(false), NEAR_0),
  ];
}

export async function predictionApart(model: Model): Promise<string[]> {
  const { seen, config, frame } = model;
  const token = { sequence: config.batch_size - 1, token: config.seq_len - 2 };
  const { lanes, logits } = await viewOf(lookingAt('prediction', token), model);
  const [lane] = lanes;
  if (config.task === 'gaussian' || config.objective !== 'cross_entropy') {
    return lane === null && logits.counts[0] === null ? [] : ['a prediction of nothing'];
  }
  const depths = depthSites(config).map((_, l) => l);
  const wanted = depths.map((l) => lensReading(seen, l));
  const place = token.sequence * config.seq_len + token.token;
  const target = seen.batch!.targets.flat()[place]!;
  const rows = depths.map((l) => lens(seen, l)[place]!);
  const ps = rows.map(softmax);
  return [
    ...LENS.flatMap((key) =>
      apart(
        key,
        lane![key],
        wanted.map((of) => of[key]),
        NEAR_0,
      ),
    ),
    ...apart('loss', [lane!.crossEntropy.at(-1)!], [frame.loss]),
    ...apart('ece', [lane!.ece], [frame.output.ece]),
    ...apart('accuracy', [lane!.accuracy.at(-1)!], [frame.output.accuracy]),
    ...apart('entropy of the output', [lane!.entropy.at(-1)!], [frame.output.output_entropy]),
    ...apart('target', [lane!.target], [target]),
    ...apart(
      'p of the target',
      lane!.targetP,
      ps.map((p) => (target < 0 ? NaN : p[target]!)),
    ),
    ...apart(
      'rank of the target',
      lane!.targetRank,
      rows.map((z) => (target < 0 ? NaN : 1 + z.filter((value) => value > z[target]!).length)),
    ),
    ...apart(
      'tops',
      lane!.tops.flatMap((top) => top.map(({ p }) => p)),
      ps.flatMap((p) => Array.from(p.slice().sort().reverse().slice(0, 5))),
    ),
    ...apart(
      'p of top symbols',
      lane!.tops.flatMap((top) => top.map(({ p }) => p)),
      lane!.tops.flatMap((top, l) => top.map(({ symbol }) => ps[l]![symbol]!)),
    ),
    ...apart(
      'counted tokens',
      [lane!.calibration.reduce((sum, { count }) => sum + count, 0)],
      [seen.batch!.targets.flat().filter((id) => id >= 0).length],
    ),
  ];
}

export async function attentionApart(model: Model): Promise<string[]> {
  const { seen, config } = model;
  const { n_heads: H, seq_len: T, causal, batch_size: B } = config;
  const layer = config.n_layers - 1;
  const sequence = B - 1;
  const [lane] = (await viewOf(lookingAt('attention', { place: 'logits', sequence }), model)).lanes;
  if (config.sublayers === 'mlp') return lane === null ? [] : ['a pattern without attention'];
  const of = (kind: string) => {
    const data = seen.frame.values.get(`blocks.${layer}.attn.${kind}`)!;
    return tensor([1, H, T, T], data.slice(sequence * H * T * T, (sequence + 1) * H * T * T));
  };
  const [scores, pattern] = [of('scores'), of('pattern')];
  const heads = Array.from({ length: H }, (_, h) => headStatistics(scores, pattern, h, causal));
  const received = heads.flatMap((_, h) =>
    Array.from({ length: T }, (_, key) => {
      const given = Array.from({ length: T }, (_, i) => i)
        .filter((i) => i !== key && (!causal || i > key))
        .map((i) => pattern.data[(h * T + i) * T + key]!);
      return given.reduce((sum, weight) => sum + weight, 0) / given.length;
    }),
  );
  const rows = Array.from({ length: H * T }, (_, i) =>
    lane!.pattern.subarray(i * T, (i + 1) * T).reduce((sum, weight) => sum + weight, 0),
  );
  return [
    ...apart(
      'entropy',
      lane!.entropy,
      heads.map((head) => head.entropy),
      NEAR_0,
    ),
    ...apart(
      'sink',
      lane!.sink,
      heads.map((head) => head.sink),
    ),
    ...apart('received', lane!.received.flat(), received),
    ...apart(
      'rows',
      rows,
      rows.map(() => 1),
    ),
    ...apart('symbols', lane!.symbols ?? [], seen.batch?.inputs[sequence] ?? []),
  ];
}

export async function placeApart(model: Model, place: SiteName): Promise<string[]> {
  const { seen, config } = model;
  const { seq_len: T } = config;
  const value = seen.frame.values.get(place)!;
  const gradient = seen.frame.gradients.get(place)!;
  const D = value.length / config.batch_size / T;
  const rows = rowsOf(value, D);
  const columns = Array.from({ length: D }, (_, j) => rms(rows.map((row) => row[j]!)));
  const falling = [...columns].sort((a, b) => b - a);
  const total = columns.reduce((sum, c) => sum + c * c, 0);
  const sizes = Array.from(value, Math.abs).sort((a, b) => a - b);
  const middle = (sizes.length - 1) / 2;

  const [channels] = (await viewOf(lookingAt('channels', { place }), model)).lanes;
  const [tokens] = (await viewOf(lookingAt('tokens', { place }), model)).lanes;
  const { forward, backward } = await viewOf(lookingAt('distribution', { place }), model);
  const rmsOfRows = rows.map(rms);
  const smallest = Math.max(...rowsOf(gradient, D).map((row) => rms(row))) * Math.sqrt(D);
  const targets = seen.batch?.targets.flat();
  return [
    ...apart('channel rms', channels!.rms, falling),
    ...apart(
      'rms by order',
      channels!.rms,
      channels!.order.map((j) => columns[j]!),
    ),
    ...apart(
      'shares',
      channels!.shares.map(({ share }) => share),
      channels!.shares.map(
        ({ top }) => falling.slice(0, top).reduce((sum, c) => sum + c * c, 0) / total,
      ),
    ),
    ...apart(
      'median',
      [channels!.median],
      [(sizes[Math.floor(middle)]! + sizes[Math.ceil(middle)]!) / 2],
    ),
    ...apart('token rms', channels!.tokenRms, rmsOfRows),
    ...apart(
      'spikes',
      channels!.spikes.map((spike) => spike.rms),
      [...rmsOfRows].sort((a, b) => b - a).slice(0, 16),
    ),
    ...apart(
      'spots of spikes',
      channels!.spikes.map(({ sequence, position }) => rmsOfRows[sequence * T + position]!),
      channels!.spikes.map((spike) => spike.rms),
    ),
    ...apart('rms of tokens', tokens!.rms, rmsOfRows),
    ...apart(
      'gradient of tokens',
      tokens!.gradient,
      rowsOf(gradient, D).map((row) => rms(row) * Math.sqrt(D)),
      1e-5 * smallest,
    ),
    ...(targets
      ? apart(
          'loss of tokens',
          tokens!.loss!,
          rowsOf(
            seen.frame.values.get('logits')!,
            seen.frame.values.get('logits')!.length / targets.length,
          ).map((z, n) => (targets[n]! < 0 ? NaN : -Math.log(softmax(z)[targets[n]!]!))),
          NEAR_0,
        )
      : []),
    ...apart('rms', [forward.lanes[0]!.rms], [rms(value)]),
    ...apart('rms of the gradient', [backward.lanes[0]!.rms], [rms(gradient)]),
    ...apart(
      'finite numbers',
      [forward.values.counts[0]!.reduce((sum, count) => sum + count, 0)],
      [value.length],
    ),
  ];
}

export async function spectrumApart(model: Model, place: string): Promise<string[]> {
  const { seen, config } = model;
  const [lane] = (await viewOf(lookingAt('spectrum', { place }), model)).lanes;
  const { shape, data } = seen.weights.get(lane!.matrix)!;
  const values = jacobiSingularValues(rowsOf(Float64Array.from(data), shape[1]!));
  const square = values.reduce((sum, value) => sum + value ** 2, 0);
  const all = streams(seen);
  return [
    ...apart('singular values', lane!.values, values, 1e-6 * values[0]!),
    ...apart('stable rank', [lane!.stableRank], [square / values[0]! ** 2]),
    ...apart(
      'effective rank',
      lane!.effectiveRank,
      all.map((x) => effectiveRank(x, config.d_model)),
    ),
    ...apart(
      'share of the largest',
      lane!.top,
      all.map((x) => {
        const values = jacobiSingularValues(rowsOf(x, config.d_model));
        return values[0]! ** 2 / values.reduce((sum, value) => sum + value ** 2, 0);
      }),
    ),
  ];
}

/** All that the inspector reads of a model otherwise than the reference. */
export const readingsApart = async (model: Model): Promise<string[]> => [
  ...(await streamApart(model)),
  ...(await predictionApart(model)),
  ...(await attentionApart(model)),
  ...(await placeApart(model, `blocks.${model.config.n_layers - 1}.resid_post`)),
  ...(await spectrumApart(model, 'blocks.0.resid_pre')),
];
